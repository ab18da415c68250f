import Accounts
import Basics
import HummingbirdCore
import Messaging

/// Backups of room keys, for clients that encrypt.
struct KeyBackupRoutes: RouteGroup {
    let userData: UserDataStore

    func add(to routes: inout RouteTable) {
        addVersions(to: &routes)
        addKeys(to: &routes)
        addRoomKeys(to: &routes)
        addSessionKeys(to: &routes)
    }

    private func addVersions(to routes: inout RouteTable) {
        routes.post("/_matrix/client/v3/room_keys/version", .keys) { call, session in
            try session.refuseGuests()
            let version = try await userData.addBackup(try await call.object(), of: session.userNumber)
            return .json(["version": .string(String(version))])
        }
        routes.get("/_matrix/client/v3/room_keys/version", .keys) { _, session in
            .json(try await userData.backup(nil, of: session.userNumber).json)
        }
        routes.get("/_matrix/client/v3/room_keys/version/{version}", .keys) { call, session in
            .json(try await userData.backup(try version(call.parameter("version")), of: session.userNumber).json)
        }
        routes.put("/_matrix/client/v3/room_keys/version/{version}", .keys) { call, session in
            let version = try version(call.parameter("version"))
            try await userData.changeBackup(version, try await call.object(), of: session.userNumber)
            return .emptyObject
        }
        routes.delete("/_matrix/client/v3/room_keys/version/{version}", .keys) { call, session in
            try await userData.deleteBackup(try version(call.parameter("version")), of: session.userNumber)
            return .emptyObject
        }
    }

    private func addKeys(to routes: inout RouteTable) {
        routes.put("/_matrix/client/v3/room_keys/keys", .keys) { call, session in
            let body = try await call.object(limits: .keys)
            return try await store(try body.required("rooms", try body.object("rooms")), call, session)
        }
        routes.get("/_matrix/client/v3/room_keys/keys", .keys) { call, session in
            .json(["rooms": .object(try await keys(call, session))])
        }
        routes.delete("/_matrix/client/v3/room_keys/keys", .keys) { call, session in try await delete(call, session) }
    }

    private func addRoomKeys(to routes: inout RouteTable) {
        routes.put("/_matrix/client/v3/room_keys/keys/{room}", .keys) { call, session in
            let body = try await call.object(limits: .keys)
            return try await store([call.parameter("room"): .object(body)], call, session)
        }
        routes.get("/_matrix/client/v3/room_keys/keys/{room}", .keys) { call, session in
            let room = call.parameter("room")
            return .json(try await keys(call, session, room: room)[room] ?? ["sessions": [:]])
        }
        routes.delete("/_matrix/client/v3/room_keys/keys/{room}", .keys) { call, session in
            try await delete(call, session, room: call.parameter("room"))
        }
    }

    private func addSessionKeys(to routes: inout RouteTable) {
        routes.put("/_matrix/client/v3/room_keys/keys/{room}/{session}", .keys) { call, session in
            let key = JSON.object(try await call.object(limits: .keys))
            let sessions: JSON = ["sessions": .object([call.parameter("session"): key])]
            return try await store([call.parameter("room"): sessions], call, session)
        }
        routes.get("/_matrix/client/v3/room_keys/keys/{room}/{session}", .keys) { call, session in
            let (room, id) = (call.parameter("room"), call.parameter("session"))
            guard let key = try await keys(call, session, room: room, id: id)[room]?["sessions"]?[id] else {
                throw RequestError.notFound("There is no such key in the backup.")
            }
            return .json(key)
        }
        routes.delete("/_matrix/client/v3/room_keys/keys/{room}/{session}", .keys) { call, session in
            try await delete(call, session, room: call.parameter("room"), id: call.parameter("session"))
        }
    }

    private func version(_ text: String) throws(RequestError) -> Int64 {
        guard let number = Int64(text) else { throw .notFound("There is no such backup.") }
        return number
    }

    private func version(_ call: Call) throws(RequestError) -> Int64 {
        try version(try call.query().require("version"))
    }

    private func store(_ rooms: JSONObject, _ call: Call, _ session: Session) async throws -> Response {
        try session.refuseGuests()
        return .json(try await userData.storeKeys(rooms, version: try version(call), of: session.userNumber).extent)
    }

    private func keys(
        _ call: Call, _ session: Session, room: String? = nil, id: String? = nil
    ) async throws -> JSONObject {
        let scope = BackupScope(version: try version(call), room: room, session: id)
        return try await userData.backedUpKeys(scope, of: session.userNumber)
    }

    private func delete(
        _ call: Call, _ session: Session, room: String? = nil, id: String? = nil
    ) async throws -> Response {
        let scope = BackupScope(version: try version(call), room: room, session: id)
        return .json(try await userData.deleteKeys(scope, of: session.userNumber).extent)
    }
}

extension KeyBackup {
    /// The version as its owner sees it.
    fileprivate var json: JSON {
        [
            "algorithm": .string(algorithm), "auth_data": (try? JSON(parsing: authData)) ?? [:],
            "count": .int(count), "etag": .string(String(etag)), "version": .string(String(version)),
        ]
    }

    /// How many keys there are, and a text that changes with them.
    fileprivate var extent: JSON { ["count": .int(count), "etag": .string(String(etag))] }
}
