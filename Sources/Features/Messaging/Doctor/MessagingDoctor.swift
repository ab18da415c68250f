import Basics
package import Storage

/// Checks a database of conversations against every rule that its tables keep, and computes again what follows from
/// the events.
///
/// Events are never touched: what is wrong in them can only come back from a backup.
package struct MessagingDoctor: Sendable {
    private let serverName: String
    private let events = EventQueries(types: EventTypeTable())

    package init(serverName: String) { self.serverName = serverName }

    /// All that is wrong; empty for a sound database. Reads every event, so it takes a while.
    package func check(_ connection: Connection) throws -> [MessagingFinding] {
        var findings = try checkLog(connection)
        let memberType = try events.types.number(of: EventType.member, in: connection) ?? 0
        for room in try DoctorQueries.rooms(in: connection) {
            let chart = try chart(room, in: connection)
            let expected = chart.expected(receiptPos: try DoctorQueries.receiptPos(of: room.number, in: connection))
            findings += chart.findings + chart.rowFindings(expected)
            let spans = try DoctorQueries.spans(of: room.number, memberType: memberType, in: connection)
            findings += spanFindings(spans, expected)
            findings += try membershipFindings(spans, room, in: connection)
            findings += try receiptFindings(expected, in: connection)
            findings += try stateFindings(room, in: connection)
        }
        return findings
    }

    private func chart(_ room: DoctorQueries.Room, in connection: Connection) throws -> RoomChart {
        var chart = RoomChart(room, name: name(room.number))
        try DoctorQueries.events(of: room.number, events, in: connection) { chart.take($0) }
        return chart
    }

    private func name(_ room: Int64) -> String {
        RoomNumber(value: room).map { RoomIdentifier.text($0, server: serverName) } ?? "number \(room)"
    }

    // MARK: The whole log

    private func checkLog(_ connection: Connection) throws -> [MessagingFinding] {
        var findings: [MessagingFinding] = []
        let head = try Meta.position(connection)
        let newest = try DoctorQueries.newestPosition(in: connection)
        if newest > head {
            findings.append(
                MessagingFinding(
                    .positions, "The newest event has position \(newest), beyond the last one drawn, \(head)."))
        }
        for position in try DoctorQueries.sharedPositions(in: connection) {
            findings.append(MessagingFinding(.positions, "Position \(position) was given twice."))
        }
        let strays = try DoctorQueries.strayEvents(in: connection)
        if strays > 0 {
            findings.append(MessagingFinding(.sequence, "\(strays) events belong to rooms that do not exist."))
        }
        for consumer in try ConsumerOffset.all(connection) where consumer.position > head {
            findings.append(
                MessagingFinding(
                    .consumers, "The consumer '\(consumer.name)' is at position \(consumer.position), beyond \(head)."))
        }
        for media in try DoctorQueries.mediaWithoutBlobs(in: connection) {
            findings.append(MessagingFinding(.media, "The content of the file \(media) is not stored."))
        }
        return findings
    }

    // MARK: Members

    private func spanFindings(_ spans: [DoctorQueries.Span], _ room: DoctorQueries.Room) -> [MessagingFinding] {
        var findings: [MessagingFinding] = []
        var before: DoctorQueries.Span?
        for span in spans {
            defer { before = span }
            if let reason = fault(of: span, after: before?.user == span.user ? before : nil, room) {
                findings.append(
                    MessagingFinding(
                        .spans, "Room \(name(room.number)): the span of \(span.userID) from \(span.from) \(reason)"))
            }
        }
        return findings
    }

    private func fault(
        of span: DoctorQueries.Span, after before: DoctorQueries.Span?, _ room: DoctorQueries.Room
    ) -> String? {
        guard let membership = Membership(rawValue: Int(span.membership)) else { return "has no known membership." }
        if span.from < 1 || span.from > room.headSeq { return "begins outside of the room." }
        if span.visibleFrom < 0 || span.visibleFrom > span.from { return "shows messages from outside of the room." }
        if before?.membership == span.membership { return "overlaps with the one before it." }
        guard let content = span.eventContent else { return "begins at no member event of the user." }
        let said = (try? JSON(parsing: content, limits: .stored))?["membership"]?.stringValue
        return said == membership.name ? nil : "says '\(membership.name)', its event '\(said ?? "")'."
    }

    /// The last span of each user, which the list of rooms must agree with.
    private func current(_ spans: [DoctorQueries.Span]) -> [Int64: DoctorQueries.Span] {
        Dictionary(spans.map { ($0.user, $0) }, uniquingKeysWith: { _, last in last })
    }

    private func membershipFindings(
        _ spans: [DoctorQueries.Span], _ room: DoctorQueries.Room, in connection: Connection
    ) throws -> [MessagingFinding] {
        let listed = try DoctorQueries.memberships(of: room.number, in: connection)
        let current = current(spans)
        var findings: [MessagingFinding] = []
        let find = { (user: String, what: String) in
            MessagingFinding(
                .memberships, "Room \(name(room.number)): the list of rooms of \(user) \(what)", isRepairable: true)
        }
        for (user, span) in current.sorted(by: { $0.key < $1.key }) {
            guard let entry = listed[user] else {
                findings.append(find(span.userID, "does not have it."))
                continue
            }
            let isSame = entry.membership == span.membership && entry.since == span.eventPos ?? entry.since
            if !isSame { findings.append(find(span.userID, "has another membership than the room.")) }
        }
        for user in listed.keys.sorted() where current[user] == nil {
            findings.append(find("user \(user)", "has it, and the user was never there."))
        }
        return findings
    }

    private func receiptFindings(
        _ room: DoctorQueries.Room, in connection: Connection
    ) throws -> [MessagingFinding] {
        try DoctorQueries.wrongReceipts(of: room, in: connection).map { receipt in
            let what = receipt.isBeyond ? "lies beyond the newest event" : "has another count than its event"
            return MessagingFinding(
                .receipts, "Room \(name(room.number)): the receipt of user \(receipt.user) at \(receipt.seq) \(what).",
                isRepairable: true)
        }
    }

    private func stateFindings(_ room: DoctorQueries.Room, in connection: Connection) throws -> [MessagingFinding] {
        let strays = try DoctorQueries.strayState(of: room.number, in: connection).map {
            "the state names the event \($0), which is not there or not of that type and key."
        }
        let unlisted = try DoctorQueries.unlistedState(of: room.number, in: connection).map {
            "the state does not know the state event \($0)."
        }
        return (strays + unlisted).map { MessagingFinding(.state, "Room \(name(room.number)): \($0)") }
    }
}

