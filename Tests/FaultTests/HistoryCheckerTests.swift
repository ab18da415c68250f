import Testing

@Suite("The checker of histories")
struct HistoryCheckerTests {
    private static let room = "!r"

    /// Three messages, acknowledged, stored, and on a device that got them in two replies.
    private func good() -> History {
        let stored = (1...3).map { Seen(seq: $0, event: "$\($0)", mark: "s/\($0)") }
        return History(
            sent: (1...3).map { Sent(mark: "s/\($0)", room: Self.room, answers: ["$\($0)"]) },
            stored: [Self.room: stored],
            devices: [
                device(
                    Batch(isLimited: false, timeline: [stored[0]]),
                    Batch(isLimited: false, timeline: Array(stored[1...])))
            ])
    }

    private func device(_ batches: Batch...) -> DeviceHistory {
        DeviceHistory(name: "phone", rooms: [Self.room: batches])
    }

    private func seen(_ seq: Int64) -> Seen { Seen(seq: seq, event: "$\(seq)", mark: "s/\(seq)") }

    @Test("finds nothing in a good history, with a filled gap or without")
    func nothing() {
        var history = good()
        #expect(history.faults() == [])
        history.devices = [
            device(
                Batch(isLimited: false, timeline: [seen(1)]),
                Batch(isLimited: true, filled: [seen(2)], timeline: [seen(3)]))
        ]
        #expect(history.faults() == [])
        history.sent.append(Sent(mark: "s/4", room: Self.room, answers: []))
        #expect(history.faults() == [], "what was never acknowledged may be absent")
    }

    @Test("finds an acknowledged message that is not stored")
    func lost() {
        var history = good()
        history.sent.append(Sent(mark: "s/4", room: Self.room, answers: ["$4"]))
        #expect(history.faults() == [.lost(mark: "s/4")])
    }

    @Test("finds a retry that made a second event")
    func twice() {
        var history = good()
        let again = Seen(seq: 4, event: "$4", mark: "s/3")
        history.stored[Self.room]?.append(again)
        history.devices = []
        #expect(history.faults() == [.storedTwice(mark: "s/3")])
        history.sent[2].answers.append("$4")
        #expect(history.faults() == [.storedTwice(mark: "s/3"), .answeredDifferently(mark: "s/3")])
    }

    @Test("finds an answer that names another event, and a message that nobody sent")
    func wrong() {
        var history = good()
        history.sent[0].answers = ["$9"]
        #expect(history.faults() == [.wrongAnswer(mark: "s/1")])
        history = good()
        history.sent.removeLast()
        #expect(history.faults() == [.invented(event: "$3")])
        history = good()
        history.sent[0] = Sent(mark: "s/1", room: "!other", answers: ["$1"])
        #expect(history.faults() == [.invented(event: "$1"), .lost(mark: "s/1")])
    }

    @Test("finds a hole and a repetition in the numbers of a room")
    func store() {
        var history = good()
        history.devices = []
        history.stored[Self.room] = [seen(1), seen(3), seen(2)]
        #expect(history.faults() == [.disorderInStore(event: "$3"), .disorderInStore(event: "$2")])
        history.stored[Self.room] = [seen(1), seen(2), Seen(seq: 3, event: "$2", mark: nil), seen(3)]
        #expect(history.faults() == [.disorderInStore(event: "$2"), .disorderInStore(event: "$3")])
    }

    @Test("finds what a device missed, got twice, got in another order, or got and the server lost")
    func devices() {
        var history = good()
        history.devices = [device(Batch(isLimited: false, timeline: [seen(1), seen(2)]))]
        #expect(history.faults() == [.missed(device: "phone", event: "$3")])
        history.devices = [
            device(
                Batch(isLimited: false, timeline: [seen(1), seen(2)]),
                Batch(isLimited: false, timeline: [seen(2), seen(3)]))
        ]
        #expect(history.faults() == [.receivedTwice(device: "phone", event: "$2")])
        history.devices = [device(Batch(isLimited: false, timeline: [seen(1), seen(3), seen(2)]))]
        #expect(
            history.faults() == [.gap(device: "phone", event: "$3"), .disorder(device: "phone", event: "$2")])
        history.devices = [device(Batch(isLimited: false, timeline: [seen(1), seen(2), seen(3), seen(4)]))]
        #expect(history.faults() == [.vanished(device: "phone", event: "$4")])
        let renumbered = Seen(seq: 7, event: "$3", mark: "s/3")
        history.devices = [device(Batch(isLimited: false, timeline: [seen(1), seen(2), renumbered]))]
        #expect(
            history.faults() == [.vanished(device: "phone", event: "$3"), .missed(device: "phone", event: "$3")])
    }

    @Test("finds a gap that the reply did not admit")
    func gap() {
        var history = good()
        history.devices = [
            device(
                Batch(isLimited: false, timeline: [seen(1)]),
                Batch(isLimited: false, filled: [], timeline: [seen(3)]))
        ]
        #expect(
            history.faults() == [.gap(device: "phone", event: "$3"), .missed(device: "phone", event: "$2")])
    }
}
