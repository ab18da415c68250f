import Accounts
import Basics
import Messaging
import TestSupport
import Testing

@testable import ServiceDesk

/// What conversations bring, by the entrance that they came by.
@Suite("From conversations to bookings")
struct FunnelTests {
    @Test("DESK-31 conversations, cards and bookings are counted by entrance, with the share that robots had")
    func funnel() async throws {
        let shop = try TestDesk()
        _ = try await shop.queue()
        let agent = try await shop.agent("anna", capacity: 9)
        let robot = try await shop.user("r.helper", .robot)
        try await shop.desk.setRules([
            ["if": ["entry": "item.book"], "then": ["queue": 1, "robot": .string(robot.user.text)]]
        ])
        let proxy = CardProxy(
            desk: shop.desk,
            adapters: [("booking", { _, _ in .status(200, body: Array(#"{"status":"ok"}"#.utf8), retryAfter: nil) })])
        // Of three who want to book two do; of two who look one does.
        for (place, entry) in ["item.book", "item.book", "item.book", "item.page", "item.page"].enumerated() {
            let customer = try await shop.user("c\(place)", .member)
            let scene = try await shop.desk.register(try Scene(["entry": .string(entry)]), for: customer)
            let opened = try await shop.desk.open(customer, scene: scene.token, topic: "book", text: "May I see it?")
            let card = try await shop.desk.send(
                CardDraft(
                    kind: "viewing.book", adapter: "booking",
                    layout: ["body": [], "actions": [["type": "Action.Execute", "verb": "book", "title": "Book"]]],
                    body: "A visit"), to: opened.conversation.number, by: entry == "item.book" ? robot : agent)
            guard place % 2 == 0 else { continue }
            _ = try await shop.desk.press(
                customer, room: opened.room, card: card, verb: "book", rev: 1, data: [:], transaction: "t")
            while try await proxy.step() {}
        }
        let statistics = try await shop.statistics()
        while !(try await statistics.follow()) {}
        let from = TestDesk.start / 60_000 * 60_000
        var table: [String: [Int64]] = [:]
        for metric in [StatMetric.opened, .robotOpened, .cardSent, .cardPressed, .cardDone] {
            let request = try ReportRequest(
                metric: metric, from: from, to: from + 3_600_000, step: 60, by: [.scene])
            for row in try await statistics.report(request).rows {
                table[row.dimensions.scene, default: []].append(row.pane.count)
            }
        }
        // Opened, of these with a robot first, cards, presses, bookings.
        #expect(table == ["item.book": [3, 3, 3, 2, 2], "item.page": [2, 2, 1, 1]])
    }
}
