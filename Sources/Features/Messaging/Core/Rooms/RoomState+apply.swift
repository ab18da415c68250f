package import Basics

extension RoomState {
    /// Takes a numbered event into the state. The event must be the next one of the room.
    package mutating func apply(_ event: StoredEvent, content: JSONObject, subject: Int64?, visibleFrom: Int64? = nil) {
        headSeq = event.seq
        headPos = event.pos
        if event.flags.contains(.counted) {
            counted = event.counted
            lastSeq = event.seq
            lastTime = event.timestamp
        }
        if let key = event.stateKey {
            state[StateSlot(event.type, key)] = StateEntry(event: event, content: content)
            applyState(event, content: content, subject: subject, visibleFrom: visibleFrom)
        }
        tail.append(event)
        if tail.count > Self.tailLimit { tail.removeFirst(tail.count - Self.tailLimit) }
    }

    private mutating func applyState(_ event: StoredEvent, content: JSONObject, subject: Int64?, visibleFrom: Int64?) {
        switch event.type {
        case EventType.member:
            guard let subject, let name = content["membership"]?.stringValue, let new = Membership(name: name) else {
                return
            }
            userIDs[subject] = event.stateKey
            let old = membership(of: subject)
            joined += (new == .join ? 1 : 0) - (old == .join ? 1 : 0)
            invited += (new == .invite ? 1 : 0) - (old == .invite ? 1 : 0)
            // A change of name or picture while joined begins no new span: the span's start is the join itself.
            if new != old || spans[subject] == nil {
                spans[subject, default: MembershipSpans()]
                    .append(from: event.seq, membership: new, visibleFrom: visibleFrom)
            }
        case EventType.historyVisibility:
            let mode = HistoryVisibility(name: content["history_visibility"]?.stringValue)
            segments.append(from: event.seq, mode: mode)
        case EventType.powerLevels:
            if let new = try? PowerLevels(content: content) { levels = new }
        default:
            break
        }
    }

    /// Takes a redaction into account: the target loses its content in the tail, in the state and in the counters.
    package mutating func redact(target: StoredEvent, by seq: Int64, content: [UInt8], object: JSONObject) {
        if let at = tail.firstIndex(where: { $0.seq == target.seq }) {
            tail[at].content = content
            tail[at].redactedBy = seq
            tail[at].flags.insert(.redacted)
        }
        if let key = target.stateKey, state[StateSlot(target.type, key)]?.seq == target.seq {
            state[StateSlot(target.type, key)]?.content = object
            state[StateSlot(target.type, key)]?.event.content = content
            state[StateSlot(target.type, key)]?.event.redactedBy = seq
            if target.type == EventType.powerLevels, let new = try? PowerLevels(content: object) { levels = new }
        }
        if target.flags.contains(.counted) {
            let place = recalled.firstIndex { $0 > target.seq } ?? recalled.endIndex
            recalled.insert(target.seq, at: place)
        }
    }

    /// Marks that something relates to an event, in the tail.
    package mutating func markRelated(_ seq: Int64) {
        if let at = tail.firstIndex(where: { $0.seq == seq }) { tail[at].flags.insert(.hasRelations) }
    }
}
