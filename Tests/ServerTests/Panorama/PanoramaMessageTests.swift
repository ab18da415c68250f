import Basics
import Foundation
import TestSupport
import Testing

@Suite("Panoramas in conversations")
struct PanoramaMessageTests {
    private struct Missing: Error {}

    /// Sends a picture to a room; its address.
    private static func send(_ bytes: [UInt8], _ client: MatrixClient, _ room: String, _ number: Int) async throws
        -> String
    {
        let reply = try await client.http.send(
            "POST", "/_matrix/media/v3/upload?filename=p\(number).png",
            headers: ["Authorization": "Bearer \(client.token ?? "")", "Content-Type": "image/png"], body: bytes)
        let address = try #require(reply.json["content_uri"]?.stringValue)
        try await client.call(
            "PUT", MatrixClient.path("rooms", room, "send", "m.room.message", "t\(number)"),
            ["msgtype": "m.image", "body": .string("p\(number).png"), "url": .string(address)])
        return address
    }

    /// Waits for the next message of the room that has a panorama or says that there is none.
    private static func answer(_ client: MatrixClient, _ room: String) async throws -> JSON {
        var since: String?
        for _ in 0..<200 {
            let reply = try await client.sync(since: since, timeoutMilliseconds: 20_000)
            since = reply["next_batch"]?.stringValue
            let events = reply["rooms"]?["join"]?[room]?["timeline"]?["events"]?.arrayValue ?? []
            if let found = events.first(where: {
                $0["content"]?["shop.vitrine.panorama"] != nil || $0["content"]?["msgtype"] == "m.notice"
            }) {
                return found
            }
        }
        throw Missing()
    }

    @Test("a customer's pictures become a picture message with a link that shows the panorama to everybody in the room")
    func conversation() async throws {
        let server = try await VitrineProcess.start()
        let (customer, agent) = (
            try await MatrixClient(server.http).visit(), try await MatrixClient(server.http).register("agent")
        )
        let room = try await customer.createRoom()
        _ = try await customer.invite(agent.userID, to: room)
        _ = try await agent.join(room)
        var media: [JSON] = []
        for (number, degrees) in [-20, 0, 20].enumerated() {
            media.append(
                .string(try await Self.send(try PanoramaServer.view(Double(degrees)), customer, room, number)))
        }
        let asked = try await agent.call(
            "POST", "/api/v1/panoramas", ["media": .array(media), "room": .string(room), "start": true])
        let event = try await Self.answer(customer, room)
        #expect(event["sender"]?.stringValue == agent.userID)
        let content = try #require(event["content"])
        #expect(content["msgtype"] == "m.image" && content["info"]?["mimetype"] == "image/jpeg")
        #expect((content["info"]?["w"]?.intValue ?? 0) > (content["info"]?["h"]?.intValue ?? .max))
        let share = try #require(content["shop.vitrine.panorama"]?["share"]?.stringValue)
        // Without an account: whoever has the link.
        let manifest = try await MatrixClient(server.http).call(
            "GET", "/api/v1/shared/panoramas/\(share)/groups/1/viewer")
        let picture = try await MatrixClient(server.http).reply("GET", manifest["image"]?.stringValue ?? "")
        #expect(picture.status == 200 && picture[header: "content-type"] == "image/jpeg")
        #expect(try await customer.reply("GET", "/api/v1/panoramas/\(asked["job"]?.stringValue ?? "")").status == 404)

        // Killed and started again it is not said twice.
        await server.kill()
        try await server.restart()
        let after = MatrixClient(server.http, session: ["access_token": .string(customer.token ?? "")])
        let messages = try await after.call(
            "GET", MatrixClient.path("rooms", room, "messages"), query: ["dir": "b", "limit": "50"])
        let panoramas = (messages["chunk"]?.arrayValue ?? []).filter { $0["content"]?["shop.vitrine.panorama"] != nil }
        #expect(panoramas.count == 1)
        await server.stop()
    }

    @Test("pictures that make no panorama are answered too, and pictures that are not there are refused")
    func nothing() async throws {
        let server = try await VitrineProcess.start()
        let agent = try await MatrixClient(server.http).register("agent")
        let room = try await agent.createRoom()
        let media = try await Self.send(try PanoramaServer.view(0), agent, room, 1)
        for wrong in ["mxc://localhost/nothing", "https://example.org/a.jpg", "mxc://elsewhere/\(UUID().uuidString)"] {
            let reply = try await agent.reply("POST", "/api/v1/panoramas", ["media": [.string(wrong)]])
            #expect(reply.status == 404 || reply.status == 400, "\(reply.text)")
        }
        try await agent.call(
            "POST", "/api/v1/panoramas", ["media": [.string(media)], "room": .string(room), "start": true])
        #expect(try await Self.answer(agent, room)["content"]?["msgtype"] == "m.notice")
        await server.stop()
    }
}
