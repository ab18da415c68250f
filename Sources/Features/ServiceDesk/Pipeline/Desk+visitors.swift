package import Accounts
import Basics
import Messaging
import Storage

/// A scene that was registered.
package struct RegisteredScene: Sendable, Hashable {
    /// Opens a conversation from there.
    package var token: String
    package var expires: Int64
    package var intent: Intent
}

/// Whether the shop speaks first.
package enum VisitorGreeting: Sendable, Hashable {
    /// No rule fits, or there was one within a day, or the visitor has talked already.
    case none
    /// Not yet; in so many milliseconds perhaps.
    case later(milliseconds: Int64)
    case said(String)
}

/// Visitors who have not spoken yet: what they may want, and whether the shop speaks first.
extension Desk {
    /// Within this time nobody is greeted twice.
    package static let greetingPause: Int64 = 86_400_000

    /// What rules and, where there is one, a service make of a visitor at a scene.
    func intent(of scene: Scene, user: Int64, in shop: Int64) async throws -> Intent {
        let (policy, facts) = try await database.read { [self] connection in
            (
                try PolicyQueries.policy(DeskPolicy.intent.rawValue, of: shop, connection),
                try sceneFacts(scene, topic: "", user: user, intent: nil, at: database.now, isNew: true, connection)
            )
        }
        guard let policy else { return Intent(score: 0) }
        let byRules = try Self.intents(policy).intent(facts)
        guard let url = policy["scorer"]?["url"]?.stringValue, let scorer = book.scorer else {
            return byRules
        }
        let question: JSON = [
            "entry": .string(scene.entry), "item": scene.item.map(JSON.object) ?? .null,
            "params": .object(scene.parameters), "language": scene.language.map(JSON.string) ?? .null,
            "returning": .bool(facts.isReturning), "visits": .int(facts.visits), "item_visits": .int(facts.itemVisits),
            "user": .int(user), "intent": .int(byRules.score), "label": byRules.label.map(JSON.string) ?? .null,
        ]
        guard let answer = await scorer.ask(url, question) else { return byRules }
        return Intent(score: answer.score, label: answer.label ?? byRules.label)
    }

    /// What rules may ask about.
    ///
    /// - Parameter isNew: whether the scene is not stored yet.
    func sceneFacts(
        _ scene: Scene, topic: String, user: Int64, intent: Int64?, at now: Int64, isNew: Bool, _ connection: Connection
    ) throws -> SceneFacts {
        let person = try PersonQueries.person(of: user, connection)
        let users = try person.map { try PersonQueries.users(of: $0, connection) } ?? [user]
        let isReturning = try !ConversationQueries.opened(by: users, limit: 1, connection).isEmpty
        let seen = try users.flatMap { try SceneQueries.items(of: $0, since: now - 86_400_000, connection) }
        let item = scene.item?["ref"]?.stringValue
        let extra: Int64 = isNew ? 1 : 0
        return SceneFacts(
            scene: scene, topic: topic, isReturning: isReturning, intent: intent, visits: Int64(seen.count) + extra,
            itemVisits: Int64(seen.count { $0 != nil && $0 == item }) + extra)
    }

    /// Greets a visitor who has looked at a page for as long as a rule says: once per person and day, and nobody who
    /// talks already. How long is counted by the server.
    package func greet(_ session: Session, scene token: String) async throws -> VisitorGreeting {
        guard session.kind != .staff, session.kind != .robot else { return .none }
        let (hash, user) = (Self.hash(token), session.userNumber)
        return try await database.write { [self] context in
            let connection = context.connection
            let found = try SceneQueries.scene(hash: hash, user: user, at: context.now, connection)
            guard let found,
                let policy = try PolicyQueries.policy(DeskPolicy.greetings.rawValue, of: found.shop, connection)
            else { return .none }
            let person = try PersonQueries.person(of: user, connection)
            let users = try person.map { try PersonQueries.users(of: $0, connection) } ?? [user]
            guard try mayGreet(users, at: context.now, connection) else { return .none }
            let facts = try sceneFacts(
                found.facts, topic: "", user: user, intent: found.intent, at: context.now, isNew: false, connection)
            guard let rule = try Self.greetings(policy).first(where: { $0.condition.fits(facts) }) else { return .none }
            let rest = found.created + rule.after - context.now
            guard rest <= 0 else { return .later(milliseconds: rest) }
            try PolicyQueries.insertGreeting(rule.text, user: user, scene: found.number, in: context)
            return .said(rule.text)
        }
    }

    private func mayGreet(_ users: [Int64], at now: Int64, _ connection: Connection) throws -> Bool {
        if let last = try PolicyQueries.lastGreeting(of: users, connection), now - last < Self.greetingPause {
            return false
        }
        return try ConversationQueries.opened(by: users, limit: 20, connection).allSatisfy {
            $0.status == .resolved && now - $0.opened >= Self.greetingPause
        }
    }
}
