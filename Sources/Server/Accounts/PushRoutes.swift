import Accounts
import Basics
import Foundation
import HummingbirdCore
import Messaging

/// Push rules and pushers.
struct PushRoutes: RouteGroup {
    let accounts: Accounts
    let userData: UserDataStore
    /// Private networks in which gateways may be.
    let gateways: NetworkList

    func add(to routes: inout RouteTable) {
        routes.get("/_matrix/client/v3/pushrules", .push) { _, session in
            .json(try await rules(session).json)
        }
        routes.get("/_matrix/client/v3/pushrules/global", .push) { _, session in
            .json(try await rules(session).global)
        }
        addRules(to: &routes)
        addSwitches(to: &routes)
        routes.get("/_matrix/client/v3/pushers", .push) { _, session in
            var writer = JSONWriter()
            let pushers = try await userData.pushers(of: session.userNumber)
            writer.object { writer in
                writer.key("pushers")
                writer.array { writer in for pusher in pushers { writer.raw(pusher) } }
            }
            return .json(writer)
        }
        routes.post("/_matrix/client/v3/pushers/set", .push) { call, session in try await setPusher(call, session) }
    }

    private func addRules(to routes: inout RouteTable) {
        routes.get("/_matrix/client/v3/pushrules/global/{kind}/{rule}", .push) { call, session in
            .json(try await rules(session).rule(try kind(call), call.parameter("rule")).json)
        }
        routes.put("/_matrix/client/v3/pushrules/global/{kind}/{rule}", .push) { call, session in
            let (kind, id, body, query) = (
                try kind(call), call.parameter("rule"), try await call.object(), try call.query()
            )
            try await change(session) { rules in
                try rules.put(kind, id, body, before: query["before"], after: query["after"])
            }
            return .emptyObject
        }
        routes.delete("/_matrix/client/v3/pushrules/global/{kind}/{rule}", .push) { call, session in
            let (kind, id) = (try kind(call), call.parameter("rule"))
            try await change(session) { try $0.delete(kind, id) }
            return .emptyObject
        }
    }

    private func addSwitches(to routes: inout RouteTable) {
        routes.get("/_matrix/client/v3/pushrules/global/{kind}/{rule}/enabled", .push) { call, session in
            let rule = try await rules(session).rule(try kind(call), call.parameter("rule"))
            return .json(["enabled": .bool(rule.isEnabled)])
        }
        routes.put("/_matrix/client/v3/pushrules/global/{kind}/{rule}/enabled", .push) { call, session in
            let (kind, id, body) = (try kind(call), call.parameter("rule"), try await call.object())
            let isEnabled = try body.required("enabled", try body.bool("enabled"))
            try await change(session) { try $0.setEnabled(kind, id, isEnabled) }
            return .emptyObject
        }
        routes.get("/_matrix/client/v3/pushrules/global/{kind}/{rule}/actions", .push) { call, session in
            let rule = try await rules(session).rule(try kind(call), call.parameter("rule"))
            return .json(["actions": .array(rule.actions)])
        }
        routes.put("/_matrix/client/v3/pushrules/global/{kind}/{rule}/actions", .push) { call, session in
            let (kind, id, body) = (try kind(call), call.parameter("rule"), try await call.object())
            try await change(session) { try $0.setActions(kind, id, body["actions"]) }
            return .emptyObject
        }
    }

    private func kind(_ call: Call) throws(RequestError) -> PushRuleKind {
        guard let kind = PushRuleKind(rawValue: call.parameter("kind")) else {
            throw .invalidParam("The kinds of push rules are override, content, room, sender and underride.")
        }
        return kind
    }

    private func record(_ session: Session) async throws -> UserRecord {
        guard let user = try await accounts.user(number: session.userNumber) else { throw RequestError.unknownToken() }
        return user
    }

    private func rules(_ session: Session) async throws -> PushRuleSet {
        try await userData.pushRules(of: try await record(session))
    }

    private func change(
        _ session: Session, _ body: @escaping @Sendable (inout PushRuleSet) throws -> Void
    ) async throws {
        try session.refuseGuests()
        try await userData.changePushRules(of: try await record(session), body)
    }

    // MARK: Pushers

    private func setPusher(_ call: Call, _ session: Session) async throws -> Response {
        try session.refuseGuests()
        let body = try await call.object()
        let appID = try limited(body, "app_id", 64)
        let key = try limited(body, "pushkey", 512)
        guard let kind = try body.string("kind") else {
            try await userData.deletePusher(appID: appID, key: key, of: session.userNumber)
            return .emptyObject
        }
        var stored: JSONObject = ["app_id": .string(appID), "pushkey": .string(key), "kind": .string(kind)]
        for name in ["app_display_name", "device_display_name", "lang"] {
            stored[name] = .string(try limited(body, name, 512))
        }
        if let tag = try body.string("profile_tag") { stored["profile_tag"] = .string(tag) }
        stored["data"] = .object(try data(body, kind: kind))
        let pusher = Pusher(appID: appID, key: key, device: session.deviceNumber, body: .object(stored))
        try await userData.setPusher(pusher, append: try body.bool("append") ?? false, of: session.userNumber)
        return .emptyObject
    }

    private func data(_ body: JSONObject, kind: String) throws(RequestError) -> JSONObject {
        let data = try body.required("data", try body.object("data"))
        guard kind == "http" else { throw .invalidParam("Pushers are of the kind http here.") }
        let url = try data.required("data.url", try data.string("url"))
        guard url.hasSuffix("/_matrix/push/v1/notify"), url.utf8.count <= 2_048, isSafe(url) else {
            throw .invalidParam("'data.url' must be an https address that ends in /_matrix/push/v1/notify.")
        }
        return data
    }

    /// Notices are encrypted on their way, unless the operator vouches for the network they stay in.
    private func isSafe(_ url: String) -> Bool {
        guard let parts = URL(string: url), let host = parts.host(), !host.isEmpty else { return false }
        if parts.scheme == "https" { return true }
        return parts.scheme == "http" && ClientAddress(host).map(gateways.contains) == true
    }

    private func limited(_ body: JSONObject, _ name: String, _ bytes: Int) throws(RequestError) -> String {
        let text = try body.required(name, try body.string(name))
        guard text.utf8.count <= bytes else { throw .invalidParam("'\(name)' has at most \(bytes) bytes.") }
        return text
    }
}
