package import Accounts
package import Basics
import Storage

extension MessagingEngine {
    /// The one who acts with a session.
    func actor(_ session: Session) -> Actor {
        Actor(user: session.userNumber, userID: session.user.text, device: session.deviceNumber)
    }

    /// Stores a message; answers its event id after it is on disk. A retry with the same transaction id answers the
    /// same id and stores nothing.
    package func send(
        _ session: Session, room roomID: String, type: String, transaction: String, content: JSONObject,
        timestamp: Int64? = nil
    ) async throws -> String {
        try EventLimits.checkName(type, "event type")
        try EventLimits.checkName(transaction, "transaction id")
        guard type != EventType.redaction else {
            return try await redactByEvent(session, room: roomID, transaction: transaction, content: content)
        }
        let number = try number(of: roomID)
        var draft = DraftEvent(type: type, content: content, timestamp: timestamp, transaction: transaction)
        draft.timestamp = timestamp
        let (message, actor) = (draft, actor(session))
        return try await change(
            number, by: session, path: "send/\(roomID)/\(type)", transaction: transaction
        ) { change in
            try change.checkRelation(message, by: actor)
            let event = try change.append(message, by: actor)
            try change.highlightMentioned(event, message.content, by: actor)
            return event.address.text
        }
    }

    /// Redacts an event of the room.
    package func redact(
        _ session: Session, room roomID: String, event eventID: String, transaction: String, reason: String?
    ) async throws -> String {
        let number = try number(of: roomID)
        let actor = actor(session)
        let (window, now) = (settings.recallWindow, clock.now())
        return try await change(
            number, by: session, path: "redact/\(roomID)/\(eventID)", transaction: transaction
        ) { change in
            guard let address = EventAddress(eventID), address.room == number,
                change.room.visible(to: actor.user).contains(address.seq), let target = try change.existing(address.seq)
            else { throw RequestError.notFound("There is no such event in this room.") }
            try change.room.authoriseRedaction(of: target, by: actor)
            if change.room.isServiceRoom, change.room.levels.level(of: actor.userID) < change.room.levels.redact {
                guard now - target.received <= window else {
                    throw RequestError.forbidden("This message can no longer be recalled.")
                }
            }
            var content: JSONObject = ["redacts": .string(eventID)]
            if let reason { content["reason"] = .string(reason) }
            let draft = DraftEvent(
                type: EventType.redaction, content: content, redacts: address.seq, transaction: transaction)
            let redaction = try change.append(draft, by: actor)
            try change.redact(target, by: redaction, actor: actor, reason: reason)
            return redaction.address.text
        }
    }

    private func redactByEvent(
        _ session: Session, room: String, transaction: String, content: JSONObject
    ) async throws -> String {
        guard let target = content["redacts"]?.stringValue else {
            throw RequestError.missingParam("'redacts' names the event to redact.")
        }
        return try await redact(
            session, room: room, event: target, transaction: transaction, reason: try content.string("reason"))
    }

    /// Sets a piece of state; setting what stands already answers the event that set it.
    package func setState(
        _ session: Session, room roomID: String, type: String, key: String, content: JSONObject
    ) async throws -> String {
        try EventLimits.checkName(type, "event type")
        try EventLimits.checkStateKey(key)
        let number = try number(of: roomID)
        if type == EventType.member {
            return try await setMember(session, room: number, userID: key, content: content)
        }
        if type == EventType.canonicalAlias { try await checkAliases(content, room: number) }
        let (draft, actor) = (DraftEvent(type: type, stateKey: key, content: content), actor(session))
        return try await database.write { [self] context in
            try RoomTransaction.run(self, number, in: context) { change in
                if let standing = change.room[type, key], standing.content == content,
                    standing.event.sender == actor.user, change.room.membership(of: actor.user) == .join
                {
                    return standing.event.address.text
                }
                return try change.append(draft, by: actor).address.text
            }
        }
    }

    /// Runs a change of a room once for each (device, path, transaction id).
    func change(
        _ number: RoomNumber, by session: Session, path: String, transaction: String,
        _ body: @escaping @Sendable (inout RoomTransaction) throws -> String
    ) async throws -> String {
        guard !session.isSuspended else { throw RequestError.suspended }
        let key = TransactionKey(device: session.deviceNumber, path: path, id: transaction)
        return try await database.write { [self] context in
            if let earlier = try key.response(in: context.connection) { return earlier }
            let response = try RoomTransaction.run(self, number, in: context, body)
            try key.store(response, in: context)
            return response
        }
    }
}

extension RequestError {
    package static var suspended: RequestError {
        RequestError(status: 403, code: "M_USER_SUSPENDED", message: "This account is suspended: it may read only.")
    }
}
