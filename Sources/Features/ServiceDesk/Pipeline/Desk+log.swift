import Accounts
package import Basics
import Messaging
import Storage

/// The one log of messages, steps, cards, opinions and businesses, for whoever reads along.
extension Desk {
    /// What happened at the next `limit` places of the log after one, in order; and the last place that was looked at.
    ///
    /// No word of what was said is in it, and nothing of other shops.
    package func log(
        of shop: Int64 = Desk.firstShop, after position: Int64, limit: Int
    ) async throws -> (lines: [JSON], through: Int64) {
        let page = try await DeskLog(self).read(after: position, limit: limit)
        guard page.through > position else { return ([], position) }
        let places = position + 1...page.through
        let (told, kept) = try await database.read { connection in
            let scope = try ShopScope(of: shop, connection)
            let own = Set(try AdapterQueries.adapters(connection).filter { $0.shop == shop }.map(\.name))
            let told = try ReviewQueries.told(positions: places, connection).filter {
                scope.isWhole || own.contains($0["adapter"]?.stringValue ?? "")
            }
            return (told, try page.entries.filter { try Self.isOf(shop, scope, $0, connection) })
        }
        let facts = kept.map { ($0.position, line($0)) }
        let all = facts + told.map { ($0["pos"]?.intValue ?? 0, $0) }
        return (all.sorted { $0.0 < $1.0 }.map(\.1), page.through)
    }

    /// Whether a fact is one shop's: by its room, queue or agent.
    private static func isOf(
        _ shop: Int64, _ scope: ShopScope, _ fact: DeskFact, _ connection: Connection
    ) throws -> Bool {
        if scope.isWhole { return true }
        switch fact.what {
        case .moved(let move): return scope.holds(queue: move.queue)
        case .rated(let rating): return scope.holds(queue: rating.dimensions.queue)
        case .queueSet(let setting): return scope.holds(queue: setting.queue)
        case .presence(let agent, _): return scope.holds(agent: agent)
        case .said, .cardSent, .cardPressed, .cardAnswered:
            return try fact.room.flatMap { try ConversationQueries.newest(inRoom: $0, connection) }?.shop == shop
        }
    }

    private func line(_ fact: DeskFact) -> JSON {
        var line = fact.what.json
        line["pos"] = .int(fact.position)
        line["ts"] = .int(fact.at)
        line["room_id"] = fact.room.flatMap(RoomNumber.init(value:)).map { .string(messaging.id(of: $0)) }
        return .object(line)
    }
}

extension DeskFact.What {
    /// As a line of the log; its place, time and room are added.
    fileprivate var json: JSONObject {
        switch self {
        case .said(_, .customer): ["kind": "message", "speaker": "customer"]
        case .said(_, .robot): ["kind": "message", "speaker": "robot"]
        case .said(_, .human(let agent)): ["kind": "message", "speaker": "agent", "agent": .int(agent)]
        case .moved(let move):
            [
                "kind": "step", "conversation": .int(move.conversation), "n": .int(move.n),
                "from": move.from.map { .string($0.name) } ?? .null, "to": .string(move.to.name),
                "agent": move.agent == 0 ? .null : .int(move.agent), "queue": .int(move.queue),
                "reason": .string(move.reason.rawValue), "scene": .string(move.scene),
            ]
        case .cardSent: ["kind": "card"]
        case .cardPressed: ["kind": "press"]
        case .cardAnswered(_, let outcome, let took):
            ["kind": "answer", "outcome": .string(outcome.rawValue), "took_ms": .int(took)]
        case .rated(let rating):
            [
                "kind": "rating", "stars": .int(rating.stars), "queue": .int(rating.dimensions.queue),
                "agent": .int(rating.dimensions.agent),
            ]
        case .queueSet(let setting):
            ["kind": "queue", "queue": .int(setting.queue), "target_ms": .int(setting.target)]
        case .presence(let agent, let status):
            ["kind": "presence", "agent": .int(agent), "status": .string(status.name)]
        }
    }
}
