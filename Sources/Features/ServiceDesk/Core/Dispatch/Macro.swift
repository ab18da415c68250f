package import Basics

/// Several steps that an agent takes by one key: a reply, tags, a note, and at most one step that moves the conversation.
package struct Macro: Sendable, Hashable {
    /// One step.
    package enum Step: Sendable, Hashable {
        /// Says something; `{{customer}}`, `{{agent}}` and `{{item}}` are filled in.
        case reply(String)
        case tag(String)
        case note(String)
        case transfer(queue: Int64)
        /// Puts the conversation aside for so many minutes.
        case snooze(minutes: Int64)
        case resolve

        var isMove: Bool {
            switch self {
            case .transfer, .snooze, .resolve: true
            case .reply, .tag, .note: false
            }
        }
    }

    package let steps: [Step]

    /// Reads a macro as an administrator writes it: a list of `{"do": "reply", "text"}`, `{"do": "tag", "tag"}`,
    /// `{"do": "note", "text"}`, `{"do": "transfer", "queue"}`, `{"do": "snooze", "minutes"}` and `{"do": "resolve"}`.
    package init(_ body: [JSON]) throws(RequestError) {
        guard (1...16).contains(body.count) else { throw .invalidParam("A macro has 1 to 16 steps.") }
        var steps: [Step] = []
        for (place, step) in body.enumerated() { steps.append(try Self.step(step, place)) }
        // After it has moved the conversation is no longer the agent's to write in.
        guard !steps.dropLast().contains(where: \.isMove) else {
            throw .invalidParam("Transfer, snooze and resolve stand at the end of a macro.")
        }
        self.steps = steps
    }

    private static func step(_ step: JSON, _ place: Int) throws(RequestError) -> Step {
        func text(_ key: String, _ most: Int) throws(RequestError) -> String {
            guard let text = step[key]?.stringValue, !text.isEmpty, text.utf8.count <= most else {
                throw .invalidParam("Step \(place): '\(key)' has 1 to \(most) bytes.")
            }
            return text
        }
        switch step["do"]?.stringValue {
        case "reply": return .reply(try text("text", 4_096))
        case "note": return .note(try text("text", 4_096))
        case "tag": return .tag(try text("tag", 64))
        case "resolve": return .resolve
        case "transfer":
            guard let queue = step["queue"]?.intValue else { throw .invalidParam("Step \(place): 'queue' is missing.") }
            return .transfer(queue: queue)
        case "snooze":
            guard let minutes = step["minutes"]?.intValue, (1...129_600).contains(minutes) else {
                throw .invalidParam("Step \(place): 'minutes' is a number from 1 to 129600.")
            }
            return .snooze(minutes: minutes)
        default:
            throw .invalidParam("Step \(place): 'do' is one of reply, tag, note, transfer, snooze, resolve.")
        }
    }

    /// A reply with the names filled in; what is unknown stays as it is written.
    package static func filled(_ text: String, _ values: [String: String]) -> String {
        values.sorted { $0.key < $1.key }.reduce(text) { $0.replacing("{{\($1.key)}}", with: $1.value) }
    }
}
