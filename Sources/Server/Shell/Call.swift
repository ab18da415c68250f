package import Accounts
package import Basics
import HTTPTypes
package import HummingbirdCore

/// What belongs to a request from its first byte to its last.
///
/// A class on purpose: requests are large values, and every asynchronous function on the way would keep a copy in its
/// frame for as long as a long poll waits.
final class Exchange: Sendable {
    let request: Request
    let link: ClientLink
    let shell: Shell

    init(_ request: Request, _ link: ClientLink, _ shell: Shell) {
        self.request = request
        self.link = link
        self.shell = shell
    }

    /// The path and query as they arrived.
    var target: String { request.head.path ?? "" }
}

/// One request on its way to its handler: the message, the parameters of its path, and who is at the other end.
package struct Call: Sendable {
    let exchange: Exchange
    let route: Route
    let arguments: [String]

    /// The request as it arrived; its body has not been read.
    package var request: Request { exchange.request }
    /// The connection it came by.
    package var link: ClientLink { exchange.link }
    var shell: Shell { exchange.shell }

    /// A parameter of the path, decoded. The name must be one of the route's pattern.
    package func parameter(_ name: String) -> String {
        for (index, known) in route.parameters.enumerated() where known == name { return arguments[index] }
        preconditionFailure("\(route.pattern) has no parameter '\(name)'")
    }

    /// The parameters behind the `?`.
    ///
    /// - Throws: `M_INVALID_PARAM` when they cannot be decoded.
    package func query() throws(RequestError) -> Query { try Query(target: exchange.target) }

    /// The address of the client; that which a trusted proxy vouches for, else that of the connection.
    package var clientAddress: ClientAddress {
        shell.proxies.client(of: link.address, forwardedFor: request.headers[values: .forwardedFor])
    }

    /// Where the call comes from, for the list of a user's sessions.
    package var trace: ClientTrace {
        let isDirect = request.headers[.forwardedFor] == nil
        return ClientTrace(address: isDirect ? link.addressText : clientAddress.description, agent: userAgent)
    }

    /// The `User-Agent` header, cut to 200 characters.
    package var userAgent: String? {
        guard let agent = request.headers[.userAgent] else { return nil }
        return agent.utf8.count <= 200 ? agent : String(agent.prefix(200))
    }

    /// The access token: the `Authorization` header, else the query parameter `access_token`.
    ///
    /// - Throws: `M_MISSING_TOKEN` when there is none.
    package func accessToken() throws(RequestError) -> String {
        if let header = request.headers[.authorization] {
            guard header.utf8.count > 7, header.prefix(7).lowercased() == "bearer " else { throw .missingToken }
            return String(header.dropFirst(7))
        }
        guard let token = try query()["access_token"], !token.isEmpty else { throw .missingToken }
        return token
    }

    /// Who calls, on a route that is open but answers more to those who are known; nil without a token.
    ///
    /// - Throws: `M_UNKNOWN_TOKEN` when there is a token and it is not valid.
    package func sessionIfAny() async throws -> Session? {
        guard (try? accessToken()) != nil else { return nil }
        return try await shell.session(of: self)
    }
}
