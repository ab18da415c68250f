import Basics
import Testing

@testable import ServiceDesk

/// Cards, their layouts and what is pressed, without a server.
@Suite("Cards")
struct CardMachineTests {
    @Test("DESK-73 in every order of presses, answers and time a card is used at most as often as it may be")
    func interleavings() {
        /// What may happen, by number; every sequence of six of them is tried.
        func apply(_ step: Int, _ card: inout CardMachine, _ effects: inout Int, at now: Int64) {
            let before = card.rev
            switch step {
            case 0: try? card.press(rev: card.rev, at: now)
            case 1: try? card.press(rev: 1, at: now)
            case 2:
                if card.state == .busy { effects += 1 }
                card.answered(.ok, at: now)
            case 3: card.answered(.refused, at: now)
            case 4: card.answered(.dead, at: now)
            case 5: card.expire(at: now)
            default: try? card.cancel()
            }
            #expect(card.rev >= before)
        }
        for uses in 1...2 as ClosedRange<Int64> {
            for sequence in 0..<117_649 where sequence % 7 == sequence / 7 % 7 || sequence % 5 == 0 {
                var card = CardMachine(uses: uses, expires: 4)
                var (rest, effects) = (sequence, 0)
                for now in 1...6 as ClosedRange<Int64> {
                    apply(rest % 7, &card, &effects, at: now)
                    rest /= 7
                    if card.state == .active, card.usesLeft < 1 { Issue.record("active without a use: \(sequence)") }
                }
                if effects > Int(uses) { Issue.record("\(effects) effects of \(uses): \(sequence)") }
            }
        }
    }

    @Test("DESK-10 a press of a card as it was before is refused, and of one that has run out")
    func refusals() {
        var card = CardMachine(uses: 2, expires: 100)
        #expect(throws: CardRefusal.stale(rev: 1)) { try card.press(rev: 0, at: 1) }
        #expect(throws: CardRefusal.expired) { try card.press(rev: 1, at: 100) }
        try? card.press(rev: 1, at: 1)
        #expect(throws: CardRefusal.busy) { try card.press(rev: 2, at: 1) }
        card.answered(.ok, at: 2)
        #expect((card.state, card.usesLeft, card.rev) == (.active, 1, 3))
        card.expire(at: 100)
        #expect(throws: CardRefusal.expired) { try card.press(rev: 4, at: 100) }
    }

    private static let layout: JSONObject = [
        "body": [
            ["type": "TextBlock", "text": "Viewing"],
            ["type": "Fancy", "fallback": ["type": "TextBlock", "text": "plain"]], ["type": "Unknown"],
            ["type": "Image", "url": "https://elsewhere.example/a.png"],
            ["type": "Container", "items": [["type": "Input.Number", "id": "people", "min": 1, "max": 4]]],
            [
                "type": "Input.ChoiceSet", "id": "slot", "isRequired": true,
                "choices": [["title": "Sat", "value": "s1"], ["title": "Sun", "value": "s2"]],
            ], ["type": "Input.Date", "id": "day"],
        ],
        "actions": [["type": "Action.Execute", "title": "Book", "verb": "book"], ["type": "Action.Submit"]],
    ]

    @Test("DESK-10 a layout keeps what is understood and takes the fallback for what is not")
    func layouts() throws {
        let layout = try CardLayout(Self.layout)
        #expect(
            layout.body.compactMap { $0["type"]?.stringValue }
                == ["TextBlock", "TextBlock", "Container", "Input.ChoiceSet", "Input.Date"])
        #expect(layout.verbs == ["book"])
        #expect(layout.inputs.map(\.id) == ["people", "slot", "day"])
    }

    @Test("DESK-10 layouts beyond the limits are refused")
    func limits() {
        var deep: JSON = ["type": "TextBlock", "text": "x"]
        for _ in 0..<9 { deep = ["type": "Container", "items": [deep]] }
        let many = JSON.array(Array(repeating: ["type": "TextBlock", "text": "x"], count: 41))
        let long = JSON.string(String(repeating: "x", count: 17_000))
        for body in [
            [deep], many, [["type": "TextBlock", "text": long]], [["type": "TextBlock", "size": .double(1.5)]],
        ]
            as [JSON]
        {
            #expect(throws: RequestError.self) { try CardLayout(["body": body]) }
        }
    }

    @Test("DESK-10 what is filled in is checked again by the server, field by field")
    func inputs() throws {
        let layout = try CardLayout(Self.layout)
        let kept = try layout.checked(["slot": "s1", "people": 2, "day": "2027-10-01", "extra": "gone"])
        #expect(kept == ["people": 2, "slot": "s1", "day": "2027-10-01"])
        for (field, data) in [
            ("slot", [:]), ("slot", ["slot": "s9"]), ("people", ["slot": "s1", "people": 5]),
            ("people", ["slot": "s1", "people": "2"]), ("day", ["slot": "s1", "day": "1.10.2027"]),
        ] as [(String, JSONObject)] {
            let error = #expect(throws: RequestError.self) { try layout.checked(data) }
            #expect(error?.extra["field"] == .string(field))
        }
    }

    @Test("DESK-73 a breaker opens after five failures in a row, lets one through after a pause, and closes by it")
    func breaker() {
        var breaker = Breaker()
        for _ in 0..<4 { breaker.ended(isFailure: true, at: 0) }
        breaker.ended(isFailure: false, at: 0)
        for _ in 0..<5 { breaker.ended(isFailure: true, at: 1_000) }
        var admitted = [30_999, 31_000, 31_001].map { breaker.admits(at: $0) }
        #expect(admitted == [false, true, false])
        breaker.ended(isFailure: true, at: 32_000)
        admitted = [61_999, 62_000].map { breaker.admits(at: $0) }
        #expect(admitted == [false, true])
        breaker.ended(isFailure: false, at: 62_001)
        #expect(breaker.state == .closed)
        var half = Breaker()
        for step in 0..<20 { half.ended(isFailure: step % 4 != 0, at: 0) }
        #expect(half.state != .closed)
    }

    @Test("DESK-73 which answers are tried again and which are final")
    func verdicts() {
        func verdict(_ status: Int, _ body: String = "{}") -> AdapterVerdict {
            AdapterReply.status(status, body: Array(body.utf8), retryAfter: nil).verdict
        }
        func isTriedAgain(_ verdict: AdapterVerdict) -> Bool { if case .again = verdict { true } else { false } }
        for status in [302, 408, 425, 429, 500, 503] { #expect(isTriedAgain(verdict(status)), "\(status)") }
        #expect(isTriedAgain(verdict(200, "<html>")))
        #expect(verdict(409, "{\"text\": \"taken\"}") == .refused(text: "taken"))
        #expect(verdict(200, "{\"status\": \"refused\", \"text\": \"full\"}") == .refused(text: "full"))
        #expect(verdict(200, "{\"status\": \"ok\", \"text\": \"booked\"}") == .ok(text: "booked"))
        var random = SeededRandom(seed: 1)
        for tries in 1...8 as ClosedRange<Int64> {
            let delay = CardRetry.delay(afterTries: tries, wish: nil, using: &random)
            #expect((0...min(600_000, 1_000 << tries)).contains(delay))
        }
        #expect(CardRetry.delay(afterTries: 1, wish: 60_000, using: &random) == 60_000)
    }
}
