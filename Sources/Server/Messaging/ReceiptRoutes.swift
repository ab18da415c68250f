import Accounts
import Basics
import HummingbirdCore
package import Messaging

/// Read marks and typing.
package struct ReceiptRoutes: RouteGroup {
    let messaging: MessagingEngine

    /// The routes of an engine.
    package init(messaging: MessagingEngine) { self.messaging = messaging }

    package func add(to routes: inout RouteTable) {
        let messaging = messaging
        routes.post("/_matrix/client/v3/rooms/{room}/receipt/{kind}/{event}", .receipt) { call, session in
            let thread = try await call.object(orEmpty: true).string("thread_id")
            guard let kind = Self.kinds[call.parameter("kind")] else {
                throw RequestError.invalidParam("A receipt is m.read, m.read.private or m.fully_read.")
            }
            try await messaging.markRead(
                session, room: call.parameter("room"), marks: [(kind, call.parameter("event"))],
                thread: kind == .fullyRead ? nil : thread)
            return .emptyObject
        }
        routes.post("/_matrix/client/v3/rooms/{room}/read_markers", .receipt) { call, session in
            let body = try await call.object(orEmpty: true)
            var marks: [(kind: ReadMarkKind, event: String)] = []
            for (name, kind) in Self.kinds.sorted(by: { $0.key < $1.key }) {
                if let event = try body.string(name) { marks.append((kind, event)) }
            }
            try await messaging.markRead(session, room: call.parameter("room"), marks: marks)
            return .emptyObject
        }
        routes.put("/_matrix/client/v3/rooms/{room}/typing/{user}", .typing) { call, session in
            guard call.parameter("user") == session.user.text else {
                throw RequestError.forbidden("You can type for yourself only.")
            }
            let body = try await call.object()
            let isTyping = try body.required("typing", try body.bool("typing"))
            try await messaging.setTyping(
                session, room: call.parameter("room"), isTyping: isTyping, timeout: try body.int("timeout") ?? 30_000)
            return .emptyObject
        }
    }

    private static let kinds: [String: ReadMarkKind] = [
        "m.read": .read, "m.read.private": .readPrivate, "m.fully_read": .fullyRead,
    ]
}
