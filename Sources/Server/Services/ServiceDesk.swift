import Accounts
import Basics
import HTTPTypes
import Logging
import Messaging
import ServiceDesk
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

/// The application services that may call in, and the couriers that serve them: those that the operator has named in files,
/// and those that were registered while the server ran.
final class ApplicationServices: Sendable {
    struct Entry: Sendable {
        let registration: ServiceRegistration
        /// Whether a file of the operator names it; then it stays as long as the server runs.
        let isFromFile: Bool
        let bell: Bell
        let returned: ReturnFlag
        /// Rings when the service is taken out of use.
        let ending = Bell()

        init(_ registration: ServiceRegistration, isFromFile: Bool) {
            self.registration = registration
            self.isFromFile = isFromFile
            bell = Bell()
            returned = ReturnFlag(bell)
        }
    }

    private let state: Mutex<[Entry]>
    private let arrivals: AsyncStream<Entry>
    private let arrived: AsyncStream<Entry>.Continuation

    init(_ registrations: [ServiceRegistration]) {
        let entries = registrations.map { Entry($0, isFromFile: true) }
        state = Mutex(entries)
        (arrivals, arrived) = AsyncStream.makeStream(of: Entry.self)
        for entry in entries { arrived.yield(entry) }
    }

    var entries: [Entry] { state.withLock { $0 } }

    /// Lets one more service in.
    ///
    /// - Throws: 409 where another has its id, its token or its user.
    func add(_ registration: ServiceRegistration, to accounts: Accounts) async throws {
        let entry = Entry(registration, isFromFile: false)
        let isNew = state.withLock { entries in
            let isTaken = entries.contains {
                $0.registration.id == registration.id || $0.registration.serviceToken == registration.serviceToken
                    || $0.registration.senderLocalpart == registration.senderLocalpart
            }
            if !isTaken { entries.append(entry) }
            return !isTaken
        }
        guard isNew else {
            throw RequestError(
                status: 409, code: "M_CONFLICT", message: "There is an application service '\(registration.id)'.")
        }
        do {
            try await install(accounts)
        } catch {
            state.withLock { $0.removeAll { $0.registration.id == registration.id } }
            throw error
        }
        arrived.yield(entry)
    }

    /// Shuts a service out; its user and what it has said stay.
    func remove(_ id: String, from accounts: Accounts) async throws {
        let gone = state.withLock { entries in
            let gone = entries.filter { $0.registration.id == id && !$0.isFromFile }
            entries.removeAll { $0.registration.id == id && !$0.isFromFile }
            return gone
        }
        for entry in gone { entry.ending.ring() }
        try await install(accounts)
    }

    /// Lets the services in, with their own users.
    func install(_ accounts: Accounts) async throws {
        try await accounts.install(services: entries.map { $0.registration.account(serverName: accounts.serverName) })
    }

    /// Which kinds of cards the robots of the services may send, as they are registered now.
    func cardLimits(serverName: String) -> RobotLimits {
        RobotLimits { [self] user in
            entries.first { $0.registration.mayAct(as: user, serverName: serverName) }?.registration.cardKinds
        }
    }

    /// Serves each service that has an address, until the task is cancelled.
    func serve(_ courier: @escaping @Sendable (Entry, String) -> ServiceCourier) async {
        await withDiscardingTaskGroup { group in
            for await entry in arrivals {
                guard let url = entry.registration.url else { continue }
                let courier = courier(entry, url)
                group.addTask { await Self.carry(courier, until: entry.ending) }
            }
            group.cancelAll()
        }
    }

    private static func carry(_ courier: ServiceCourier, until ending: Bell) async {
        await withDiscardingTaskGroup { group in
            let gone = Bell()
            group.addTask {
                await ending.wait(); gone.ring()
            }
            group.addTask {
                try? await courier.run(); gone.ring()
            }
            await gone.wait()
            group.cancelAll()
        }
    }
}

/// Runs the couriers of all application services, also of those that come later.
struct CourierService: Service {
    let services: ApplicationServices
    let engine: MessagingEngine
    let http: OutgoingHTTP
    let meters: DeliveryMeters
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await services.serve { entry, url in
                engine.follow(entry.bell)
                return ServiceCourier(
                    feed: ServiceFeed(entry.registration, engine: engine), url: url, http: http, bell: entry.bell,
                    returned: entry.returned, meters: meters, logger: logger)
            }
        }
    }
}
