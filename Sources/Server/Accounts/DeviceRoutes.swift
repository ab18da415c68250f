import Accounts
import Basics
import HummingbirdCore
import Messaging

/// The list of a user's devices, which is also the list of sessions.
struct DeviceRoutes: RouteGroup {
    let accounts: Accounts

    func add(to routes: inout RouteTable) {
        routes.get("/_matrix/client/v3/devices", .devices) { _, session in
            let devices = try await accounts.devices(of: session.userNumber)
            return .json(["devices": .array(devices.map(\.json))])
        }
        routes.get("/_matrix/client/v3/devices/{device}", .devices) { call, session in
            let device = try await accounts.device(of: session.userNumber, id: call.parameter("device"))
            guard let device else { throw RequestError.notFound("There is no such device.") }
            return .json(device.json)
        }
        routes.put("/_matrix/client/v3/devices/{device}", .devices) { call, session in
            let body = try await call.object()
            guard let name = try body.string("display_name") else { return .emptyObject }
            try await accounts.renameDevice(of: session.userNumber, id: call.parameter("device"), to: name)
            return .emptyObject
        }
        routes.delete("/_matrix/client/v3/devices/{device}", .devices) { call, session in
            let id = call.parameter("device")
            let body = try await call.object(orEmpty: true)
            return try await accounts.afterPassword(call, session, route: "DELETE /devices/\(id)", body: body) { _ in
                try await accounts.deleteDevices(of: session.userNumber, ids: [id])
                return .emptyObject
            }
        }
        routes.post("/_matrix/client/v3/delete_devices", .devices) { call, session in
            let body = try await call.object()
            return try await accounts.afterPassword(call, session, route: "POST /delete_devices", body: body) { body in
                let list = try body.required("devices", try body.array("devices"))
                try await accounts.deleteDevices(of: session.userNumber, ids: list.compactMap(\.stringValue))
                return .emptyObject
            }
        }
    }
}

extension DeviceRecord {
    /// The device as its owner sees it. The specification makes most members optional; client libraries insist on them.
    var json: JSON {
        [
            "device_id": .string(deviceID), "display_name": .string(displayName ?? ""),
            "last_seen_ip": .string(lastSeenAddress ?? ""),
            "last_seen_ts": .int(lastSeenMilliseconds ?? createdMilliseconds),
        ]
    }
}
