import TestSupport
import Testing

@Suite("Nobody there to receive", .timeLimit(.minutes(10)))
struct AwayTests {
    @Test("MSG-01 with no receiver alive, 1,000 acknowledged messages are all fetched after a kill and a restart")
    func storeFirst() async throws {
        let server = try await VitrineProcess.start(flags: ["--no-rate-limits"])
        let shop = try await Shop(on: server, users: 2, rooms: 1)
        for receiver in shop.receivers { await receiver.catchUp() }
        shop.progress.update { $0.isCalm = true }
        await withTaskGroup { group in
            for (number, sender) in shop.senders.enumerated() {
                group.addTask { await sender.run(target: 1_000, seed: FaultPlan.drawnSeed ^ UInt64(number)) }
            }
        }
        await server.kill()
        try await server.restart()
        await withTaskGroup { group in
            for receiver in shop.receivers { group.addTask { await receiver.catchUp() } }
        }
        #expect(shop.progress.counts.problem == nil)
        let history = try await shop.history().history
        #expect(history.sent.filter { !$0.answers.isEmpty }.count >= 1_000)
        #expect(history.faults() == [], "seed \(FaultPlan.drawnSeed)")
        await server.stop()
    }
}
