import Basics
import TestSupport
import Testing

/// What each part of the shop's team may do, over HTTP.
@Suite("Rights of the parts of a team")
struct DeskRightsTests {
    private static let kinds = [
        "viewing.book", "price.offer", "price.final", "payment.request", "refund.offer", "appraisal.report",
        "return.label", "repair.book", "item.match", "greeting.card",
    ]
    /// Of those kinds, what the standard rights let each part send.
    private static let may: [String: Set<String>] = [
        "service": ["viewing.book", "price.offer", "item.match", "greeting.card"],
        "telesales": ["viewing.book", "price.offer", "price.final", "item.match", "greeting.card"],
        "sales": ["viewing.book", "price.offer", "price.final", "item.match", "greeting.card"],
        "appraiser": ["viewing.book", "appraisal.report", "item.match", "greeting.card"],
        "finance": ["price.offer", "price.final", "payment.request", "refund.offer"],
        "aftersales": ["return.label", "repair.book", "item.match", "greeting.card"],
    ]

    private func card(_ kind: String) -> JSON {
        ["kind": .string(kind), "adapter": "x", "layout": ["body": [], "actions": []], "body": "A card"]
    }

    @Test(
        "DESK-02 each part sends the kinds of cards that are its own, is told what it may send, and supervisors send all"
    )
    func cards() async throws {
        try await DeskServer.run { desk in
            let anna = try await desk.agent("anna")
            let visitor = try await desk.visitor()
            let number = try #require(try await visitor.openConversation(text: "Hello")["number"]?.intValue)
            let path = "/api/v1/desk/conversations/\(number)/cards"
            let me = "/api/v1/desk/agents/" + HTTPClient.escape("@anna:localhost")
            for (part, may) in Self.may.sorted(by: { $0.key < $1.key }) {
                try await desk.boss.call("PUT", me, ["capacity": 3, "queues": [1], "role": .string(part)])
                #expect(try await anna.call("GET", "/api/v1/desk/me")["part"]?.stringValue == part)
                for kind in Self.kinds {
                    let reply = try await anna.reply("POST", path, card(kind))
                    #expect(reply.status == (may.contains(kind) ? 200 : 403), "\(part) and \(kind): \(reply.text)")
                    if !may.contains(kind) {
                        let words = reply.json["error"]?.stringValue ?? ""
                        #expect(words.hasPrefix("Your part, \(part), may not send cards of the kind '\(kind)'."))
                    }
                }
                // The tools of the server send cards too.
                let tool = try await anna.status(
                    "POST", "/api/v1/desk/conversations/\(number)/tools/item.panorama", ["share": "none-of-these"])
                #expect(tool == 404)
            }
            // Who has no part is of the service; who leads sends all.
            try await desk.boss.call("PUT", me, ["capacity": 3, "queues": [1]])
            #expect(try await anna.status("POST", path, card("refund.offer")) == 403)
            for kind in Self.kinds { #expect(try await desk.boss.status("POST", path, card(kind)) == 200) }
            // Of all the refused ones nothing was said to the customer.
            let sent = Self.may.values.reduce(Self.kinds.count) { $0 + $1.count }
            let actions = try await visitor.messages(in: try #require(try await room(visitor)), limit: 200)
            let cards = actions["chunk"]?.arrayValue?.count { $0["content"]?["shop.vitrine.card"] != nil }
            #expect(cards == sent)
        }
    }

    private func room(_ visitor: MatrixClient) async throws -> String? {
        try await visitor.call("GET", "/api/v1/desk/conversations")["conversations"]?.arrayValue?.first?["room_id"]?
            .stringValue
    }

    @Test("DESK-02 a shop gives its parts other rights; a list with a fault changes nothing, and agents change none")
    func policy() async throws {
        try await DeskServer.run { desk in
            let anna = try await desk.agent("anna")
            let path = "/api/v1/desk/policies/rights"
            #expect(try await anna.status("GET", path) == 403)
            #expect(try await anna.status("PUT", path, ["parts": [:]]) == 403)
            let before = try await desk.boss.call("GET", path)
            #expect(before["parts"]?["finance"] == ["price.*", "payment.*", "refund.*"])
            for bad: JSON in [
                ["parts": ["emperor": ["*"]]], ["parts": ["finance": "all"]], ["parts": ["finance": ["pay ment"]]],
                ["parts": ["finance": ["*.book"]]], ["parts": ["finance": [""]]],
            ] { #expect(try await desk.boss.status("PUT", path, bad) == 400) }
            #expect(try await desk.boss.call("GET", path) == before)

            let after = try await desk.boss.call("PUT", path, ["parts": ["service": ["test-drive.*"], "finance": []]])
            #expect(after["parts"]?["service"] == ["test-drive.*"] && after["parts"]?["finance"] == [])
            #expect(after["parts"]?["appraiser"] == before["parts"]?["appraiser"])
            let visitor = try await desk.visitor()
            let number = try #require(try await visitor.openConversation(text: "Hello")["number"]?.intValue)
            let cards = "/api/v1/desk/conversations/\(number)/cards"
            #expect(try await anna.status("POST", cards, card("viewing.book")) == 403)
            #expect(try await anna.status("POST", cards, card("test-drive.book")) == 200)
            #expect(try await anna.call("GET", "/api/v1/desk/me")["cards"] == [])
        }
    }
}
