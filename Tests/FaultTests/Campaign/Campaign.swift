import Foundation
import TestSupport

/// One run: a shop on a server, everybody busy, and the faults of a plan.
struct Campaign: Sendable {
    let plan: FaultPlan
    let history: History
    let counts: Progress.Counts
    /// How far the newest timestamp of an event was from the real time at the end, in seconds.
    let clockShiftSeconds: Int64

    /// The wrongs of the history; computed once, since it takes a while.
    let faults: [HistoryFault]

    static func run(_ plan: FaultPlan, onSmallDisk: Bool = false) async throws -> Campaign {
        let folder = NSTemporaryDirectory() + "vitrine-fault-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let clock = try await MovedClock(folder: folder)
        let disk = onSmallDisk ? try SmallDisk(path: folder + "/disk", mebibytes: 96) : nil
        let server = try await VitrineProcess.start(
            dataDirectory: folder + (disk == nil ? "/data" : "/disk/data"), flags: ["--no-rate-limits"],
            launcher: clock.launcher)
        let shop = try await Shop(on: server)
        let injector = Injector(server: server, progress: shop.progress, clock: clock, disk: disk)
        let start = ContinuousClock.now
        await withTaskGroup { group in
            group.addTask { await injector.run(plan) }
            for (number, sender) in shop.senders.enumerated() {
                group.addTask { await sender.run(target: plan.numbers.acknowledged, seed: plan.seed ^ UInt64(number)) }
            }
            for (number, receiver) in shop.receivers.enumerated() {
                let seed = plan.seed ^ UInt64(1_000 + number)
                group.addTask { await receiver.run(target: plan.numbers.acknowledged, seed: seed) }
            }
        }
        if let problem = shop.progress.counts.problem {
            throw Interrupted(description: "seed \(plan.seed): \(problem)\n\(server.log.suffix(4_000))")
        }
        let (history, timestamps) = try await shop.history()
        await server.stop()
        let now = Int64(Date().timeIntervalSince1970)
        let campaign = Campaign(
            plan: plan, history: history, counts: shop.progress.counts,
            clockShiftSeconds: timestamps.map { abs($0 / 1_000 - now) }.max() ?? 0, faults: history.faults())
        campaign.tell(ContinuousClock.now - start)
        return campaign
    }

    /// Something that no fault explains.
    struct Interrupted: Error, CustomStringConvertible {
        let description: String
    }

    private func tell(_ duration: Duration) {
        let received = history.devices.flatMap { $0.rooms.values.joined() }
        print(
            """
            seed \(plan.seed): \(counts.acknowledged) acknowledged, \(counts.repeated) asked again, \
            \(counts.refused) refused, \(counts.broken) broken, \(counts.timedOut) timed out; \(plan.faults.count) faults \
            (\(plan.numbers.kills) kills, \(plan.numbers.stops) stops, \(plan.numbers.clocks) clock changes, \
            \(plan.numbers.fullDisks) full disks); \(received.count) replies kept, \
            \(received.count { $0.isLimited }) of them limited; \(faults.count) wrong; \
            \(duration.components.seconds) s
            """)
    }
}
