import ServiceDesk

/// The service desk's part of a ``Checkup``: conversations with which nothing would ever happen again.
struct DeskCheck {
    let desk: DeskInspection
    /// Whether a server runs: without one nothing is done in time.
    let isServed: Bool

    func run() -> [Finding] {
        var found: [Finding] = []
        func add(_ status: Finding.Status, _ numbers: [Int64], _ what: String, _ advice: String) {
            guard !numbers.isEmpty else { return }
            let shown = numbers.prefix(5).map(String.init).joined(separator: ", ")
            let more = numbers.count > 5 ? " and \(numbers.count - 5) more" : ""
            found.append(Finding("service desk", status, "\(what): \(shown)\(more).", advice: advice))
        }
        add(
            .fail, desk.broken, "The history of conversations does not lead to where they stand",
            "Restore the newest backup, and tell the makers: this must not happen.")
        add(
            .fail, desk.miscounted, "The count of agents is not that of their conversations",
            "Start the server once: it counts again.")
        add(
            .fail, desk.orphaned, "Conversations are with a queue or an agent that is gone",
            "Give them to somebody: POST /api/v1/desk/conversations/{number}/force.")
        add(
            .warn, desk.hopeless, "Conversations wait that no agent could ever take",
            "Put an agent with their skills on their queue, or move them to another one.")
        if isServed {
            add(
                .fail, desk.overdue, "Nothing was done about conversations whose time is over",
                "Look for 'the desk rests a moment' in the log, then restart the server.")
        }
        guard found.isEmpty else { return found }
        return [Finding("service desk", .ok, "\(desk.unresolved) conversations are open, none of them is stuck.")]
    }
}