/// Repair.
extension MessagingDoctor {
    /// Computes again what follows from the events: the rooms' figures, the users' lists of rooms, and receipts that
    /// lie beyond the newest event or miscount. No server may run meanwhile: it keeps rooms in memory.
    package func repair(in context: WriteContext) throws {
        let connection = context.connection
        let memberType = try events.types.number(of: EventType.member, in: connection) ?? 0
        for room in try DoctorQueries.rooms(in: connection) {
            let chart = try chart(room, in: connection)
            let expected = chart.expected(receiptPos: try DoctorQueries.receiptPos(of: room.number, in: connection))
            if !chart.rowFindings(expected).isEmpty { _ = try DoctorQueries.repair(expected, in: context) }
            if try !receiptFindings(expected, in: connection).isEmpty {
                _ = try DoctorQueries.repairReceipts(of: expected, in: context)
            }
            let spans = try DoctorQueries.spans(of: room.number, memberType: memberType, in: connection)
            try repairMemberships(spans, room.number, in: context)
        }
    }

    private func repairMemberships(
        _ spans: [DoctorQueries.Span], _ room: Int64, in context: WriteContext
    ) throws {
        let listed = try DoctorQueries.memberships(of: room, in: context.connection)
        let current = current(spans)
        for (user, span) in current {
            guard let pos = span.eventPos, listed[user].map({ $0 != (span.membership, pos) }) ?? true else { continue }
            try DoctorQueries.setMembership(room: room, user: user, span.membership, since: pos, in: context)
        }
        for user in listed.keys where current[user] == nil {
            try DoctorQueries.removeMembership(room: room, user: user, in: context)
        }
    }
}
