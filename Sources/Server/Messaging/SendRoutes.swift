import Accounts
import Basics
import HummingbirdCore
package import Messaging

/// Sending, recalling, and setting state.
package struct SendRoutes: RouteGroup {
    let messaging: MessagingEngine

    /// The routes of an engine.
    package init(messaging: MessagingEngine) { self.messaging = messaging }

    package func add(to routes: inout RouteTable) {
        let messaging = messaging
        routes.put("/_matrix/client/v3/rooms/{room}/send/{type}/{txn}", .message, legacy: true) { call, session in
            let content = try await call.object(limits: .event)
            let time = try session.service == nil ? nil : call.query().integer("ts", clampedTo: 0...JSON.maximumInteger)
            let event = try await messaging.send(
                session, room: call.parameter("room"), type: call.parameter("type"),
                transaction: call.parameter("txn"), content: content, timestamp: time)
            return .json(["event_id": .string(event)])
        }
        routes.put("/_matrix/client/v3/rooms/{room}/redact/{event}/{txn}", .message) { call, session in
            let reason = try await call.object(orEmpty: true).string("reason")
            let event = try await messaging.redact(
                session, room: call.parameter("room"), event: call.parameter("event"),
                transaction: call.parameter("txn"), reason: reason)
            return .json(["event_id": .string(event)])
        }
        for path in ["state/{type}", "state/{type}/{key}"] {
            let hasKey = path.hasSuffix("{key}")
            routes.put("/_matrix/client/v3/rooms/{room}/\(path)", .state) { call, session in
                let content = try await call.object(limits: .event)
                let event = try await messaging.setState(
                    session, room: call.parameter("room"), type: call.parameter("type"),
                    key: hasKey ? call.parameter("key") : "", content: content)
                return .json(["event_id": .string(event)])
            }
            routes.get("/_matrix/client/v3/rooms/{room}/\(path)", .history) { call, session in
                let isWhole = try call.query()["format"] == "event"
                return .json(
                    bytes: try await messaging.state(
                        session, room: call.parameter("room"), type: call.parameter("type"),
                        key: hasKey ? call.parameter("key") : "", isWhole: isWhole))
            }
        }
    }
}
