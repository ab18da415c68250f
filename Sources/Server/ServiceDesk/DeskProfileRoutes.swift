import Accounts
import Basics
import HummingbirdCore
import Messaging
import ServiceDesk

/// Profiles of customers, the list of those who are blocked, and erasing on request.
struct DeskProfileRoutes: RouteGroup {
    let access: DeskAccess
    let media: MediaStore
    private var desk: Desk { access.desk }

    private static let person = "/api/v1/desk/persons/{person}"

    func add(to routes: inout RouteTable) {
        routes.put(Self.person + "/profile", .desk) { call, session in
            let person = try call.number("person")
            try await access.requireSight(ofPerson: person, session)
            try await desk.setProfile(try await call.object(), of: person)
            return .json(try await desk.personCard(person))
        }
        routes.put(Self.person + "/block", .desk) { call, session in
            let person = try call.number("person")
            try await access.requireSight(ofPerson: person, session)
            let body = try await call.object()
            let reason = try body.required("reason", try body.string("reason"))
            try await desk.block(person, reason: reason, by: session.userNumber)
            return .emptyObject
        }
        routes.delete(Self.person + "/block", .desk) { call, session in
            let person = try call.number("person")
            try await access.requireSupervisor(ofPerson: person, session)
            try await desk.unblock(person)
            return .emptyObject
        }
        routes.get("/api/v1/desk/blocks", .desk) { call, session in
            let shop = try await access.managed(call, session)
            return .json(["blocks": .array(try await desk.blocks(of: shop))])
        }
        routes.delete(Self.person, .desk) { call, session in
            let person = try call.number("person")
            try await access.requireSupervisor(ofPerson: person, session)
            return .json(try await erase(person, by: session))
        }
    }

    /// Ends conversations, sessions and accounts of a person, and removes profile and files; conversations and their
    /// numbers stay.
    private func erase(_ person: Int64, by session: Session) async throws -> JSON {
        let users = try await desk.erase(person, by: session.userNumber)
        var files = 0
        for user in users {
            files += try await media.removeAll(of: user)
            try await desk.accounts.deactivate(user: user, erasing: true)
        }
        return ["accounts": .int(Int64(users.count)), "files": .int(Int64(files))]
    }
}
