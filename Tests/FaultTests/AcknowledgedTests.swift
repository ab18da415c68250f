import Testing

/// One run of faults on a real server, and what its history must show. The first test pays for the run.
@Suite("Acknowledged is durable is delivered", .serialized, .timeLimit(.minutes(120)))
struct AcknowledgedTests {
    private static let run = Task {
        let numbers =
            FaultPlan.isLong
            ? FaultPlan.Numbers(acknowledged: 100_000, kills: 150, stops: 80, clocks: 80)
            : FaultPlan.Numbers(acknowledged: 2_000, kills: 10, stops: 5, clocks: 6)
        return try await Campaign.run(FaultPlan(seed: FaultPlan.drawnSeed, numbers))
    }

    @Test("MSG-70 over kills, stops and clock jumps, acknowledged messages are stored and delivered once and in order")
    func all() async throws {
        let run = try await Self.run.value
        #expect(run.counts.acknowledged >= run.plan.numbers.acknowledged)
        #expect(run.clockShiftSeconds > 600, "the clock of the server was moved")
        #expect(run.faults.isEmpty, "seed \(run.plan.seed): \(run.faults.count) such as \(run.faults.prefix(10))")
    }

    @Test(
        "MSG-70 over full disks and kills, acknowledged messages are stored and delivered once and in order",
        .enabled(if: SmallDisk.isPossible, "only root may mount the disk that is filled"))
    func fullDisk() async throws {
        let numbers =
            FaultPlan.isLong
            ? FaultPlan.Numbers(acknowledged: 5_000, kills: 10, fullDisks: 20)
            : FaultPlan.Numbers(acknowledged: 400, kills: 1, fullDisks: 2)
        let run = try await Campaign.run(FaultPlan(seed: FaultPlan.drawnSeed, numbers), onSmallDisk: true)
        #expect(run.counts.refused > 0, "the disk was full")
        #expect(run.faults.isEmpty, "seed \(run.plan.seed): \(run.faults.count) such as \(run.faults.prefix(10))")
    }

    @Test("MSG-42 whoever asks again gets the same event, over faults too")
    func retries() async throws {
        let run = try await Self.run.value
        let repeated = run.history.sent.filter { $0.answers.count > 1 }
        #expect(run.counts.broken > 0 && repeated.count > 10)
        for send in repeated { #expect(Set(send.answers).count == 1, "seed \(run.plan.seed): \(send)") }
        for send in run.history.sent {
            #expect(!run.faults.contains(.storedTwice(mark: send.mark)), "seed \(run.plan.seed)")
        }
    }

    @Test("MSG-71 the timelines of sync, one after the other, are what /messages shows, in the order of seq")
    func order() async throws {
        let run = try await Self.run.value
        for device in run.history.devices {
            for (room, batches) in device.rooms {
                let received = batches.flatMap { $0.filled + $0.timeline }
                #expect(received == run.history.stored[room], "seed \(run.plan.seed): \(device.name)")
            }
        }
    }

    @Test("MSG-04 wherever its replies were cut, a device gets exactly what follows its position")
    func cuts() async throws {
        let run = try await Self.run.value
        let batches = run.history.devices.flatMap { $0.rooms.values.joined() }
        #expect(batches.contains(where: \.isLimited) && batches.contains { !$0.isLimited })
        let wrong = run.faults.filter {
            switch $0 {
            case .gap, .missed, .receivedTwice, .vanished: true
            default: false
            }
        }
        #expect(wrong.isEmpty, "seed \(run.plan.seed): \(wrong.prefix(10))")
    }

    @Test("MSG-03 after all faults a new device pages back to the first event, and what it read is the store")
    func newDevice() async throws {
        let run = try await Self.run.value
        let device = try #require(run.history.devices.last)
        #expect(device.rooms.count == run.history.stored.count)
        for (room, stored) in run.history.stored {
            #expect(stored.first?.seq == 1)
            #expect(device.rooms[room]?.flatMap(\.filled) == stored, "seed \(run.plan.seed)")
        }
    }
}
