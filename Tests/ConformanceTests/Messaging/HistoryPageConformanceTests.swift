import Basics
import TestSupport
import Testing

extension MessagingConformance {
    @Suite("History in pieces, and its holes")
    struct HistoryPageTests {
        /// A room with messages, edits, reactions, a redaction and a member who came in between.
        private func room(messages: Int) async throws -> (room: String, owner: MatrixClient, late: MatrixClient) {
            let (owner, late) = (try await Cast.user("owner"), try await Cast.user("late"))
            let rule: JSON = ["type": "m.room.history_visibility", "content": ["history_visibility": "joined"]]
            let room = try await Cast.room(owner, wish: ["initial_state": [rule]])
            for number in 0..<messages {
                if number == messages / 3 {
                    try await owner.invite(late.userID, to: room)
                    try await late.join(room)
                }
                let event = try await owner.say("\(number)", in: room)
                if number % 7 == 3 { try await owner.edit(event, to: "\(number)!", in: room) }
                if number % 11 == 5 { try await owner.redact(event, in: room) }
            }
            return (room, owner, late)
        }

        @Test("MSG-27 pages of any limit, in both directions, concatenate to the same history")
        func limits() async throws {
            let (room, owner, late) = try await room(messages: 40)
            for reader in [owner, late] {
                let whole = try await reader.history(of: room, limit: 500).eventIDs
                #expect(whole.count > 30)
                for limit in [1, 2, 3, 7, 10, 39, 100, 499, 500, 1_000_000] {
                    #expect(try await reader.history(of: room, limit: limit).eventIDs == whole, "limit \(limit)")
                    let forwards = try await reader.history(of: room, limit: limit, direction: "f")
                    #expect(forwards.eventIDs == whole, "limit \(limit), forwards")
                }
            }
        }

        @Test("MSG-27 a page ends where 'to' says, and the filter leaves no hole in the paging")
        func bounds() async throws {
            let (room, owner, _) = try await room(messages: 20)
            let whole = try await owner.history(of: room, limit: 500)
            let first = try await owner.ask(
                MessagingShapes.messages, "GET", MatrixClient.path("rooms", room, "messages"),
                query: ["dir": "b", "limit": "10"])
            let second = try await owner.ask(
                MessagingShapes.messages, "GET", MatrixClient.path("rooms", room, "messages"),
                query: ["dir": "b", "limit": "500", "to": first["end"]?.stringValue ?? ""])
            #expect((second["chunk"]?.arrayValue ?? []).reversed().eventIDs == whole.suffix(10).map(\.eventID))

            let filter = #"{"types":["m.room.message"],"not_senders":["@nobody:nowhere"]}"#
            var texts: [JSON] = []
            var from = ""
            repeat {
                let page = try await owner.ask(
                    MessagingShapes.messages, "GET", MatrixClient.path("rooms", room, "messages"),
                    query: ["dir": "b", "limit": "3", "from": from, "filter": filter])
                texts += page["chunk"]?.arrayValue ?? []
                from = page["end"]?.stringValue ?? ""
            } while !from.isEmpty
            #expect(texts.reversed().eventIDs == whole.filter { $0["type"] == "m.room.message" }.eventIDs)
        }

        @Test("MSG-71 the timelines of all syncs, one after the other, are the history")
        func oneOrder() async throws {
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let room = try await Cast.room(anna, ben)
            let wide = #"{"room":{"timeline":{"limit":100}}}"#
            var view = try await ben.news(filter: wide)
            var seen = view.timeline(room)
            for number in 0..<12 {
                try await (number.isMultiple(of: 2) ? anna : ben).say("\(number)", in: room)
                if number % 3 == 1 { try await anna.redact(try #require(seen.last).eventID, in: room) }
                if number.isMultiple(of: 4) {
                    view = try await ben.news(since: view.next, filter: wide)
                    seen += view.timeline(room)
                }
            }
            view = try await ben.news(since: view.next, filter: wide)
            seen += view.timeline(room)
            #expect(seen.eventIDs == (try await ben.history(of: room).eventIDs))
            #expect(seen.map(\.seq) == seen.map(\.seq).sorted())
        }

        @Test("MSG-74 every event names its place and the event before it, also for one who sees only a part")
        func marks() async throws {
            let (room, owner, late) = try await room(messages: 12)
            for reader in [owner, late] {
                let events = try await reader.history(of: room)
                for (earlier, later) in zip(events, events.dropFirst()) {
                    #expect(later.previous == earlier.eventID)
                    #expect(later.seq > earlier.seq)
                }
                #expect(events.first?.previous == nil)
            }
        }

        @Test("MSG-26 a client that loses events at random sees each hole and fills it", arguments: [1, 2, 3])
        func repair(seed: UInt64) async throws {
            var random = SeededRandom(seed: seed)
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let room = try await Cast.room(anna, ben)
            var view = try await ben.news()
            var held = Dictionary(uniqueKeysWithValues: view.timeline(room).map { ($0.eventID, $0) })
            for round in 0..<8 {
                for number in 0..<Int.random(in: 1...5, using: &random) {
                    try await anna.say("\(round).\(number)", in: room)
                }
                view = try await ben.news(since: view.next)
                for event in view.timeline(room) where Bool.random(using: &random) { held[event.eventID] = event }
            }
            try await anna.say("end", in: room)
            for event in try await ben.news(since: view.next).timeline(room) { held[event.eventID] = event }
            try await fillHoles(&held, room, ben)
            let whole = try await ben.history(of: room)
            #expect(held.values.sorted { $0.seq < $1.seq }.eventIDs == whole.eventIDs, "seed \(seed)")
        }

        /// Follows `prev` from each event that is held to one that is not, and fetches that by its id.
        private func fillHoles(_ held: inout [String: JSON], _ room: String, _ reader: MatrixClient) async throws {
            var holes = held.values.compactMap(\.previous).filter { held[$0] == nil }
            while let hole = holes.popLast() {
                let event = try await reader.event(hole, in: room)
                held[hole] = event
                if let next = event.previous, held[next] == nil { holes.append(next) }
            }
        }

        @Test("MSG-26 after a limited sync the hole is filled from the sync's own prev_batch")
        func limited() async throws {
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let room = try await Cast.room(anna, ben)
            let start = try await ben.news()
            for number in 0..<30 { try await anna.say("\(number)", in: room) }
            let view = try await ben.news(since: start.next)
            #expect(view.isLimited(room))
            let from = view.joined(room)?["timeline"]?["prev_batch"]?.stringValue ?? ""
            let page = try await ben.messages(in: room, from: from, limit: 100)
            let older = (page["chunk"]?.arrayValue ?? []).reversed().bodies
            #expect(older + view.timeline(room).bodies == (0..<30).map(String.init))
        }
    }
}
