import AsyncHTTPClient
import Foundation
package import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A request to another server.
package struct OutgoingRequest: Sendable {
    /// `PUT` or `POST`.
    package var method: HTTPRequest.Method
    /// Where to, `http` or `https`.
    package var url: String
    /// A JSON text.
    package var body: [UInt8]
    /// Sent as `Authorization: Bearer`.
    package var token: String?
    /// Further header fields.
    package var headers: [(name: String, value: String)] = []

    /// A request that carries JSON.
    package init(_ method: HTTPRequest.Method, _ url: String, body: [UInt8], token: String? = nil) {
        self.method = method
        self.url = url
        self.body = body
        self.token = token
    }
}

/// What another server answered.
package struct OutgoingReply: Sendable {
    /// The status.
    package let status: Int
    /// The body, within the limit.
    package let body: [UInt8]
    /// After how many seconds the other side wants to be asked again, where it says so.
    package var retryAfterSeconds: Int64?
}

/// Why there is no reply.
package enum OutgoingError: Error, Sendable, Hashable {
    /// The URL is none that can be asked.
    case badURL
    /// The host has no address, or one that a stranger may not choose.
    case forbiddenDestination
    /// Connecting or waiting took too long.
    case timeout
    /// The reply is longer than it may be.
    case tooLong
    /// The connection failed.
    case connection(String)
}

/// Sends requests to other servers: push gateways, application services and businesses.
///
/// One time-out for the whole exchange, a limit for the size of a reply, no redirects. For destinations that strangers
/// choose the host is resolved here, all its addresses are checked, and the connection goes to the address that was
/// checked, so that a name cannot point elsewhere a moment later.
package final class OutgoingHTTP: Sendable {
    private struct State {
        var clients: [String: HTTPClient] = [:]
        var order: [String] = []
        var isClosed = false
    }

    /// Milliseconds for one exchange.
    package static let timeoutMilliseconds: Int64 = 30_000
    /// Bytes of a reply that are read.
    package static let maximumReplyBytes = 65_536
    private static let maximumClients = 32

    let timeout: TimeAmount
    private let maximumReplyBytes: Int
    private let state = Mutex(State())

    /// A sender; clients are made when they are needed.
    package init(
        timeoutMilliseconds: Int64 = OutgoingHTTP.timeoutMilliseconds,
        maximumReplyBytes: Int = OutgoingHTTP.maximumReplyBytes
    ) {
        timeout = .milliseconds(timeoutMilliseconds)
        self.maximumReplyBytes = maximumReplyBytes
    }

    /// Sends a request and waits for the reply.
    ///
    /// - Parameter within: milliseconds for this exchange, where it has less time than others.
    package func send(
        _ request: OutgoingRequest, to rule: DestinationRule, within: Int64? = nil
    ) async throws(OutgoingError) -> OutgoingReply {
        guard let url = URL(string: request.url), let host = url.host(), !host.isEmpty,
            url.scheme == "https" || url.scheme == "http", url.user() == nil
        else { throw .badURL }
        let client = try client(pinning: host, to: try await address(of: host, rule))
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
        outgoing.headers.add(name: "Content-Type", value: "application/json")
        outgoing.headers.add(name: "User-Agent", value: "Vitrine")
        if let token = request.token { outgoing.headers.add(name: "Authorization", value: "Bearer \(token)") }
        for header in request.headers { outgoing.headers.replaceOrAdd(name: header.name, value: header.value) }
        outgoing.body = .bytes(request.body)
        do {
            let reply = try await client.execute(
                outgoing, deadline: .now() + (within.map { .milliseconds($0) } ?? timeout))
            let body = try await reply.body.collect(upTo: maximumReplyBytes)
            return OutgoingReply(
                status: Int(reply.status.code), body: Array(body.readableBytesView),
                retryAfterSeconds: reply.headers.first(name: "Retry-After").flatMap { Int64($0) })
        } catch {
            throw Self.failure(error)
        }
    }

    /// The checked address to connect to; nil where the operator's word is enough.
    func address(of host: String, _ rule: DestinationRule) async throws(OutgoingError) -> ClientAddress? {
        guard case .guarded = rule else { return nil }
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        let addresses = (try? await HostAddresses.resolve(bare)) ?? []
        guard let first = addresses.first, addresses.allSatisfy(rule.allows) else { throw .forbiddenDestination }
        return first
    }

    static func failure(_ error: any Error) -> OutgoingError {
        switch error {
        case let error as HTTPClientError where [.deadlineExceeded, .connectTimeout, .readTimeout].contains(error):
            .timeout
        case is NIOTooManyBytesError: .tooLong
        default: .connection(String(describing: type(of: error)))
        }
    }

    // MARK: Clients

    func client(pinning host: String, to address: ClientAddress?) throws(OutgoingError) -> HTTPClient {
        let key = address.map { "\(host) \($0)" } ?? ""
        let (client, retired) = state.withLock { state -> (HTTPClient?, HTTPClient?) in
            guard !state.isClosed else { return (nil, nil) }
            if let known = state.clients[key] { return (known, nil) }
            var configuration = HTTPClient.Configuration(
                redirectConfiguration: .disallow, timeout: .init(connect: .seconds(10)))
            configuration.httpVersion = .http1Only
            // Whoever sends tries again later, and wants to know now that nobody listens.
            configuration.connectionPool.retryConnectionEstablishment = false
            if let address, ClientAddress(host) == nil { configuration.dnsOverride = [host: address.description] }
            let made = HTTPClient(
                eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton), configuration: configuration)
            state.clients[key] = made
            state.order.append(key)
            guard state.order.count > Self.maximumClients else { return (made, nil) }
            return (made, state.clients.removeValue(forKey: state.order.removeFirst()))
        }
        if let retired { Task { try? await retired.shutdown() } }
        guard let client else { throw .connection("closed") }
        return client
    }

    /// Ends all connections; nothing is sent from here on.
    package func close() async {
        let clients = state.withLock { state in
            defer { state.clients = [:] }
            state.isClosed = true
            return Array(state.clients.values)
        }
        for client in clients { try? await client.shutdown() }
    }
}
