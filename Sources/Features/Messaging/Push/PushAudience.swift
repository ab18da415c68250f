import Storage
import Synchronization

/// The users whose notices cannot be worked out from the default rules alone: those with a pusher and those with rules
/// of their own. Only grows while the server runs; who is in it without need costs an evaluation and nothing else.
struct PushAudience: Sendable {
    private(set) var withPushers: Set<Int64> = []
    private(set) var withRules: Set<Int64> = []
    private(set) var isLoaded = false

    var all: Set<Int64> { withPushers.union(withRules) }

    mutating func add(pusherOf user: Int64) { withPushers.insert(user) }
    mutating func add(rulesOf user: Int64) { withRules.insert(user) }

    /// Takes in what the store knows; what came meanwhile stays.
    mutating func load(pushers: [Int64], rules: [Int64]) {
        withPushers.formUnion(pushers)
        withRules.formUnion(rules)
        isLoaded = true
    }
}

extension UserDataStore {
    /// The users for whom events are evaluated one by one.
    func audience() async throws -> PushAudience {
        let known = pushAudience.withLock { $0 }
        if known.isLoaded { return known }
        let (pushers, rules) = try await database.read { connection in
            (try PushQueries.usersWithPushers(in: connection), try PushQueries.usersWithRules(in: connection))
        }
        return pushAudience.withLock { audience in
            audience.load(pushers: pushers, rules: rules)
            return audience
        }
    }
}
