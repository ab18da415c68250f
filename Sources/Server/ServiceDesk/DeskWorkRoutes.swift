import Accounts
import Basics
import HummingbirdCore
import Messaging
import ServiceDesk

/// Notes, tags and canned replies.
struct DeskWorkRoutes: RouteGroup {
    let access: DeskAccess
    private var desk: Desk { access.desk }

    func add(to routes: inout RouteTable) {
        addAside(to: &routes)
        routes.get("/api/v1/desk/conversations/{number}/notes", .desk) { call, session in
            let conversation = try await access.staffConversation(call, session)
            let reader = try await access.reader(session, of: conversation.shop)
            return .json(["notes": .array(try await desk.notes(of: conversation.number, for: reader))])
        }
        routes.post("/api/v1/desk/conversations/{number}/notes", .message) { call, session in
            let conversation = try await access.staffConversation(call, session)
            let body = try await call.object()
            let text = try body.required("text", try body.string("text"))
            try await desk.addNote(text, on: conversation.number, by: session.userNumber)
            let reader = try await access.reader(session, of: conversation.shop)
            return .json(["notes": .array(try await desk.notes(of: conversation.number, for: reader))])
        }
        routes.put("/api/v1/desk/conversations/{number}/tags", .desk) { call, session in
            let conversation = try await access.staffConversation(call, session)
            let body = try await call.object()
            let tags = try body.required("tags", try body.array("tags")).compactMap(\.stringValue)
            try await desk.setTags(tags, of: conversation.number)
            return .json(["tags": .array(Set(tags).sorted().map(JSON.string))])
        }
        addCanned(to: &routes)
    }

    private static let conversation = "/api/v1/desk/conversations/{number}"

    /// What is said beside a conversation.
    private func addAside(to routes: inout RouteTable) {
        routes.post(Self.conversation + "/whisper", .message) { call, session in
            let conversation = try await access.supervisedConversation(call, session)
            let body = try await call.object()
            let text = try body.required("text", try body.string("text"))
            try await desk.whisper(text, on: conversation.number, by: session.userNumber)
            return .emptyObject
        }
        routes.get(Self.conversation + "/drafts", .desk) { call, session in
            let conversation = try await access.staffConversation(call, session)
            return .json(["drafts": .array(try await desk.drafts(of: conversation.number))])
        }
        routes.post(Self.conversation + "/drafts", .message) { call, session in
            let body = try await call.object()
            let text = try body.required("text", try body.string("text"))
            return .json(["draft": .int(try await desk.draft(text, on: try call.number("number"), by: session))])
        }
        routes.post(Self.conversation + "/contact", .message) { call, session in
            let conversation = try await access.ownConversation(call, session)
            let body = try await call.object()
            try await desk.leaveWord(
                try body.required("text", try body.string("text")), name: try body.string("name"),
                contact: try body.required("contact", try body.string("contact")), on: conversation, by: session)
            return .json(try await desk.customerView(try await desk.conversation(conversation.number)))
        }
    }

    private func addCanned(to routes: inout RouteTable) {
        routes.get("/api/v1/desk/canned", .desk) { call, session in
            let shop = try await access.served(call, session)
            return .json(["canned": .array(try await desk.cannedReplies(of: shop))])
        }
        routes.put("/api/v1/desk/canned/{name}", .desk) { call, session in
            let shop = try await access.managed(call, session)
            let body = try await call.object()
            let text = try body.required("text", try body.string("text"))
            try await desk.setCanned(call.parameter("name"), of: shop, text: text, by: session.userNumber)
            return .emptyObject
        }
        routes.delete("/api/v1/desk/canned/{name}", .desk) { call, session in
            let shop = try await access.managed(call, session)
            try await desk.removeCanned(call.parameter("name"), of: shop)
            return .emptyObject
        }
    }
}
