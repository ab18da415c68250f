import Accounts
import Basics
import Messaging
import Storage

extension Rehearsal {
    /// What is wrong with the folder; empty when everything that was answered is there and fits together.
    package func problems(answered: [Answer]) async throws -> [String] {
        var found = try await desk.check()
        var said: [String: Set<String>] = [:]
        for answer in answered {
            switch answer {
            case .moved(let number, let n):
                let stored = try await desk.conversation(number).n
                if stored < n { found.append("conversation \(number) has \(stored) transitions, \(n) were answered") }
            case .said(let room, let text): said[room, default: []].insert(text)
            }
        }
        for (room, texts) in said {
            let lost = texts.subtracting(try await self.texts(in: room))
            if !lost.isEmpty { found.append("lost in \(room): \(lost.sorted())") }
        }
        return found + (try await differences()) + (try await statisticsProblems())
    }

    /// Days on which the numbers that were kept as they came are not those of the recomputation.
    private func statisticsProblems() async throws -> [String] {
        while try await !statistics.follow() {}
        let today = database.now / 86_400_000
        var found: [String] = []
        // The rehearsal may have crossed midnight.
        for day in [today - 1, today] { found += try await statistics.check(day: day).differences }
        return found
    }

    /// Conversations whose rooms tell something else than their rows.
    private func differences() async throws -> [String] {
        var filter = ConversationFilter()
        filter.limit = 1_000
        var seen: Set<Int64> = []
        var found: [String] = []
        for conversation in try await desk.conversations(filter) where seen.insert(conversation.room).inserted {
            guard let number = RoomNumber(value: conversation.room),
                let state = try await messaging.room(number)?[EventType.conversation]?.content
            else {
                found.append("conversation \(conversation.number) has no room")
                continue
            }
            let status: ConversationStatus = conversation.status == .waiting ? .open : conversation.status
            if state["status"]?.stringValue != status.name || state["number"]?.intValue != conversation.number {
                found.append("conversation \(conversation.number) is \(status.name), its room says \(state)")
            }
        }
        return found
    }

    private func texts(in room: String) async throws -> Set<String> {
        guard let owner = try await accounts.user(localpart: MessagingEngine.shopLocalpart) else { return [] }
        let session = session(of: owner)
        var texts: Set<String> = []
        var request = HistoryRequest()
        request.limit = 500
        while true {
            let page = try JSON(
                parsing: try await messaging.messages(session, room: room, request), limits: .stored)
            for event in page["chunk"]?.arrayValue ?? [] {
                if let text = event["content"]?["body"]?.stringValue { texts.insert(text) }
            }
            guard let end = page["end"]?.stringValue else { return texts }
            request.from = try HistoryPlace(parsing: end, parameter: "from")
        }
    }
}

extension Rehearsal.Answer {
    /// As a line of text.
    package var line: String {
        switch self {
        case .moved(let conversation, let n): "moved \(conversation) \(n)"
        case .said(let room, let text): "said \(room) \(text)"
        }
    }

    /// Reads a line; nil for any other text.
    package init?(line: some StringProtocol) {
        let words = line.split(separator: " ")
        guard words.count == 3 else { return nil }
        if words[0] == "moved", let conversation = Int64(words[1]), let n = Int64(words[2]) {
            self = .moved(conversation: conversation, n: n)
        } else if words[0] == "said" {
            self = .said(room: String(words[1]), text: String(words[2]))
        } else {
            return nil
        }
    }
}
