import Accounts
import Basics
import HTTPTypes
import Logging
import Messaging
import ServiceLifecycle
import Synchronization

/// Tells a courier that its service is there again.
final class ReturnFlag: Sendable {
    private let isSet = Mutex(false)
    private let bell: Bell

    init(_ bell: Bell) { self.bell = bell }

    func set() {
        isSet.withLock { $0 = true }
        bell.ring()
    }

    func take() -> Bool {
        isSet.withLock { isSet in
            defer { isSet = false }
            return isSet
        }
    }
}

/// How much was brought to others, for the metrics.
package struct DeliveryMeters: Sendable {
    let transactions = Counter()
    let failedTransactions = Counter()
    let pushes = Counter()
    let failedPushes = Counter()
    let rejectedPushers = Counter()
}

/// The application services that the operator has named, and the couriers that serve them.
struct ApplicationServices: Sendable {
    struct Entry: Sendable {
        let registration: ServiceRegistration
        let bell: Bell
        let returned: ReturnFlag

        init(_ registration: ServiceRegistration) {
            self.registration = registration
            bell = Bell()
            returned = ReturnFlag(bell)
        }
    }

    let entries: [Entry]

    init(_ registrations: [ServiceRegistration]) { entries = registrations.map(Entry.init) }

    /// Lets the services in, with their own users.
    func install(_ accounts: Accounts) async throws {
        try await accounts.install(services: entries.map { $0.registration.account(serverName: accounts.serverName) })
    }

    /// One courier for each service that has an address.
    func couriers(
        _ engine: MessagingEngine, http: OutgoingHTTP, meters: DeliveryMeters, logger: Logger
    ) -> [any Service] {
        entries.compactMap { entry in
            guard let url = entry.registration.url else { return nil }
            engine.follow(entry.bell)
            return ServiceCourier(
                feed: ServiceFeed(entry.registration, engine: engine), url: url, http: http, bell: entry.bell,
                returned: entry.returned, meters: meters, logger: logger)
        }
    }
}
