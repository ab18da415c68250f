import Basics
import HummingbirdCore

/// What a client asks before it logs in.
struct DiscoveryRoutes: RouteGroup {
    let publicURL: String?
    let contact: String?

    func add(to routes: inout RouteTable) {
        routes.openGet("/.well-known/matrix/client", .discovery) { _ in try wellKnown() }
        routes.openGet("/.well-known/matrix/support", .discovery) { _ in try support() }
        routes.openGet("/_matrix/client/versions", .discovery) { _ in .json(Self.versions) }
        routes.get("/_matrix/client/v3/capabilities", .discovery) { _, _ in .json(Self.capabilities) }
    }

    private func wellKnown() throws -> Response {
        guard let publicURL else {
            throw RequestError.notFound("The operator has not set public_url, the address for clients.")
        }
        return .json(["m.homeserver": ["base_url": .string(publicURL)]])
    }

    private func support() throws -> Response {
        guard let contact else { throw RequestError.notFound("The operator has not set admin_contact.") }
        if contact.contains("://") { return .json(["support_page": .string(contact)]) }
        return .json(["contacts": [["role": "m.role.admin", "email_address": .string(contact)]]])
    }

    private static let versions: JSON = [
        "versions": .array((1...13).map { .string("v1.\($0)") }), "unstable_features": [:],
    ]

    private static let capabilities: JSON = [
        "capabilities": [
            "m.change_password": ["enabled": true],
            "m.room_versions": ["default": "11", "available": ["10": "stable", "11": "stable"]],
            "m.set_displayname": ["enabled": true], "m.set_avatar_url": ["enabled": true],
            "m.profile_fields": ["enabled": true], "m.3pid_changes": ["enabled": false],
            "m.get_login_token": ["enabled": true],
        ]
    ]
}
