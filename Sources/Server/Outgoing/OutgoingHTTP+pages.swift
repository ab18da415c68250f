import AsyncHTTPClient
import Basics
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization
package import VisualSearch

extension OutgoingHTTP {
    /// Asks for a page of another server, with one time-out for the whole exchange and no redirects.
    func page(_ address: String, limit: Int, to rule: DestinationRule) async throws(OutgoingError) -> PageFetch.Page {
        guard let url = URL(string: address), let host = url.host(), !host.isEmpty,
            url.scheme == "https" || url.scheme == "http", url.user() == nil
        else { throw .badURL }
        let client = try client(pinning: host, to: try await self.address(of: host, rule))
        var outgoing = HTTPClientRequest(url: address)
        outgoing.headers.add(name: "User-Agent", value: "\(PageFetch.robot) (product pages, by leave of the operator)")
        outgoing.headers.add(name: "Accept", value: "text/html, application/xml, image/*, */*;q=0.1")
        do {
            let reply = try await client.execute(outgoing, deadline: .now() + timeout)
            let body = try await reply.body.collect(upTo: limit)
            return PageFetch.Page(
                status: Int(reply.status.code), body: Array(body.readableBytesView),
                location: reply.headers.first(name: "Location"))
        } catch {
            throw Self.failure(error)
        }
    }
}

extension PageFetch {
    /// Asks through a sender; private addresses are refused after the name was resolved, but for those that the
    /// operator opened.
    package static func outgoing(_ http: OutgoingHTTP, except open: NetworkList) -> PageFetch {
        outgoing(http, except: open, pace: HostPace())
    }

    /// - Parameter pace: keeps requests to one host apart.
    static func outgoing(_ http: OutgoingHTTP, except open: NetworkList, pace: HostPace) -> PageFetch {
        PageFetch { address, limit, pause in
            guard let host = URL(string: address)?.host()?.lowercased() else {
                throw RequestError.invalidParam("'\(address)' is no address of a site.")
            }
            try await pace.turn(at: host, pause: .seconds(pause))
            do {
                return try await http.page(address, limit: limit, to: .guarded(except: open))
            } catch let error as OutgoingError {
                throw RequestError.resourceLimit("\(address): \(error.sentence).")
            }
        }
    }
}

extension OutgoingError {
    /// What a person is told who listed the site.
    fileprivate var sentence: String {
        switch self {
        case .badURL: "this is no address that can be asked"
        case .forbiddenDestination: "the name leads to no address, or to one of this network"
        case .timeout: "the site did not answer in time"
        case .tooLong: "the answer is too long"
        case .connection(let kind): "the connection failed (\(kind))"
        }
    }
}

/// Keeps requests to one host apart.
final class HostPace: Sendable {
    private let next = Mutex<[String: ContinuousClock.Instant]>([:])
    private let wait: @Sendable (ContinuousClock.Instant) async throws -> Void

    /// - Parameter wait: until a time.
    init(
        wait: @escaping @Sendable (ContinuousClock.Instant) async throws -> Void = {
            try await Task.sleep(until: $0, clock: .continuous)
        }
    ) { self.wait = wait }

    /// Waits for the host's turn.
    func turn(at host: String, pause: Duration) async throws {
        let now = ContinuousClock.now
        let turn = next.withLock { next in
            if next.count > 1_000 { next = next.filter { $0.value > now } }
            let turn = max(now, next[host] ?? now)
            next[host] = turn + pause
            return turn
        }
        if turn > now { try await wait(turn) }
    }
}
