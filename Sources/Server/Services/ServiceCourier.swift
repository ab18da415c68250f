import Basics
import HTTPTypes
import Logging
import Messaging
import ServiceLifecycle

/// Brings one application service its transactions: in order, each until it is accepted.
struct ServiceCourier: Service {
    let feed: ServiceFeed
    let url: String
    let http: OutgoingHTTP
    let bell: Bell
    /// Set when the service has called in.
    let returned: ReturnFlag
    let meters: DeliveryMeters
    let logger: Logger

    /// How far a position that nothing concerned may run ahead of the one that is written down.
    private static let unwrittenPositions: Int64 = 5_000
    private static let pauseAfterFault: Int64 = 5_000

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await deliver()
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning(
                        "an application service cannot be served for now",
                        metadata: ["service": "\(feed.registration.id)", "error": "\(error)"])
                    await bell.wait(milliseconds: Self.pauseAfterFault)
                }
            }
        }
    }

    /// Drives the state machine until the task is cancelled or the store fails.
    private func deliver() async throws {
        var machine = try await feed.resume()
        var written = machine.position
        while !Task.isCancelled {
            if returned.take() { machine.serviceIsBack() }
            var action: ServiceTransactions.Action? = machine.next(
                head: feed.engine.position, now: monotonicMilliseconds())
            while let present = action {
                if case .finish(let transaction) = present { written = transaction.toPosition }
                if case .skip(let position) = present, position - written > Self.unwrittenPositions {
                    try await feed.skip(to: position)
                    written = position
                }
                action = try await carryOut(present, &machine)
            }
        }
    }

    /// Does what the machine asks for; the action that follows at once, if there is one.
    private func carryOut(
        _ action: ServiceTransactions.Action, _ machine: inout ServiceTransactions
    ) async throws -> ServiceTransactions.Action? {
        switch action {
        case .rest:
            await bell.wait()
        case .wait(let until):
            await bell.wait(milliseconds: max(1, until - monotonicMilliseconds()))
        case .collect(let after, let end):
            let found = try await feed.collect(after: after, upTo: end)
            return machine.collected(events: found.events, through: found.through)
        case .skip:
            break
        case .store(let transaction):
            try await feed.store(transaction)
            return machine.stored()
        case .send(let transaction):
            let isAccepted = try await send(transaction)
            return machine.answered(accepted: isAccepted, now: monotonicMilliseconds())
        case .finish(let transaction):
            try await feed.finish(transaction)
        }
        return nil
    }

    private func send(_ transaction: ServiceTransaction) async throws -> Bool {
        let name = feed.identifier(of: transaction)
        let request = OutgoingRequest(
            .put, "\(url)/_matrix/app/v1/transactions/\(name)", body: try await feed.body(of: transaction),
            token: feed.registration.serverToken)
        let outcome: String
        do throws(OutgoingError) {
            let status = try await http.send(request, to: .trusted).status
            if (200..<300).contains(status) {
                meters.transactions.add()
                return true
            }
            outcome = "status \(status)"
        } catch {
            outcome = "\(error)"
        }
        meters.failedTransactions.add()
        logger.warning(
            "an application service did not take a transaction; it is sent again",
            metadata: ["service": "\(feed.registration.id)", "transaction": "\(name)", "outcome": "\(outcome)"])
        return false
    }
}
