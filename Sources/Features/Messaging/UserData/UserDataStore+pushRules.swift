package import Accounts
import Basics
package import Storage
import Synchronization

/// Push rules. Only what a user has changed is stored, as account data; the rest are the rules everybody starts with.
extension UserDataStore {
    static let pushRulesType = "m.push_rules"

    /// The push rules of a user.
    package func pushRules(of user: UserRecord) async throws -> PushRuleSet {
        if let known = ruleCache.withLock({ $0.rules(of: user) }) { return known }
        return try await database.read { [self] in try pushRules(of: user, on: $0) }
    }

    /// The push rules of a user as a running read or write sees them.
    package func pushRules(of user: UserRecord, on connection: Connection) throws -> PushRuleSet {
        let (known, epoch) = ruleCache.withLock { ($0.rules(of: user), $0.epoch) }
        if let known { return known }
        let rules = try storedRules(of: user, on: connection)
        ruleCache.withLock { $0.remember(rules, of: user.number, readAt: epoch) }
        return rules
    }

    /// Changes the push rules of a user.
    package func changePushRules(
        of user: UserRecord, _ change: @escaping @Sendable (inout PushRuleSet) throws -> Void
    ) async throws {
        try await database.write { [self] context in
            var rules = try storedRules(of: user, on: context.connection)
            try change(&rules)
            let stored = rules.stored
            guard rules != (try storedRules(of: user, on: context.connection)) else { return }
            try store(Self.pushRulesType, stored, room: nil, of: user.number, in: context)
            let changed = rules
            context.afterCommit { [self] in
                ruleCache.withLock { $0.replace(changed, of: user.number) }
                pushAudience.withLock { $0.add(rulesOf: user.number) }
            }
        }
    }

    package func loadQuietRooms(of user: Int64) async throws {
        guard ruleCache.withLock({ !$0.knows(user) }), let record = try await accounts.user(number: user) else {
            return
        }
        _ = try await pushRules(of: record)
    }

    package func quietRooms(of user: Int64) -> QuietRooms { ruleCache.withLock { $0.quiet(user) } }

    private func storedRules(of user: UserRecord, on connection: Connection) throws -> PushRuleSet {
        let content = try AccountDataQueries.content(
            user: user.number, room: 0, type: Self.pushRulesType, in: connection)
        guard let content else { return PushRuleSet(userID: user.identifier.text) }
        return PushRuleSet(userID: user.identifier.text, stored: try JSON(parsing: content, limits: .stored))
    }

    /// The account data `m.push_rules` as clients see it.
    func pushRulesContent(of user: Int64, on connection: Connection) throws -> [UInt8]? {
        guard let user = try accounts.user(number: user, on: connection) else { return nil }
        return try storedRules(of: user, on: connection).json.encoded()
    }
}

/// The push rules of users that were asked for lately; what was read before a change is never kept after it.
struct PushRuleCache: Sendable {
    private static let maximumUsers = 50_000
    /// Nil for the many users who have changed nothing: a set of rules takes several kilobytes.
    private var changed: [Int64: PushRuleSet?] = [:]
    /// Of the few users who have any.
    private var quiet: [Int64: QuietRooms] = [:]
    private(set) var epoch: UInt64 = 0

    func knows(_ user: Int64) -> Bool { changed[user] != nil }

    func rules(of user: UserRecord) -> PushRuleSet? {
        guard let known = changed[user.number] else { return nil }
        return known ?? PushRuleSet(userID: user.identifier.text)
    }

    func quiet(_ user: Int64) -> QuietRooms { quiet[user] ?? QuietRooms() }

    mutating func remember(_ set: PushRuleSet, of user: Int64, readAt epoch: UInt64) {
        guard epoch == self.epoch else { return }
        keep(set, of: user)
    }

    /// Puts changed rules in place at once, so that no reply is written without them.
    mutating func replace(_ set: PushRuleSet, of user: Int64) {
        epoch &+= 1
        keep(set, of: user)
    }

    private mutating func keep(_ set: PushRuleSet, of user: Int64) {
        if changed.count >= Self.maximumUsers {
            changed.removeAll()
            quiet.removeAll()
        }
        changed[user] = .some(set.isUnchanged ? nil : set)
        let rooms = QuietRooms(set)
        quiet[user] = rooms.isEmpty ? nil : rooms
    }
}
