import Testing

@testable import ServiceDesk

/// Hours by the clock on the wall.
@Suite("Business hours")
struct CalendarTests {
    private static let hour: Int64 = 3_600_000
    private static let day = 24 * hour
    /// Berlin in 2027: summer time from 28 March 01:00 UTC to 31 October 01:00 UTC.
    private static let berlin = ZoneOffsets(
        first: hour,
        changes: [.init(from: 1_806_195_600_000, offset: 2 * hour), .init(from: 1_824_944_400_000, offset: hour)])
    /// Monday to Friday nine to six.
    private static let office = WeeklyHours(
        zone: berlin, spans: (0..<5).map { .init(weekday: $0, from: 540, to: 1_080) })

    @Test("DESK-48 an office opens at nine by the clock on the wall, in winter and in summer")
    func seasons() {
        // Friday 26 March 2027, 20:00 in Berlin; it opens on Monday at 09:00, which is 07:00 UTC by then.
        let friday: Int64 = 1_806_087_600_000
        #expect(!Self.office.isOpen(at: friday))
        let monday = Self.office.nextOpening(from: friday)
        #expect(monday == 1_806_303_600_000)
        // The Friday before it opened at 08:00 UTC.
        #expect(Self.office.nextOpening(from: friday - 20 * Self.hour) == 1_806_087_600_000 - 11 * Self.hour)
    }

    @Test("DESK-48 a span over the night when clocks are put forward is an hour shorter, put back an hour longer")
    func nights() {
        let always = WeeklyHours(zone: Self.berlin, spans: (0..<7).map { .init(weekday: $0, from: 0, to: 1_440) })
        let night = WeeklyHours(zone: Self.berlin, spans: [.init(weekday: 5, from: 22 * 60, to: 30 * 60)])
        // Saturdays 27 March and 30 October 2027, noon in UTC.
        let (march, october): (Int64, Int64) = (1_806_148_800_000, 1_824_897_600_000)
        #expect(night.open(from: march, to: march + Self.day) == 7 * Self.hour)
        #expect(night.open(from: october, to: october + Self.day) == 9 * Self.hour)
        #expect(always.open(from: march, to: march + 2 * Self.day) == 2 * Self.day)
    }

    @Test("DESK-48 on a holiday nobody comes")
    func holiday() {
        let monday = 1_806_303_600_000 / Self.day
        let closed = WeeklyHours(zone: Self.berlin, spans: Self.office.spans, closedDays: [monday])
        #expect(closed.nextOpening(from: 1_806_087_600_000) == 1_806_303_600_000 + Self.day)
        #expect(WeeklyHours(zone: Self.berlin, spans: []).nextOpening(from: 0) == nil)
    }

    @Test("DESK-48 a conversation of a closed queue is served when it opens, the oldest first")
    func opening() {
        var machine = DeskMachine()
        let friday: Int64 = 1_806_087_600_000
        let queue = DeskQueue(number: 1, name: "office", hours: Self.office)
        let agent = DeskAgent(number: 7, status: .available, capacity: 1, queues: [1])
        _ = machine.received(.queueChanged(queue), at: friday)
        _ = machine.received(.agentChanged(agent), at: friday)
        for number in 1...2 as ClosedRange<Int64> {
            let conversation = Conversation(
                number: number, room: number, shop: 1, topic: "buy", person: number, queue: 1, opened: friday)
            let outcome = machine.received(.opened(conversation, robot: nil), at: friday + number).outcome
            #expect(outcome.transitions.map(\.to) == [.queued])
            #expect(outcome.notices == [.closed(number, opens: 1_806_303_600_000)])
        }
        #expect(machine.nextDeadline == 1_806_303_600_000)
        let outcome = machine.received(.timePassed, at: 1_806_303_600_000).outcome
        #expect(outcome.transitions.map(\.conversation) == [1])
        #expect(machine.conversations[2]?.deadline == Deadline(at: 1_806_303_660_000, kind: .target))
        #expect(machine.violations() == [])
    }
}
