package import Basics
import Storage

/// What came of the conversations under one tag.
package struct TagRow: Sendable, Hashable {
    /// nil for all conversations together, empty for those without a tag.
    package var tag: String?
    /// Opened within the time.
    package var opened: Int64 = 0
    /// Of these, how many have ended by now.
    package var ended: Int64 = 0
    package var ratings: Int64 = 0
    package var stars: Int64 = 0
    /// First answers of humans to turns that began within the time.
    package var firstResponse = Pane()
    /// Turns that began within the time and were answered late.
    package var late: Int64 = 0

    package init(tag: String?) { self.tag = tag }

    package var json: JSON {
        [
            "tag": tag.map(JSON.string) ?? .null, "opened": .int(opened), "ended": .int(ended),
            "ratings": .int(ratings), "stars": .int(stars), "late": .int(late),
            "first_responses": .int(firstResponse.count), "first_response_sum": .int(firstResponse.sum),
            "first_response_p50": firstResponse.quantile(0.5).map(JSON.int) ?? .null,
            "first_response_p90": firstResponse.quantile(0.9).map(JSON.int) ?? .null,
        ]
    }
}

extension Statistics {
    /// The numbers of conversations by the tags that they have now, those without one, and all together in the end.
    ///
    /// A conversation with two tags is in both rows and once in the last.
    package func tags(of shop: Int64 = Desk.firstShop, from: Int64, to: Int64) async throws -> [TagRow] {
        guard to > from, to - from <= 800 * 86_400_000 else {
            throw RequestError.invalidParam("'from' lies before 'to', by 800 days at most.")
        }
        let scope = try await scope(of: shop)
        let turns = try await file.readWithoutLimit { connection in
            try FactQueries.turns(from: from, to: to, connection).filter {
                $0.turnClass == .human && scope.holds(queue: $0.turn.queue)
            }
        }
        return try await desk.database.readWithoutLimit { connection in
            var rows: [String: TagRow] = ["": TagRow(tag: "")]
            var all = TagRow(tag: nil)
            func count(_ number: Int64, _ body: (inout TagRow) -> Void) throws {
                body(&all)
                let tags = try WorkQueries.tags(of: number, connection)
                for tag in tags.isEmpty ? [""] : tags { body(&rows[tag, default: TagRow(tag: tag)]) }
            }
            for conversation in try ConversationQueries.opened(of: shop, from: from, to: to, connection) {
                try count(conversation.number) { row in
                    row.opened += 1
                    if conversation.isEnded { row.ended += 1 }
                    if let stars = conversation.rating {
                        (row.ratings, row.stars) = (row.ratings + 1, row.stars + stars)
                    }
                }
            }
            for turn in turns {
                try count(turn.conversation) { row in
                    if turn.isAnswered, turn.turn.isFirst {
                        row.firstResponse.add(bucket: LogHistogram.index(turn.waited), count: 1, sum: turn.waited)
                    }
                    if turn.isLate { row.late += 1 }
                }
            }
            return rows.values.sorted { ($0.tag ?? "") < ($1.tag ?? "") } + [all]
        }
    }
}

/// The numbers by tag as a table of values parted by commas (RFC 4180).
package enum TagCSV {
    package static func text(_ rows: [TagRow]) -> String {
        var lines = ["tag,opened,ended,ratings,stars,first_responses,first_response_p50,first_response_p90,late"]
        for row in rows {
            let shares = [0.5, 0.9].map { row.firstResponse.quantile($0).map(String.init) ?? "" }
            let name = ReportCSV.field(row.tag ?? "(all)")
            lines.append(
                "\(name),\(row.opened),\(row.ended),\(row.ratings),\(row.stars),\(row.firstResponse.count),"
                    + "\(shares[0]),\(shares[1]),\(row.late)")
        }
        return lines.joined(separator: "\r\n") + "\r\n"
    }
}
