import HTTPTypes
import HummingbirdCore

/// Cross-origin rules: every page of the world may call the client-server API and the product's own routes, because
/// the access token, not a cookie, says who calls (Matrix client-server API, "Web browser clients").
enum Origins {
    private static let prefixes = ["/_matrix/", "/api/", "/.well-known/matrix/", "/_synapse/"]

    static func isAPI(_ target: String) -> Bool { prefixes.contains { target.utf8.starts(with: $0.utf8) } }

    static func allow(in response: inout Response) { response.headers[.accessControlAllowOrigin] = "*" }

    static func preflight() -> Response {
        Response(
            status: .noContent,
            headers: [
                .accessControlAllowOrigin: "*",
                .accessControlAllowMethods: "GET, POST, PUT, PATCH, DELETE, OPTIONS",
                .accessControlAllowHeaders: "X-Requested-With, Content-Type, Authorization",
                .accessControlMaxAge: "86400",
            ])
    }
}
