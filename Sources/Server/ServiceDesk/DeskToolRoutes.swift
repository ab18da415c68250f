import Accounts
import Basics
import HummingbirdCore
import Messaging
import ServiceDesk
import VisualSearch

/// Cards that the other systems of this server fill: the goods that a photo shows, a panorama of the thing. What this
/// server has not is refused in so many words.
struct DeskToolRoutes: RouteGroup {
    let access: DeskAccess
    let catalogues: Catalogues
    let panoramas: Panoramas
    let publicURL: String?

    func add(to routes: inout RouteTable) {
        routes.post("/api/v1/desk/conversations/{number}/tools/{kind}", .message) { call, session in
            let conversation = try await access.staffConversation(call, session)
            try await access.requireService(of: conversation, session)
            let body = try await call.object()
            let draft: CardDraft
            switch call.parameter("kind") {
            case DeskTools.match: draft = try await match(body)
            case DeskTools.panorama: draft = try await panorama(body, session)
            case let kind: throw Desk.missing(kind: kind) ?? .notFound("There is no tool of this name.")
            }
            let event = try await access.desk.send(draft, to: conversation.number, by: session)
            return .json(["event_id": .string(event), "kind": .string(draft.kind)])
        }
    }

    /// The goods that a scan has found, for the customer to choose from.
    private func match(_ body: JSONObject) async throws -> CardDraft {
        let id = try body.required("scan", try body.string("scan"))
        guard let scan = try await catalogues.scan(id) else {
            throw RequestError.notFound("There is no such scan; they are kept for 30 days.")
        }
        let offers = DeskTools.offers(of: scan.answer)
        guard !offers.isEmpty else {
            throw RequestError(
                status: 422, code: "M_INVALID_PARAM", message: "This scan has found nothing to choose from.")
        }
        let choices = offers.map { offer -> JSON in ["title": .string(offer.title), "value": .string(offer.item)] }
        let words = DeskTools.words(try body.string("language"))
        return CardDraft(
            kind: DeskTools.match, adapter: Desk.ownAdapter, ref: id,
            layout: [
                "body": [
                    ["type": "TextBlock", "text": .string(words.which), "weight": "Bolder"],
                    ["type": "Input.ChoiceSet", "id": "item", "isRequired": true, "choices": .array(choices)],
                ],
                "actions": [
                    ["type": "Action.Execute", "title": .string(words.this), "verb": .string(words.verb)]
                ],
            ], body: words.which + " " + offers.map(\.title).joined(separator: "; "))
    }

    /// A panorama by its link, which anybody may open: one of the sender's, or one whose link the sender has seen.
    private func panorama(_ body: JSONObject, _ session: Session) async throws -> CardDraft {
        let row: PanoramaRow
        if let share = try body.string("share") {
            row = try await panoramas.row(share: share)
        } else {
            row = try await panoramas.row(try body.required("panorama", try body.string("panorama")), of: session)
        }
        guard row.state == .done else {
            throw RequestError(
                status: 409, code: "M_CONFLICT",
                message: "The panorama is \(row.state.rawValue); it is sent when it is done.")
        }
        let share: String
        if let known = row.share { share = known } else { share = try await panoramas.share(row.id, by: session) }
        let link = (publicURL ?? "") + "/panorama?share=\(share)"
        let words = DeskTools.words(try body.string("language"))
        return CardDraft(
            kind: DeskTools.panorama, adapter: Desk.ownAdapter, ref: row.id,
            layout: [
                "body": [
                    ["type": "TextBlock", "text": .string(words.look), "weight": "Bolder"],
                    ["type": "TextBlock", "text": .string(link)],
                ],
                // Pages open no address but a safe one from a card.
                "actions": link.hasPrefix("https://")
                    ? [["type": "Action.OpenUrl", "title": .string(words.open), "url": .string(link)]] : [],
            ], body: "\(words.look): \(link)")
    }
}

/// What the server itself answers to presses of its own cards.
struct DeskTools: Sendable {
    static let match = "item.match"
    static let panorama = "item.panorama"
    let catalogues: Catalogues

    /// What stands in a card.
    struct Words: Sendable {
        var which: String
        var this: String
        var look: String
        var open: String
        /// The name of the press; it says in which language the answer is given.
        var verb: String
        var chosen: String
        var gone: String
    }

    /// The words in Chinese for languages that begin with `zh`, else in English.
    static func words(_ language: String?) -> Words {
        guard language?.lowercased().hasPrefix("zh") == true else {
            return Words(
                which: "Which of these do you mean?", this: "This one", look: "Look around", open: "Open",
                verb: "choose", chosen: "Chosen: ", gone: "This photo is not kept any more. Please send it again.")
        }
        return Words(
            which: "您指的是哪一款？", this: "就是这款", look: "环视全景", open: "打开", verb: "choose.zh", chosen: "已选：",
            gone: "照片已过期，请重新发送。")
    }

    /// What a customer may choose from: the offers of what was found, the best first, each once.
    static func offers(of answer: ScanAnswer) -> [ScanOffer] {
        var seen: Set<String> = []
        let all = (answer.groups + answer.similar).flatMap(\.offers)
        return Array(all.filter { seen.insert($0.item).inserted }.prefix(8))
    }

    /// The answer to a press. It changes nothing, so it may be asked for twice.
    func answer(_ press: JSON) async -> AdapterReply {
        do {
            return .status(200, body: try await reply(press).encoded(), retryAfter: nil)
        } catch {
            return .nothing("\(error)")
        }
    }

    private func reply(_ press: JSON) async throws -> JSON {
        guard press["kind"]?.stringValue == Self.match, let scan = press["ref"]?.stringValue,
            let item = press["data"]?["item"]?.stringValue
        else { return ["status": "refused", "text": "There is nothing to choose here."] }
        let words = Self.words(press["verb"]?.stringValue == "choose.zh" ? "zh" : nil)
        let offers = try await catalogues.scan(scan).map { Self.offers(of: $0.answer) } ?? []
        guard let offer = offers.first(where: { $0.item == item }) else {
            return ["status": "refused", "text": .string(words.gone)]
        }
        return ["status": "ok", "text": .string(words.chosen + offer.title)]
    }
}
