import Accounts
import Basics
import HummingbirdCore
import Messaging

/// Keys of devices, and messages from device to device.
struct KeyRoutes: RouteGroup {
    let accounts: Accounts
    let userData: UserDataStore

    func add(to routes: inout RouteTable) {
        routes.put("/_matrix/client/v3/sendToDevice/{type}/{txn}", .message) { call, session in
            let body = try await call.object()
            let messages = try body.required("messages", try body.object("messages"))
            try await userData.send(
                call.parameter("type"), messages, transaction: call.parameter("txn"), by: session)
            return .emptyObject
        }
        routes.post("/_matrix/client/v3/keys/upload", .keys) { call, session in
            .json(try await userData.uploadKeys(try await call.object(limits: .keys, orEmpty: true), by: session))
        }
        routes.post("/_matrix/client/v3/keys/query", .keys) { call, session in
            .json(try await userData.queryKeys(try await call.object(), by: session))
        }
        routes.post("/_matrix/client/v3/keys/claim", .keys) { call, _ in
            .json(try await userData.claimKeys(try await call.object()))
        }
        routes.get("/_matrix/client/v3/keys/changes", .keys) { call, session in
            let from = try SyncToken(parsing: try call.query().require("from"))
            return .json(try await userData.deviceListChanges(of: session.userNumber, after: from.position))
        }
        routes.post("/_matrix/client/v3/keys/device_signing/upload", .keys) { call, session in
            try await uploadCrossSigning(call, session)
        }
        routes.post("/_matrix/client/v3/keys/signatures/upload", .keys) { call, session in
            try session.refuseGuests()
            return .json(try await userData.uploadSignatures(try await call.object(limits: .keys), by: session))
        }
    }

    /// A first set of keys is taken as it is; replacing a master key needs the password.
    private func uploadCrossSigning(_ call: Call, _ session: Session) async throws -> Response {
        try session.refuseGuests()
        let body = try await call.object(limits: .keys)
        guard try await userData.hasMasterKey(session.userNumber) else {
            try await userData.uploadCrossSigningKeys(body, by: session)
            return .emptyObject
        }
        let route = "POST /keys/device_signing/upload"
        return try await accounts.afterPassword(call, session, route: route, body: body) { body in
            try await userData.uploadCrossSigningKeys(body, by: session)
            return .emptyObject
        }
    }
}
