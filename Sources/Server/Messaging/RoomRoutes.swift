import Accounts
import Basics
import HummingbirdCore
package import Messaging

/// Making rooms, joining and leaving them.
package struct RoomRoutes: RouteGroup {
    let messaging: MessagingEngine

    /// The routes of an engine.
    package init(messaging: MessagingEngine) { self.messaging = messaging }

    package func add(to routes: inout RouteTable) {
        let messaging = messaging
        routes.post("/_matrix/client/v3/createRoom", .membership) { call, session in
            let request = try RoomCreation(try await call.object())
            return .json(["room_id": .string(try await messaging.createRoom(session, request))])
        }
        routes.get("/_matrix/client/v3/joined_rooms", .history) { _, session in
            .json(["joined_rooms": .array(try await messaging.joinedRooms(session).map(JSON.string))])
        }
        for path in ["/_matrix/client/v3/join/{room}", "/_matrix/client/v3/rooms/{room}/join"] {
            routes.post(path, .membership) { call, session in
                let reason = try await call.object(orEmpty: true).string("reason")
                let room = try await messaging.join(session, roomOrAlias: call.parameter("room"), reason: reason)
                return .json(["room_id": .string(room)])
            }
        }
        routes.post("/_matrix/client/v3/knock/{room}", .membership) { call, session in
            let reason = try await call.object(orEmpty: true).string("reason")
            let room = try await messaging.knock(session, roomOrAlias: call.parameter("room"), reason: reason)
            return .json(["room_id": .string(room)])
        }
        routes.post("/_matrix/client/v3/rooms/{room}/leave", .membership) { call, session in
            let reason = try await call.object(orEmpty: true).string("reason")
            try await messaging.setMembership(
                session, room: call.parameter("room"), userID: session.user.text, to: .leave, reason: reason)
            return .emptyObject
        }
        routes.post("/_matrix/client/v3/rooms/{room}/forget", .membership) { call, session in
            try await messaging.forget(session, room: call.parameter("room"))
            return .emptyObject
        }
        addModeration(to: &routes)
        routes.post("/_matrix/client/v3/rooms/{room}/upgrade", .membership) { call, session in
            let body = try await call.object()
            let version = try body.required("new_version", try body.string("new_version"))
            let room = try await messaging.upgrade(session, room: call.parameter("room"), to: version)
            return .json(["replacement_room": .string(room)])
        }
    }

    private func addModeration(to routes: inout RouteTable) {
        let actions: [(String, Membership, Membership?)] = [
            ("invite", .invite, nil), ("kick", .leave, nil), ("ban", .ban, nil), ("unban", .leave, .ban),
        ]
        for (name, membership, expected) in actions {
            let messaging = messaging
            routes.post("/_matrix/client/v3/rooms/{room}/\(name)", .membership) { call, session in
                let body = try await call.object()
                let user = try body.required("user_id", try body.string("user_id"))
                try await messaging.setMembership(
                    session, room: call.parameter("room"), userID: user, to: membership,
                    reason: try body.string("reason"), onlyFrom: expected)
                return .emptyObject
            }
        }
    }
}
