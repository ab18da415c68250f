import Basics
import Testing

@testable import Messaging

/// A stream, a store that survives crashes, a service that loses requests and replies, and a server that crashes.
private struct Delivery {
    /// True where the service is interested; positions count from 1.
    var stream: [Bool] = []
    var storedPosition: Int64 = 0
    var storedTransaction: ServiceTransaction?
    var lastNumber: Int64 = 0
    /// What the service has kept, transactions it has had being dropped by number.
    var received: [Int64] = []
    var seen: [Int64: ServiceTransaction] = [:]
    var faults: [String] = []
    var machine = ServiceTransactions(lastNumber: 0, position: 0)
    var clock: Int64 = 0

    var head: Int64 { Int64(stream.count) }

    mutating func restart() {
        machine = ServiceTransactions(lastNumber: lastNumber, position: storedPosition, pending: storedTransaction)
    }

    mutating func run(_ first: ServiceTransactions.Action, crash: () -> Bool, lose: () -> Bool) {
        var action = first
        while true {
            if crash() { return restart() }
            switch action {
            case .rest: return
            case .wait(let until):
                clock = max(clock, until)
                return
            case .collect(let after, let upTo): action = collect(after, upTo)
            case .skip(let to):
                storedPosition = to
                return
            case .store(let transaction):
                storedTransaction = transaction
                lastNumber = transaction.number
                if crash() { return restart() }
                action = machine.stored()
            case .send(let transaction):
                let arrived = !lose()
                if arrived { receive(transaction) }
                action = machine.answered(accepted: arrived && !lose(), now: clock)
            case .finish(let transaction):
                storedPosition = transaction.toPosition
                storedTransaction = nil
                return
            }
        }
    }

    private mutating func collect(_ after: Int64, _ upTo: Int64) -> ServiceTransactions.Action {
        let wanted = (after + 1...upTo).filter { stream[Int($0 - 1)] }.prefix(ServiceTransactions.maximumEvents)
        let isFull = wanted.count == ServiceTransactions.maximumEvents
        return machine.collected(events: wanted.count, through: isFull ? wanted.last ?? upTo : upTo)
    }

    private mutating func receive(_ transaction: ServiceTransaction) {
        if let before = seen[transaction.number] {
            if before != transaction { faults.append("transaction \(transaction.number) changed") }
            return
        }
        seen[transaction.number] = transaction
        received += (transaction.fromPosition...transaction.toPosition).filter { stream[Int($0 - 1)] }
    }
}

@Suite("Application services: transactions")
struct ServiceTransactionsTests {
    @Test(
        "MSG-48 each event of interest arrives once and in order, through lost replies and crashes",
        arguments: UInt64(1)...40)
    func delivery(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var delivery = Delivery()
        let density = Int.random(in: 1...10, using: &random)
        for round in 0..<200 {
            if round < 150 {
                for _ in 0..<Int.random(in: 0...80, using: &random) {
                    delivery.stream.append(Int.random(in: 0..<10, using: &random) < density)
                }
            }
            let calm = round >= 150
            var dice = SeededRandom(seed: random.next())
            var coins = SeededRandom(seed: random.next())
            let action = delivery.machine.next(head: delivery.head, now: delivery.clock)
            delivery.run(
                action, crash: { !calm && Int.random(in: 0..<12, using: &dice) == 0 },
                lose: { !calm && Int.random(in: 0..<3, using: &coins) == 0 })
        }
        let wanted = (1...delivery.head).filter { delivery.stream[Int($0 - 1)] }
        #expect(delivery.faults.isEmpty, "seed \(seed)")
        #expect(delivery.received == wanted, "seed \(seed)")
        #expect(delivery.storedPosition == delivery.head, "seed \(seed)")
    }

    @Test("A failed attempt is repeated after 1, 2, 4 and so on up to 300 seconds")
    func schedule() {
        var machine = ServiceTransactions(lastNumber: 7, position: 10)
        #expect(machine.next(head: 12, now: 0) == .collect(after: 10, upTo: 12))
        #expect(machine.next(head: 13, now: 0) == .rest)
        let transaction = ServiceTransaction(number: 8, fromPosition: 11, toPosition: 12)
        #expect(machine.collected(events: 2, through: 12) == .store(transaction))
        #expect(machine.stored() == .send(transaction))
        var now: Int64 = 0
        for seconds: Int64 in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
            #expect(machine.answered(accepted: false, now: now) == .wait(until: now + seconds * 1_000))
            #expect(machine.next(head: 99, now: now + seconds * 1_000 - 1) == .wait(until: now + seconds * 1_000))
            now += seconds * 1_000
            #expect(machine.next(head: 99, now: now) == .send(transaction), "the same events as before")
        }
        #expect(machine.answered(accepted: true, now: now) == .finish(transaction))
        #expect(machine.failures == 0)
        #expect(machine.position == 12)
        #expect(machine.next(head: 99, now: now) == .collect(after: 12, upTo: 99))
        #expect(ServiceTransactions.delay(afterFailures: .max) == 300_000)
    }

    @Test("A service that calls in is tried again at once")
    func back() {
        let pending = ServiceTransaction(number: 3, fromPosition: 5, toPosition: 9)
        var machine = ServiceTransactions(lastNumber: 3, position: 4, pending: pending)
        #expect(machine.next(head: 20, now: 0) == .send(pending), "what was pending at the start is sent first")
        #expect(machine.answered(accepted: false, now: 0) == .wait(until: 1_000))
        machine.serviceIsBack()
        #expect(machine.next(head: 20, now: 1) == .send(pending))
    }

    @Test("A transaction that could not be stored is made anew under the same number")
    func storeFailure() {
        var machine = ServiceTransactions(lastNumber: 0, position: 0)
        _ = machine.next(head: 5, now: 0)
        let first = ServiceTransaction(number: 1, fromPosition: 1, toPosition: 5)
        #expect(machine.collected(events: 5, through: 5) == .store(first))
        machine.storeFailed()
        #expect(machine.next(head: 6, now: 0) == .collect(after: 0, upTo: 6))
        let second = ServiceTransaction(number: 1, fromPosition: 1, toPosition: 6)
        #expect(machine.collected(events: 6, through: 6) == .store(second))
    }

    @Test("Answers that come when nobody asked change nothing")
    func unexpected() {
        var machine = ServiceTransactions(lastNumber: 0, position: 0)
        let fresh = machine
        #expect(machine.answered(accepted: true, now: 0) == .rest)
        #expect(machine.stored() == .rest)
        #expect(machine.collected(events: 3, through: 9) == .rest)
        machine.storeFailed()
        machine.serviceIsBack()
        #expect(machine == fresh)
    }
}
