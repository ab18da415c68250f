import Accounts
import Basics
import HummingbirdCore
import Messaging
import ServiceDesk
import Synchronization

/// Who of the staff looks at which conversation right now, and who is writing: told by the consoles again and again,
/// forgotten a while after the last time. Customers never hear of it.
final class DeskLooks: Sendable {
    struct Look: Sendable, Hashable {
        var user: Int64
        var isTyping: Bool
        fileprivate var until: Int64
    }
    private struct State {
        var byConversation: [Int64: [Look]] = [:]
        /// When old looks were last thrown away.
        var swept: Int64 = 0
    }
    private let state = Mutex(State())
    private let now: @Sendable () -> Int64

    /// How long a look counts, in milliseconds.
    static let grace: Int64 = 12_000

    init(now: @escaping @Sendable () -> Int64 = { monotonicMilliseconds() }) { self.now = now }

    /// Somebody looks at a conversation; those who look at it beside them.
    func look(at conversation: Int64, by user: Int64, isTyping: Bool) -> [Look] {
        let now = now()
        return state.withLock { state in
            if now - state.swept > Self.grace {
                state.swept = now
                state.byConversation = state.byConversation.mapValues { $0.filter { $0.until > now } }
                    .filter { !$0.value.isEmpty }
            }
            let others = (state.byConversation[conversation] ?? []).filter { $0.until > now && $0.user != user }
            let own = Look(user: user, isTyping: isTyping, until: now + Self.grace)
            state.byConversation[conversation] = others + [own]
            return others
        }
    }

    /// Somebody looks elsewhere.
    func leave(_ conversation: Int64, _ user: Int64) {
        state.withLock { $0.byConversation[conversation]?.removeAll { $0.user == user } }
    }
}

/// Two of the staff in one conversation see each other.
struct DeskLookRoutes: RouteGroup {
    let access: DeskAccess
    let looks: DeskLooks

    private static let path = "/api/v1/desk/conversations/{number}/look"

    func add(to routes: inout RouteTable) {
        routes.put(Self.path, .typing) { call, session in
            let conversation = try await access.staffConversation(call, session)
            let isTyping = try await call.object(orEmpty: true).bool("typing") ?? false
            let others = looks.look(at: conversation.number, by: session.userNumber, isTyping: isTyping)
            let users = try await access.desk.accounts.users(numbers: others.map(\.user))
            return .json([
                "looking": .array(
                    others.map { look in
                        [
                            "agent": .int(look.user), "typing": .bool(look.isTyping),
                            "user_id": users[look.user].map { .string($0.identifier.text) } ?? .null,
                            "name": (users[look.user]?.displayName).map(JSON.string) ?? .null,
                        ]
                    })
            ])
        }
        routes.delete(Self.path, .typing) { call, session in
            _ = try await access.requireAgent(session)
            looks.leave(try call.number("number"), session.userNumber)
            return .emptyObject
        }
    }
}
