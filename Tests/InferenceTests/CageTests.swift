import Foundation
import TestSupport
import Testing

@testable import Inference

@Suite("Models in a cage")
struct CageTests {
    @Test("LEARN-134 a caged model answers as it does in this process, and its process can open nothing")
    func answers() throws {
        let cage = try Cage()
        let caged = try cage.model(SampleModels.linear)
        #expect(caged.inputs.map(\.text) == ["x f32 [?, 2]"] && caged.outputs.map(\.name) == ["y"])
        let x = try Tensor(shape: [2, 2], .float32([1, 2, -1, 0.5]))
        let here = try ModelSession(SampleModels.linear, runtime: Runtime.shared()).run(["x": x])
        #expect(try caged.run(["x": x]) == here)
        #expect(caged.cage.isTight && caged.cage.inForce.contains("bounded memory"))
    }

    @Test("wrong inputs are told as they are in this process, and the process lives on")
    func wrongInputs() throws {
        let caged = try Cage().model(SampleModels.linear)
        let wrong = try Tensor(shape: [1, 3], .float32([1, 2, 3]))
        #expect { try caged.run(["x": wrong]) } throws: { ($0 as? InferenceError)?.kind == .invalidInput }
        #expect { try caged.run([:]) } throws: { ($0 as? InferenceError)?.kind == .invalidInput }
        #expect(caged.crashes == 0)
        #expect(try caged.run(["x": Tensor(shape: [1, 2], .float32([1, 0]))])["y"]?.floats == [1, 0])
    }

    @Test("LEARN-134 a model that does not come to an end is ended, and the next run says when it may begin again")
    func hang() throws {
        let cage = try Cage { $0.runMilliseconds = 30 }
        let caged = try cage.model(SampleModels.slow)
        let x = try Tensor(shape: [700, 700], .float32([Float](repeating: 0.001, count: 490_000)))
        #expect { try caged.run(["x": x]) } throws: { ($0 as? InferenceError)?.kind == .timedOut }
        #expect { try caged.run(["x": x]) } throws: { ($0 as? InferenceError)?.kind == .overloaded }
        #expect(caged.crashes == 1)
    }

    @Test("LEARN-134 a model that asks for more memory than there is fails alone")
    func memory() throws {
        let cage = try Cage { $0.memoryBytes = 600 << 20 }
        let caged = try cage.model(SampleModels.bomb)
        let sizes = try Tensor(shape: [2], .int64([40_000, 40_000]))
        #expect { try caged.run(["shape": sizes]) } throws: { ($0 as? InferenceError)?.kind == .failed }
        let small = try Tensor(shape: [2], .int64([2, 2]))
        #expect(try caged.run(["shape": small])["y"]?.shape == [2, 2])
        #expect(caged.crashes == 0)
    }

    @Test("LEARN-134 what ONNX Runtime refuses is told, and a program that is none is too")
    func refused() throws {
        let cage = try Cage()
        #expect { try cage.model([1, 2, 3]) } throws: { ($0 as? InferenceError)?.kind == .invalidModel }
        let missing = try Cage(program: "/dev/null/none")
        #expect { try missing.model(SampleModels.linear) } throws: { ($0 as? InferenceError)?.kind == .unavailable }
        // A program that answers nothing.
        let silent = try Cage(program: "/bin/false")
        #expect { try silent.model(SampleModels.linear) } throws: { ($0 as? InferenceError)?.kind == .failed }
    }

    @Test("LEARN-134 a model whose constants lie in another file reads none, even where no scan came before")
    func external() throws {
        let cage = try Cage()
        let secret = cage.folder + "-secret.bin"
        try Data(SampleModels.raw([1, 2, 3, 4])).write(to: URL(filePath: secret))
        defer { try? FileManager.default.removeItem(atPath: secret) }
        for place in [secret, "../" + URL(filePath: secret).lastPathComponent, "/etc/hostname", "/proc/self/environ"] {
            let model = SampleModels.external(place)
            #expect(!ModelScan(model).isAcceptable)
            #expect { try cage.model(model) } throws: { error in
                let told = error as? InferenceError
                return told?.kind == .invalidModel || told?.kind == .failed
            }
        }
    }

    @Test("LEARN-134 the trial measures what a model does and refuses numbers that are none")
    func trial() throws {
        let cage = try Cage()
        let good = try ModelTrial(
            SampleModels.linear, try SampleModels.manifest(of: SampleModels.linear, input: "x", shape: [nil, 2]),
            runtime: Runtime.shared(), settings: cage.settings)
        #expect(good.milliseconds.count == 3 && good.peakKibibytes > 0 && good.cage.isTight)
        // One divided by zero.
        #expect {
            try ModelTrial(
                SampleModels.reciprocal,
                try SampleModels.manifest(of: SampleModels.reciprocal, input: "x", shape: [nil]),
                runtime: Runtime.shared(), settings: cage.settings)
        } throws: {
            ($0 as? InferenceError)?.kind == .failed
        }
        #expect {
            try ModelTrial(
                SampleModels.linear, try SampleModels.manifest(of: SampleModels.linear, input: "z", shape: [nil, 2]),
                runtime: Runtime.shared(), settings: cage.settings)
        } throws: {
            ($0 as? InferenceError)?.message.contains("manifest") == true
        }
    }

    @Test(
        "LEARN-134 a process that ends is begun again after 1, 2, 4 seconds; the third end in ten minutes is the last")
    func ledger() {
        var ledger = CrashLedger()
        #expect(ledger.crashed(at: 0) == .wait(1_000))
        #expect(ledger.mayStart == 1_000)
        #expect(ledger.crashed(at: 400_000) == .wait(2_000))
        #expect(ledger.crashed(at: 599_999) == .quarantine)
        var patient = CrashLedger()
        let waits = (0..<9).map { patient.crashed(at: Int64($0) * 400_000) }
        #expect(waits == [1, 2, 4, 8, 16, 32, 60, 60, 60].map { .wait($0 * 1_000) })
        var rare = CrashLedger()
        _ = rare.crashed(at: 0)
        #expect(rare.crashed(at: 700_000) == .wait(1_000))
    }
}

/// Settings of a cage in a folder that goes with it.
private final class Cage {
    let folder: String
    let settings: CageSettings

    init(program: String? = nil, _ change: (inout CageSettings) -> Void = { _ in }) throws {
        folder = NSTemporaryDirectory() + "vitrine-cage-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var settings = CageSettings(command: [try program ?? Program.path(), "model-worker"], folder: folder)
        change(&settings)
        self.settings = settings
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func model(_ bytes: [UInt8]) throws -> CagedModel {
        try CagedModel(bytes, runtime: Runtime.shared(), settings: settings, hooks: .init { _ in })
    }
}
