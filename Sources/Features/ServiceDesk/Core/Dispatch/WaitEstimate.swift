/// What a waiting customer is told: how many are before, and between which waits the real one will probably lie.
package struct WaitEstimate: Sendable, Hashable {
    /// How many go first.
    package var ahead: Int
    /// The shortest and longest likely wait in whole seconds, in steps of thirty; nil while nobody is there.
    package var seconds: ClosedRange<Int64>?

    /// - Parameters:
    ///   - ahead: how many go first.
    ///   - places: how many conversations the agents who are there can hold at a time.
    ///   - handling: how long a conversation keeps its place, in milliseconds.
    package init(ahead: Int, places: Int64, handling: Int64) {
        self.ahead = ahead
        guard places > 0 else { return }
        let wait = (Int64(ahead) + 1) * max(1_000, handling) / places
        let step: Int64 = 30_000
        let low = wait / 2 / step * 30
        seconds = low...max(low + 30, (2 * wait + step - 1) / step * 30)
    }
}

extension DeskMachine {
    /// What a conversation in the queue may expect; nil for one that is in no queue.
    ///
    /// - Parameter handling: how long conversations kept their places of late, in milliseconds.
    package func estimate(_ number: Int64, handling: Int64 = 300_000) -> WaitEstimate? {
        guard let conversation = conversations[number], let place = place(of: conversation) else { return nil }
        var present: Set<Int64> = []
        var queues: Set<Int64> = []
        for agent in rosters[conversation.queue] ?? [] where agents[agent]?.isPresent == true { present.insert(agent) }
        for agent in present { queues.formUnion(agents[agent]?.queues ?? []) }
        if self.queues[conversation.queue]?.isOpen != true { present = [] }
        // Agents of this queue may have others to serve, whose conversations go first by the same order.
        let ahead = queues.union([conversation.queue]).reduce(0) { $0 + (orders[$1]?.ahead(of: place) ?? 0) }
        let places = present.reduce(into: Int64(0)) { $0 += agents[$1]?.capacity ?? 0 }
        return WaitEstimate(ahead: ahead, places: places, handling: handling)
    }
}
