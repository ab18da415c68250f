import Accounts
import Basics
import Foundation
import Messaging
import Storage
import Synchronization

extension DeskBench {
    /// How far the live numbers are behind, and what they cost.
    package struct LiveReport: Sendable {
        /// Messages that were sent in a second, as it came out.
        package var rate: Double
        package var messages: Int
        /// From a message's being on disk to its being in the numbers.
        package var lag: Spread
        /// Processor time of the whole process for each message while numbers were kept, in microseconds.
        package var processor: Int64
        /// The same for as many messages while nobody kept numbers.
        package var alone: Int64
        /// Of a message's own processor time, what its numbers take when they are taken in at once, in a hundred.
        package var takenInPercent: Double
    }

    /// Sends messages at a rate into many conversations while numbers are taken in once a second, as a server does.
    package func live(
        perSecond rate: Int = 1_000, seconds: Int = 30, rooms count: Int = 200,
        told: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> LiveReport {
        let agent = try await agents(1, capacity: 1_000)[0]
        let rooms = try await many(min(1_000, max(1, count))) { [self] place in
            let customer = try await session("customer-\(place)", .visitor)
            let room = try await desk.open(customer, scene: nil, topic: Self.topic, text: "hello").room
            return BenchRoom(room: room, customer: customer, agent: agent)
        }
        while !(try await statistics.follow()) {}
        told("\(rooms.count) conversations are open")
        let sent = Sent()
        var start = processorMicroseconds()
        try await send(rate * seconds, perSecond: rate, rooms, sent, name: "a")
        let alone = processorMicroseconds() - start
        start = processorMicroseconds()
        while !(try await statistics.follow()) {}
        let taken = processorMicroseconds() - start
        told("\(rate * seconds) messages were sent while nobody kept numbers")
        sent.clear()
        start = processorMicroseconds()
        let began = ContinuousClock.now
        let lags = try await withThrowingTaskGroup(of: [Int64].self) { group in
            group.addTask { [self] in try await follow(sent, total: rate * seconds) }
            try await send(rate * seconds, perSecond: rate, rooms, sent, name: "b")
            let passed = (ContinuousClock.now - began).microseconds
            sent.tookMicroseconds.withLock { $0 = passed }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let count = Int64(rate * seconds)
        let passed = sent.tookMicroseconds.withLock { $0 }
        return LiveReport(
            rate: Double(count) * 1_000_000 / Double(max(1, passed)), messages: rate * seconds, lag: Spread(lags),
            processor: (processorMicroseconds() - start) / count, alone: alone / count,
            takenInPercent: (Double(taken) / Double(max(1, alone)) * 1_000).rounded() / 10)
    }

    /// Sends at a pace: every ten milliseconds what is due by then.
    private func send(
        _ total: Int, perSecond rate: Int, _ rooms: [BenchRoom], _ sent: Sent, name: String
    ) async throws {
        let pause = Bell()
        let began = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            var (next, running) = (0, 0)
            while next < total {
                let passed = (ContinuousClock.now - began).microseconds
                let due = min(total, Int(passed) * rate / 1_000_000 + 1)
                while next < due {
                    if running >= 512, try await group.next() != nil { running -= 1 }
                    let place = next
                    group.addTask { [self] in
                        try await say(place, rooms[place % rooms.count], "\(name)-\(place)")
                        sent.add(database.now)
                    }
                    (next, running) = (next + 1, running + 1)
                }
                await pause.wait(milliseconds: 10)
            }
            try await group.waitForAll()
        }
    }

    /// Customer and agent take turns.
    private func say(_ place: Int, _ room: BenchRoom, _ transaction: String) async throws {
        let isCustomer = place / 200 % 2 == 0
        _ = try await messaging.send(
            isCustomer ? room.customer : room.agent, room: room.room, type: EventType.message,
            transaction: transaction,
            content: ["msgtype": "m.text", "body": .string(isCustomer ? "is it still there?" : "yes, it is")])
    }

    /// Takes numbers in once a second and notes how old each message was when it was in them; in microseconds.
    private func follow(_ sent: Sent, total: Int) async throws -> [Int64] {
        let pause = Bell()
        var lags: [Int64] = []
        while lags.count < total {
            let start = ContinuousClock.now
            if try await statistics.follow() {
                let now = database.now
                lags += sent.take(upTo: statistics.watermark).map { max(0, now - $0) * 1_000 }
            }
            let passed = (ContinuousClock.now - start).microseconds / 1_000
            await pause.wait(milliseconds: max(0, 1_000 - passed))
        }
        return lags
    }
}

private struct BenchRoom: Sendable {
    var room: String
    var customer: Session
    var agent: Session
}

/// When messages were answered, in milliseconds since 1970, until they are in the numbers.
private final class Sent: Sendable {
    private let times = Mutex<[Int64]>([])
    let tookMicroseconds = Mutex<Int64>(0)

    func add(_ time: Int64) { times.withLock { $0.append(time) } }

    func clear() { times.withLock { $0 = [] } }

    func take(upTo mark: Int64) -> [Int64] {
        times.withLock { times in
            let taken = times.filter { $0 <= mark }
            times.removeAll { $0 <= mark }
            return taken
        }
    }
}
