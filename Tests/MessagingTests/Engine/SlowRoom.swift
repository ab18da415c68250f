import Basics
import Messaging

/// A room as the plainest reading of the rules has it: a list of events, walked through for every question.
struct SlowRoom {
    let events: [StoredEvent]

    /// Whether a user may see the event at an index: by the modes and memberships before and after the event.
    func isVisible(_ index: Int, to user: String) -> Bool {
        let modes = [mode(before: index), mode(before: index + 1)]
        let memberships = [membership(of: user, before: index), membership(of: user, before: index + 1)]
        if modes.contains("world_readable") || memberships.contains("join") { return true }
        let joinsLater = events[(index + 1)...].contains { isJoin($0, of: user) }
        if modes.contains("shared"), joinsLater { return true }
        return modes.contains("invited") && memberships.contains("invite")
    }

    func visible(to user: String) -> [String] {
        events.indices.filter { isVisible($0, to: user) }.map { events[$0].address.text }
    }

    /// Messages that count, after the last one that the user has read, sent or joined at.
    func unread(of user: String, readSeq: Int64) -> Int64 {
        var last = readSeq
        for event in events where isJoin(event, of: user) || (isCounted(event) && sender(event) == user) {
            last = max(last, event.seq)
        }
        return Int64(events.filter { $0.seq > last && isCounted($0) && !$0.flags.contains(.redacted) }.count)
    }

    var state: [StateSlot: String] {
        var state: [StateSlot: String] = [:]
        for event in events { if let key = event.stateKey { state[StateSlot(event.type, key)] = event.address.text } }
        return state
    }

    func membership(of user: String, before index: Int) -> String {
        let last = events[..<min(index, events.count)].last { $0.type == EventType.member && $0.stateKey == user }
        return last?.contentObject["membership"]?.stringValue ?? "leave"
    }

    private func mode(before index: Int) -> String {
        let last = events[..<min(index, events.count)].last { $0.type == EventType.historyVisibility }
        return last?.contentObject["history_visibility"]?.stringValue ?? "shared"
    }

    /// A member event that makes the user a member; one that changes the name of a member joins nobody.
    private func isJoin(_ event: StoredEvent, of user: String) -> Bool {
        guard event.type == EventType.member, event.stateKey == user,
            event.contentObject["membership"]?.stringValue == "join",
            let index = events.firstIndex(where: { $0.seq == event.seq })
        else { return false }
        return membership(of: user, before: index) != "join"
    }

    private func isCounted(_ event: StoredEvent) -> Bool { event.flags.contains(.counted) }

    private func sender(_ event: StoredEvent) -> String { names[event.sender] ?? "" }

    /// The user ids of senders by number, for the questions about who sent what.
    var names: [Int64: String] = [:]

    init(events: [StoredEvent], names: [Int64: String]) {
        self.events = events
        self.names = names
    }
}
