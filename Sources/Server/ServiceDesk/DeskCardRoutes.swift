import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
import Messaging
import NIOCore
import ServiceDesk

/// Cards: sent by the shop, pressed by whom they are for, and what became of presses.
struct DeskCardRoutes: RouteGroup {
    let access: DeskAccess
    let businesses: Businesses
    private var desk: Desk { access.desk }

    private static let card = "/api/v1/desk/cards/{room}/{event}"

    func add(to routes: inout RouteTable) {
        routes.post("/api/v1/desk/conversations/{number}/cards", .message) { call, session in
            let conversation = try await access.staffConversation(call, session)
            try await access.requireService(of: conversation, session)
            let draft = try CardDraft(try await call.object(limits: .event))
            let event = try await desk.send(draft, to: conversation.number, by: session)
            return .json(["event_id": .string(event)])
        }
        routes.get(Self.card, .desk) { call, session in
            let (room, event) = (call.parameter("room"), call.parameter("event"))
            // Whoever may read the event may see how its card stands.
            _ = try await desk.messaging.event(session, room: room, event: event)
            return .json(try await desk.card(room: room, event: event))
        }
        routes.post(Self.card + "/actions", .message) { call, session in
            let body = try await call.object(limits: .event)
            let action = try await desk.press(
                session, room: call.parameter("room"), card: call.parameter("event"),
                verb: try body.required("verb", try body.string("verb")),
                rev: try body.required("rev", try body.int("rev")), data: try body.object("data") ?? [:],
                transaction: try body.required("txn", try body.string("txn")))
            return .json(["event_id": .string(action)])
        }
        routes.get(Self.card + "/actions", .desk) { call, session in
            let room = call.parameter("room")
            try await access.requireSight(of: try await desk.conversation(inRoom: room), session)
            return .json(["actions": .array(try await desk.presses(room: room, card: call.parameter("event")))])
        }
        routes.post(Self.card + "/cancel", .desk) { call, session in
            let room = call.parameter("room")
            try await access.requireService(of: try await desk.conversation(inRoom: room), session)
            try await desk.cancelCard(room: room, event: call.parameter("event"))
            return .emptyObject
        }
        addOperation(to: &routes)
    }

    private func addOperation(to routes: inout RouteTable) {
        routes.get("/api/v1/desk/dead-letters", .desk) { call, session in
            let shop = try await access.managed(call, session)
            return .json(["dead_letters": .array(try await desk.deadLetters(of: shop))])
        }
        routes.post("/api/v1/desk/dead-letters/{press}/replay", .desk) { call, session in
            let shop = try await access.managed(call, session)
            try await desk.replay(call.parameter("press"), of: shop)
            return .emptyObject
        }
        routes.post("/api/v1/desk/dead-letters/{press}/close", .desk) { call, session in
            let shop = try await access.managed(call, session)
            let body = try await call.object()
            let text = try body.required("text", try body.string("text"))
            try await desk.close(deadLetter: call.parameter("press"), of: shop, text: text)
            return .emptyObject
        }
    }
}

/// What businesses tell by themselves: signed, and without an access token.
struct BusinessRoutes: RouteGroup {
    let desk: Desk
    let refusals: Counter

    func add(to routes: inout RouteTable) {
        routes.openPost("/api/v1/business/{adapter}/events", .desk) { call in
            let body = try await call.body(maximumBytes: Desk.largestBusinessEvent)
            do {
                guard let signature = call.request.headers[.vitrineSignature],
                    let seconds = call.request.headers[.vitrineTimestamp].flatMap({ Int64($0) })
                else {
                    throw RequestError(
                        status: 401, code: "M_UNAUTHORIZED",
                        message: "The headers X-Vitrine-Timestamp and X-Vitrine-Signature are missing.")
                }
                return .json(
                    try await desk.take(
                        Array(body.readableBytesView), from: call.parameter("adapter"), signature: signature,
                        signedAt: seconds))
            } catch let refusal as RequestError where refusal.status == 401 {
                refusals.add()
                throw refusal
            }
        }
    }
}
