import Accounts
import Basics
import Logging
import Messaging
import ServiceDesk
import Storage
import VisualSearch

/// Says in the conversation that what a scan waited for is here, in the name of the shop: once for each watch, however often
/// the server is stopped meanwhile.
struct WatchMessages: Sendable {
    /// The member of the message by which the pages show the item as a card.
    static let key = "shop.vitrine.item_card"

    let catalogues: Catalogues
    let desk: Desk
    let messaging: MessagingEngine
    let logger: Logger

    /// Tells all that were not told yet.
    func deliver() async throws {
        let answered = try await catalogues.untoldWatches()
        guard !answered.isEmpty else { return }
        try await desk.owner()
        for one in answered {
            do {
                try await tell(one)
            } catch {
                logger.warning("a scan's item was not told of", metadata: ["scan": "\(one.scan)", "error": "\(error)"])
            }
        }
    }

    /// The message and the note that it was said are one write.
    private func tell(_ answered: AnsweredWatch) async throws {
        let room = try? messaging.number(of: answered.watch.room)
        let content = Self.content(answered)
        try await messaging.database.write { [messaging, desk] context in
            guard try answered.markTold(in: context), let room else { return }
            let shop = try desk.owner(ofRoom: room.value, context.connection)
            // Whoever waits is told where they are themselves and where the shop may speak; elsewhere by the page alone.
            guard try messaging.areAll([shop.number, answered.watch.visitor], in: room, in: context) else {
                return
            }
            try messaging.post(
                DraftEvent(type: EventType.message, content: content), to: room, by: shop, in: context)
        }
    }

    private static func content(_ answered: AnsweredWatch) -> JSONObject {
        let draft = answered.item.draft
        let title = draft.title.isEmpty ? draft.sku : draft.title
        var item: JSONObject = ["sku": .string(draft.sku), "seller": .string(draft.shop), "title": .string(title)]
        item["price"] = Self.price(draft).map { .string($0) }
        if !draft.link.isEmpty { item["link"] = .string(draft.link) }
        return [
            "msgtype": "m.text",
            "body": .string("What you looked for is here: \(title). / 您要找的商品到了：\(title)。"),
            key: ["scan": .string(answered.scan), "same": true, "items": [.object(item)]],
        ]
    }

    /// In the words of every language: `EUR 19.90`.
    private static func price(_ draft: ItemDraft) -> String? {
        guard let price = draft.price else { return nil }
        let (whole, rest) = price.quotientAndRemainder(dividingBy: 100)
        return "\(draft.currency.isEmpty ? "" : draft.currency + " ")\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }
}
