import Foundation
import Testing

@testable import Learning

@Suite("Going on after an end")
struct ResumeTests {
    private static let more = #", "evaluate": {"every": 2, "label": "class"}"#

    @Test("a run that is stopped says so, and goes on to its end")
    func stopped() async throws {
        try await withRuns { runs in
            let experiment = try SmallExperiment.make(more: Self.more)
            let folder = try SmallExperiment.folder(runs, "one")
            let stop = StopSignal()
            let first = try await Trainer(experiment, GeneratedPictures.dataset(), in: folder, stop: stop).run {
                if $0.step == 2 { stop.ask() }
            }
            #expect(first.state == .stopped)
            #expect(first.step == 2)
            #expect(folder.state == .stopped)
            let second = try await Trainer(experiment, GeneratedPictures.dataset(), in: folder).run()
            #expect(second.state == .finished)
            #expect(second.step == 6)
        }
    }

    @Test("a run does not go on with other pictures unless it is told to")
    func drift() async throws {
        try await withRuns { runs in
            let experiment = try SmallExperiment.make()
            let folder = try SmallExperiment.folder(runs, "one")
            let stop = StopSignal()
            _ = try await Trainer(experiment, GeneratedPictures.dataset(), in: folder, stop: stop).run { _ in stop.ask()
            }
            let other = try GeneratedPictures.dataset(each: 9)
            await #expect(throws: RunError.self) { try await Trainer(experiment, other, in: folder).run() }
            _ = try await Trainer(experiment, other, in: folder, allowsDrift: true).run()
            #expect(FileManager.default.fileExists(atPath: folder.file("drift.json").path))
        }
    }

    @Test("a second process is kept out of a run's folder")
    func lock() async throws {
        try await withRuns { runs in
            let folder = try SmallExperiment.folder(runs, "one")
            let lock = try folder.lock()
            await #expect(throws: RunError.busy(folder.url.path)) {
                try await Trainer(SmallExperiment.make(), GeneratedPictures.dataset(), in: folder).run()
            }
            withExtendedLifetime(lock) {}
        }
    }
}
