import Accounts
package import Basics
import Messaging
import Storage
import Synchronization

/// What a shop's manager decides about visitors and messages.
package enum DeskPolicy: String, Sendable, Hashable, CaseIterable {
    /// `{"rules": [...], "scorer": {"url": ...}}`
    case intent
    /// `{"rules": [...]}`
    case greetings
    /// `{"words": [...], "patterns": [...], "hosts": [...]}`
    case watch
    /// `{"parts": {"finance": ["payment.*", ...]}}`
    case rights
}

/// Policies of shops as they were read, so that a message costs no query.
final class PolicyBook: Sendable {
    private struct State {
        var watch: [Int64: WatchList] = [:]
        var rights: [Int64: CardRights] = [:]
        var hooks: [DeskHook]?
        /// Which service gives an intent, where the server can ask one.
        var scorer: IntentScorer?
        /// Whether a robot may send cards of a kind.
        var robots: RobotLimits?
    }
    private let state = Mutex(State())

    func watch(of shop: Int64, orRead read: () throws -> WatchList) rethrows -> WatchList {
        if let known = state.withLock({ $0.watch[shop] }) { return known }
        let list = try read()
        state.withLock { $0.watch[shop] = list }
        return list
    }
    func rights(of shop: Int64, orRead read: () throws -> CardRights) rethrows -> CardRights {
        if let known = state.withLock({ $0.rights[shop] }) { return known }
        let rights = try read()
        state.withLock { $0.rights[shop] = rights }
        return rights
    }
    var hooks: [DeskHook]? {
        get { state.withLock { $0.hooks } }
        set { state.withLock { $0.hooks = newValue } }
    }
    var scorer: IntentScorer? {
        get { state.withLock { $0.scorer } }
        set { state.withLock { $0.scorer = newValue } }
    }
    var robots: RobotLimits? {
        get { state.withLock { $0.robots } }
        set { state.withLock { $0.robots = newValue } }
    }

    /// What was read from tables is read again.
    func forget() {
        state.withLock { state in
            state.watch = [:]
            state.rights = [:]
            state.hooks = nil
        }
    }
}

/// Asks a service how likely a deal is; nil when it does not say so in time.
package struct IntentScorer: Sendable {
    package let ask: @Sendable (_ url: String, _ body: JSON) async -> Intent?

    package init(_ ask: @escaping @Sendable (_ url: String, _ body: JSON) async -> Intent?) { self.ask = ask }

    /// How long a visitor's page waits for it, in milliseconds.
    package static let limit: Int64 = 150
}

/// Which kinds of cards robots may send; those that nothing is said of may send all.
package struct RobotLimits: Sendable {
    package let kinds: @Sendable (_ userID: String) -> Set<String>?

    package init(_ kinds: @escaping @Sendable (_ userID: String) -> Set<String>?) { self.kinds = kinds }
}

extension Desk {
    package func policy(_ policy: DeskPolicy, of shop: Int64 = Desk.firstShop) async throws -> JSON {
        if policy == .rights { return try await cardRights(of: shop).json }
        return try await database.read { try PolicyQueries.policy(policy.rawValue, of: shop, $0) } ?? .object([:])
    }

    /// Replaces a policy; one with a fault changes nothing.
    package func setPolicy(
        _ policy: DeskPolicy, of shop: Int64 = Desk.firstShop, _ body: JSONObject, by user: Int64
    ) async throws {
        let kept: JSON
        switch policy {
        case .intent: kept = try Self.intentPolicy(body)
        case .greetings:
            _ = try Self.greetings(.object(body))
            kept = ["rules": body["rules"] ?? .array([])]
        case .watch: kept = try WatchList(body).json
        case .rights: kept = try CardRights(body).json
        }
        guard kept.canonical().count <= 131_072 else { throw RequestError.tooLarge("A policy holds at most 128 KiB.") }
        try await database.write { [self] context in
            try PolicyQueries.set(policy.rawValue, kept, of: shop, by: user, in: context)
            context.afterCommit { [self] in book.forget() }
        }
    }

    private static func intentPolicy(_ body: JSONObject) throws(RequestError) -> JSON {
        _ = try intents(.object(body))
        var kept: JSONObject = ["rules": body["rules"] ?? .array([])]
        guard let scorer = body["scorer"], !scorer.isNull else { return .object(kept) }
        guard let url = scorer["url"]?.stringValue, url.utf8.count <= 2_048,
            url.hasPrefix("https://") || url.hasPrefix("http://")
        else { throw .invalidParam("'scorer' has a 'url' that begins with http:// or https://.") }
        kept["scorer"] = ["url": .string(url)]
        return .object(kept)
    }

    private static func list(_ body: JSON) throws(RequestError) -> [JSON] {
        let rules = body["rules"]?.arrayValue ?? []
        guard rules.count <= 200 else { throw .tooLarge("At most 200 rules.") }
        return rules
    }

    static func intents(_ body: JSON) throws(RequestError) -> [IntentRule] {
        var found: [IntentRule] = []
        for (place, rule) in try list(body).enumerated() { found.append(try IntentRule(rule, place: place)) }
        return found
    }

    static func greetings(_ body: JSON) throws(RequestError) -> [GreetingRule] {
        var found: [GreetingRule] = []
        for (place, rule) in try list(body).enumerated() { found.append(try GreetingRule(rule, place: place)) }
        return found
    }

    /// Who is asked how likely a deal is; without it rules alone count.
    package func useScorer(_ scorer: IntentScorer) { book.scorer = scorer }

    /// What robots may send.
    package func limitRobots(_ limits: RobotLimits) { book.robots = limits }

    /// Which cards each part may send.
    package func cardRights(of shop: Int64 = Desk.firstShop) async throws -> CardRights {
        let body = try await database.read { try PolicyQueries.policy(DeskPolicy.rights.rawValue, of: shop, $0) }
        return try body?.objectValue.map { try CardRights($0) } ?? .standard
    }

    /// Which cards each part may send, as of now; inside a write.
    func cardRights(of shop: Int64, _ connection: Connection) throws -> CardRights {
        try book.rights(of: shop) {
            let body = try PolicyQueries.policy(DeskPolicy.rights.rawValue, of: shop, connection)?.objectValue
            return try body.map { try CardRights($0) } ?? .standard
        }
    }

    /// The words to look for, as of now.
    func watchList(of shop: Int64, _ connection: Connection) throws -> WatchList {
        try book.watch(of: shop) {
            let body = try PolicyQueries.policy(DeskPolicy.watch.rawValue, of: shop, connection)?.objectValue
            return try body.map { try WatchList($0) } ?? .none
        }
    }
}
