/// A piece of the event stream on its way to an application service.
///
/// Its range is written to the store before the first attempt and never changes, so that a retry, also after a
/// restart, carries the same events under the same number and the service can drop what it has had.
package struct ServiceTransaction: Sendable, Hashable {
    package let number: Int64
    /// First and last position of the stream it covers.
    package let fromPosition: Int64
    package let toPosition: Int64

    package init(number: Int64, fromPosition: Int64, toPosition: Int64) {
        self.number = number
        self.fromPosition = fromPosition
        self.toPosition = toPosition
    }
}

/// Brings the event stream to one application service: strictly in order, one transaction at a time, each until it is
/// accepted. A state machine without clock, store or network; the caller does what it answers and tells it the result.
package struct ServiceTransactions: Sendable, Hashable {
    /// Events in one transaction.
    package static let maximumEvents = 100
    private static let firstDelay: Int64 = 1_000
    private static let longestDelay: Int64 = 300_000

    package enum Action: Sendable, Hashable {
        /// Nothing to do until something happens.
        case rest
        /// Ask again at this time.
        case wait(until: Int64)
        /// Read on from here, at most ``ServiceTransactions/maximumEvents`` events the service is interested in; then
        /// ``ServiceTransactions/collected(events:through:)``.
        case collect(after: Int64, upTo: Int64)
        /// Nothing of interest up to here: remember the position, whenever convenient.
        case skip(to: Int64)
        /// Write the transaction down; then ``ServiceTransactions/stored()``.
        case store(ServiceTransaction)
        /// Send the transaction; then ``ServiceTransactions/answered(accepted:now:)``.
        case send(ServiceTransaction)
        /// Delivered: remember its last position and forget the transaction, in one step.
        case finish(ServiceTransaction)
    }

    private enum Phase: Sendable, Hashable {
        case idle
        case collecting(upTo: Int64)
        case storing(ServiceTransaction)
        case sending(ServiceTransaction)
        case waiting(ServiceTransaction, until: Int64)
    }

    private var phase = Phase.idle
    private var lastNumber: Int64
    /// All up to here has been delivered or was of no interest.
    package private(set) var position: Int64
    /// Failed attempts of the current transaction.
    package private(set) var failures = 0

    /// Takes up where the store says.
    ///
    /// - Parameters:
    ///   - lastNumber: number of the newest transaction ever written down, 0 for none.
    ///   - position: position up to which all is delivered.
    ///   - pending: a transaction written down and not finished; it is sent again at once.
    package init(lastNumber: Int64, position: Int64, pending: ServiceTransaction? = nil) {
        self.lastNumber = max(lastNumber, pending?.number ?? 0)
        self.position = position
        if let pending { phase = .waiting(pending, until: .min) }
    }

    /// What to do now, after start, after news, and when a wait is over.
    ///
    /// - Parameter head: newest position of the stream.
    package mutating func next(head: Int64, now: Int64) -> Action {
        switch phase {
        case .collecting, .storing, .sending: return .rest
        case .waiting(let transaction, let until):
            guard now >= until else { return .wait(until: until) }
            phase = .sending(transaction)
            return .send(transaction)
        case .idle:
            guard head > position else { return .rest }
            phase = .collecting(upTo: head)
            return .collect(after: position, upTo: head)
        }
    }

    /// The stream was read on.
    ///
    /// - Parameters:
    ///   - events: how many events of interest were found.
    ///   - through: position of the last one when the transaction is full, else the end of what was read.
    package mutating func collected(events: Int, through: Int64) -> Action {
        guard case .collecting(let end) = phase else { return .rest }
        let through = min(max(through, position), end)
        guard events > 0, through > position else {
            position = through
            phase = .idle
            return .skip(to: through)
        }
        lastNumber += 1
        let transaction = ServiceTransaction(number: lastNumber, fromPosition: position + 1, toPosition: through)
        phase = .storing(transaction)
        return .store(transaction)
    }

    /// The transaction is on disk.
    package mutating func stored() -> Action {
        guard case .storing(let transaction) = phase else { return .rest }
        phase = .sending(transaction)
        return .send(transaction)
    }

    /// The transaction could not be written down: it was never sent, so its events are collected anew later.
    package mutating func storeFailed() {
        guard case .storing = phase else { return }
        lastNumber -= 1
        phase = .idle
    }

    /// The service has answered, or has not within its time.
    package mutating func answered(accepted: Bool, now: Int64) -> Action {
        guard case .sending(let transaction) = phase else { return .rest }
        guard accepted else {
            failures += 1
            let until = now + Self.delay(afterFailures: failures)
            phase = .waiting(transaction, until: until)
            return .wait(until: until)
        }
        failures = 0
        position = transaction.toPosition
        phase = .idle
        return .finish(transaction)
    }

    /// The service has shown that it is there again (it called in): a waiting transaction is due at once.
    package mutating func serviceIsBack() {
        guard case .waiting(let transaction, _) = phase else { return }
        phase = .waiting(transaction, until: .min)
    }

    /// Milliseconds to wait: 1, 2, 4 seconds and so on, at most 300.
    package static func delay(afterFailures failures: Int) -> Int64 {
        guard failures > 0 else { return 0 }
        return min(longestDelay, firstDelay << Int64(min(failures - 1, 20)))
    }
}
