import Accounts
import Basics
import Storage

/// Evaluates a user's push rules on events of a room.
struct PushJudge {
    let engine: MessagingEngine
    let userData: UserDataStore
    let room: RoomState

    /// What an event means for a member of the room, or for the one it invites; nil when the user may not see it.
    func verdict(on event: StoredEvent, _ view: PushEventView, for user: Int64) async throws -> PushVerdict? {
        guard event.sender != user, isAddressed(user, event),
            let record = try await engine.accounts.user(number: user)
        else { return nil }
        let rules = try await userData.pushRules(of: record)
        return rules.evaluate(event: view, context: context(for: user, event))
    }

    func view(of event: StoredEvent) -> PushEventView {
        PushEventView(
            type: event.type, sender: room.userIDs[event.sender] ?? "", roomID: engine.id(of: room.number),
            eventID: event.address.text, stateKey: event.stateKey, content: event.contentObject)
    }

    private func isAddressed(_ user: Int64, _ event: StoredEvent) -> Bool {
        switch room.membership(of: user) {
        case .join: room.visible(to: user).contains(event.seq)
        case .invite: event.type == EventType.member && event.stateKey == room.userIDs[user]
        default: false
        }
    }

    private func context(for user: Int64, _ event: StoredEvent) -> PushContext {
        let id = room.userIDs[user] ?? ""
        return PushContext(
            displayName: room[EventType.member, id]?.content["displayname"]?.stringValue, memberCount: room.joined,
            senderLevel: room.levels.level(of: room.userIDs[event.sender] ?? ""),
            notificationLevels: room.levels.notifications)
    }
}

/// The members of a room by the first word of each name that a text may mention them by, so that a message to many
/// is compared with the few whose name it can hold.
struct NameIndex: Sendable {
    private var byWord: [String: [Int64]] = [:]
    /// Those whose name begins with no word of Latin letters or digits.
    private var others: [Int64] = []

    init(_ room: RoomState) {
        for user in room.joinedUsers {
            guard let id = room.userIDs[user] else { continue }
            add(String(id.dropFirst().prefix { $0 != ":" }), user)
            if let name = room[EventType.member, id]?.content["displayname"]?.stringValue { add(name, user) }
        }
    }

    private mutating func add(_ name: String, _ user: Int64) {
        if let word = Self.words(name).first { byWord[word, default: []].append(user) } else { others.append(user) }
    }

    /// The members whose names the text may hold.
    func candidates(in text: String) -> Set<Int64> {
        var found = Set(others)
        for word in Set(Self.words(text)) { found.formUnion(byWord[word] ?? []) }
        return found
    }

    /// Runs of `[a-z0-9_]` in lower case: the words between whose boundaries names are looked for.
    private static func words(_ text: String) -> [String] {
        text.lowercased().utf8.split { byte in
            switch byte {
            case 0x30...0x39, 0x5F, 0x61...0x7A: false
            default: true
            }
        }.map { String(decoding: $0, as: UTF8.self) }
    }
}
