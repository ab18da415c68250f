package import Basics
import Storage

/// What the recomputation of a day found.
package struct DayCheck: Sendable, Hashable {
    /// Days since 1970-01-01, UTC.
    package var day: Int64
    /// Up to which position of the log both sides were read.
    package var position: Int64
    package var turns: Int
    package var spans: Int
    package var panes: Int
    /// What is not equal, both values named; cut to a hundred.
    package var differences: [String]

    package var isEqual: Bool { differences.isEmpty }

    package var json: JSON {
        [
            "day": .int(day), "from_ts": .int(day * 86_400_000), "position": .int(position),
            "turns": .int(Int64(turns)), "spans": .int(Int64(spans)), "panes": .int(Int64(panes)),
            "equal": .bool(isEqual), "differences": .array(differences.map(JSON.string)),
        ]
    }
}

extension Statistics {
    /// Computes a day again from the stored messages and steps and compares it with the numbers that were kept as they
    /// came, to the unit. What was found is kept.
    ///
    /// - Parameter day: days since 1970-01-01, UTC.
    package func check(day: Int64) async throws -> DayCheck {
        guard day >= 0, day < 100_000 else { throw RequestError.invalidParam("There is no such day.") }
        let bounds = day * 86_400_000..<(day + 1) * 86_400_000
        let kept = try await kept(bounds)
        let position = kept.position
        let accounts = desk.accounts
        let batch = try await desk.database.readWithoutLimit { connection in
            let reader = LogReader(accounts, connection)
            let first = try reader.place(of: bounds.lowerBound, upTo: position)
            let last = max(first, try reader.place(of: bounds.upperBound, upTo: position))
            var facts = try RatingQueries.facts(during: bounds, upTo: position, connection)
            facts += try PresenceQueries.facts(since: bounds.lowerBound, upTo: position, connection)
            for room in try reader.rooms(positions: first...last) {
                facts += try reader.facts(ofRoom: room, upTo: position)
            }
            return BatchRecompute(facts)
        }
        let minutes = bounds.lowerBound / 60_000..<bounds.upperBound / 60_000
        let turns = batch.turns.filter { bounds.contains($0.turn.start) }
        let spans = batch.spans.filter { bounds.contains($0.to) }
        let panes = batch.panes.panes.filter { minutes.contains($0.key.minute) }
        let differences =
            Self.differences(kept.turns, turns, "turn") + Self.differences(kept.spans, spans, "span")
            + Self.differences(kept.panes.panes, panes)
        let check = DayCheck(
            day: day, position: position, turns: turns.count, spans: spans.count, panes: panes.count,
            differences: Array(differences.prefix(100)))
        try await keep(check)
        return check
    }

    private struct Kept: Sendable {
        var position: Int64
        var turns: Set<TurnRow>
        var spans: Set<SpanRow>
        var panes: Panes
    }

    private func kept(_ bounds: Range<Int64>) async throws -> Kept {
        try await file.readWithoutLimit { connection in
            let minutes = bounds.lowerBound / 60_000..<bounds.upperBound / 60_000
            return Kept(
                position: try ConsumerOffset.position(of: Self.name, connection) ?? 0,
                turns: Set(try FactQueries.turns(from: bounds.lowerBound, to: bounds.upperBound, connection)),
                spans: Set(try FactQueries.spans(endingFrom: bounds.lowerBound, to: bounds.upperBound, connection)),
                panes: try FactQueries.panes(minutes: minutes, connection))
        }
    }

    private func keep(_ check: DayCheck) async throws {
        try await file.write { context in
            try context.connection.run(
                """
                INSERT INTO stat_day(day, at_ms, pos, differs, result) VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT (day) DO UPDATE SET at_ms = ?2, pos = ?3, differs = ?4, result = ?5
                """, .integer(check.day), .integer(context.now), .integer(check.position), .bool(!check.isEqual),
                .text(Texts.text(check.json)))
        }
    }

    /// What was found on days, the newest first.
    package func checks(limit: Int) async throws -> [JSON] {
        try await file.read { connection in
            try connection.rows("SELECT result, at_ms FROM stat_day ORDER BY day DESC LIMIT ?1", .int(limit)) { row in
                var object = Texts.json(row.text(0)).objectValue ?? [:]
                object["checked_ts"] = .int(row.int(1))
                return .object(object)
            }
        }
    }

    /// Checks the day before today unless that was done already; nil then.
    ///
    /// - Parameter now: milliseconds since 1970.
    package func checkYesterday(now: Int64) async throws -> DayCheck? {
        let day = now / 86_400_000 - 1
        // An hour after midnight most of what began on the day is answered.
        guard now % 86_400_000 >= 3_600_000 else { return nil }
        let isDone = try await file.read { connection in
            try connection.first("SELECT 1 FROM stat_day WHERE day = ?1", .integer(day)) { _ in true } ?? false
        }
        return isDone ? nil : try await check(day: day)
    }

    // MARK: Differences

    private static func differences<T: Hashable>(_ kept: Set<T>, _ computed: Set<T>, _ what: String) -> [String] {
        kept.subtracting(computed).map { "kept only: \(what) \($0)" }.sorted()
            + computed.subtracting(kept).map { "computed only: \(what) \($0)" }.sorted()
    }

    private static func differences(_ kept: [PaneKey: Pane], _ computed: [PaneKey: Pane]) -> [String] {
        Set(kept.keys).union(computed.keys).filter { kept[$0] != computed[$0] }.map { key in
            let (one, other) = (kept[key] ?? Pane(), computed[key] ?? Pane())
            return "pane \(key.metric.name) at \(key.minute * 60_000) of queue \(key.dimensions.queue), agent "
                + "\(key.dimensions.agent), entrance '\(key.dimensions.scene)': "
                + "kept \(one.count) with \(one.sum), computed \(other.count) with \(other.sum)"
        }.sorted()
    }
}
