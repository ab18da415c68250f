import Basics
import Foundation
import TestSupport
import Testing

/// A server with one application service, which is a program of the test on this machine.
struct BridgedServer {
    let process: VitrineProcess
    let service: HTTPReceiver
    static let serviceToken = "as-secret-token"
    static let serverToken = "hs-secret-token"

    /// The service as a client that acts with its own token.
    var bot: MatrixClient {
        MatrixClient(
            process.http, session: ["access_token": .string(Self.serviceToken), "user_id": "@bridge:localhost"])
    }

    /// Runs a test beside a service that claims `@b_...` and `#bridged_...` for itself.
    static func run(
        _ answer: @escaping @Sendable (HTTPReceiver.Request) -> HTTPReceiver.Answer = { _ in .init(200) },
        _ body: (BridgedServer) async throws -> Void
    ) async throws {
        let service = try HTTPReceiver(answer)
        let folder = NSTemporaryDirectory() + "vitrine-bridge-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = folder + "/registration.yaml"
        try Self.registration(service.baseURL).write(toFile: file, atomically: true, encoding: .utf8)
        let process = try await VitrineProcess.start(flags: ["--no-rate-limits", "--app-services", file])
        do {
            try await body(BridgedServer(process: process, service: service))
        } catch {
            Issue.record("\(error)\nThe server's log:\n\(process.log.suffix(2_000))")
        }
        #expect(await process.stop() == 0)
        service.close()
    }

    private static func registration(_ url: String) -> String {
        """
        # as bridges write it
        id: bridge
        url: \(url)
        as_token: "\(serviceToken)"
        hs_token: '\(serverToken)'
        sender_localpart: bridge
        rate_limited: false
        namespaces:
          users:
          - exclusive: true
            regex: '@b_.*:localhost'
          aliases:
            - regex: "#bridged_.*"
              exclusive: true
          rooms: []
        """
    }

    /// The transactions among the first requests, in their order of arrival; waits until there are so many requests.
    func transactions(_ count: Int) async -> [(id: String, events: [JSON])] {
        Self.transactions(in: await service.requests(count))
    }

    /// Waits until an event has arrived; all events by then, those of repeated transactions once.
    func events(until last: String) async -> [JSON] {
        var requests = await service.requests(1)
        while !Task.isCancelled {
            var seen: Set<String> = []
            let events = Self.transactions(in: requests).filter { seen.insert($0.id).inserted }.flatMap(\.events)
            if events.contains(where: { $0.eventID == last }) { return events }
            requests = await service.requests(requests.count + 1)
        }
        return []
    }

    private static func transactions(in requests: [HTTPReceiver.Request]) -> [(id: String, events: [JSON])] {
        requests.filter { $0.method == "PUT" }.map { request in
            (String(request.path.split(separator: "/").last ?? ""), request.json["events"]?.arrayValue ?? [])
        }
    }
}
