import Basics

@testable import ServiceDesk

/// Days of a desk by chance, as facts: rooms in which conversations are opened, answered, transferred and ended.
struct RandomDays {
    private var random: SeededRandom
    private var position: Int64 = 0
    private var at: Int64 = 1_800_000_000_000
    private var rooms: [Room]
    private(set) var facts: [DeskFact] = []

    private struct Room {
        let number: Int64
        var conversation: Int64 = 0
        var n: Int64 = 0
        var status = ConversationStatus.resolved
        var agent: Int64 = 0
        var queue: Int64 = 1
        var scene = ""
        var rating: Rating.Earlier?
    }

    init(seed: UInt64, rooms: Int64, steps: Int) {
        random = SeededRandom(seed: seed)
        self.rooms = (1...rooms).map { Room(number: 100 + $0) }
        let shift = WeeklyHours(spans: (0...6).map { .init(weekday: $0, from: 480, to: 1_200) })
        add(.queueSet(QueueSetting(queue: 1, target: 60_000)))
        add(.queueSet(QueueSetting(queue: 2, target: 120_000, hours: shift)))
        for _ in 0..<steps { step() }
    }

    private mutating func roll(_ sides: UInt64) -> Int64 { Int64(random.next() % sides) }

    private mutating func add(_ what: DeskFact.What) {
        position += 1 + roll(3)
        facts.append(DeskFact(position: position, at: at, what))
    }

    private mutating func step() {
        at += roll(20) == 0 ? roll(7_200_000) : roll(9_000)
        let place = Int(roll(UInt64(rooms.count)))
        let room = rooms[place]
        switch roll(20) {
        case 0...5: add(.said(room: room.number, .customer))
        case 6...9: add(.said(room: room.number, .human(1 + roll(3))))
        case 10: add(.said(room: room.number, .robot))
        case 11: add(.cardSent(room: room.number))
        case 12: add(.cardPressed(room: room.number))
        case 13:
            let outcome: CardOutcome = [.ok, .refused, .dead][Int(roll(3))]
            add(.cardAnswered(room: room.number, outcome, took: roll(9_000)))
        case 14: rate(place)
        case 16 where roll(4) == 0:
            add(.presence(agent: 1 + roll(3), AgentStatus(rawValue: roll(3)) ?? .offline))
        case 15 where roll(10) == 0: add(.queueSet(QueueSetting(queue: 1, target: 30_000 + roll(60_000))))
        default: move(place)
        }
    }

    private mutating func rate(_ place: Int) {
        guard rooms[place].conversation != 0 else { return }
        let stars = 1 + roll(5)
        let room = rooms[place]
        let about = Dimensions(queue: room.queue, agent: room.conversation % 3, scene: "rated")
        add(.rated(Rating(stars: stars, before: room.rating, dimensions: about)))
        rooms[place].rating = .init(stars: stars, at: at)
    }

    private mutating func move(_ place: Int) {
        var room = rooms[place]
        var from: ConversationStatus? = room.status
        let to: ConversationStatus
        var reason = TransitionReason.answered
        if room.status == .resolved {
            if room.conversation == 0 || roll(2) == 0 {
                (room.conversation, room.n, from) = (position + 1_000, 0, nil)
                room.scene = ["", "item.book", "item, \"bargain\""][Int(roll(3))]
                room.rating = nil
                (to, reason) = (roll(3) == 0 ? .robot : .queued, .opened)
            } else {
                (to, reason) = (.queued, .reopened)
            }
        } else {
            to = ([.queued, .offered, .open, .waiting, .snoozed, .resolved] as [ConversationStatus])[Int(roll(6))]
            reason = [.assigned, .transferredToQueue, .robotSilent, .agentSilent, .forced][Int(roll(5))]
        }
        room.n += 1
        (room.status, room.queue) = (to, 1 + roll(2))
        let keeps = roll(2) == 0 && room.agent != 0
        room.agent = [.queued, .resolved, .robot].contains(to) ? 0 : keeps ? room.agent : 1 + roll(3)
        rooms[place] = room
        add(
            .moved(
                Move(
                    conversation: room.conversation, room: room.number, n: room.n, from: from, to: to,
                    agent: room.agent, queue: room.queue, reason: reason, scene: room.scene)))
    }
}

/// Facts taken in one after another, as the consumer does it.
struct LiveFold {
    private(set) var effects = FactEffects()
    private var rooms: [Int64: RoomStanding] = [:]
    private var settings: [Int64: QueueSetting] = [:]
    private var agents: [Int64: AgentStanding] = [:]

    mutating func take(_ fact: DeskFact) {
        switch fact.what {
        case .queueSet(let setting): settings[setting.queue] = setting
        case .presence(let agent, let status):
            agents[agent, default: AgentStanding(agent: agent)].become(status, at: fact.at, &effects.panes)
        case .rated(let rating):
            effects.panes.add(.rating, rating.stars, at: fact.at, rating.dimensions)
            guard let before = rating.before else { return }
            effects.panes.add(.rating, before.stars, at: before.at, rating.dimensions, times: -1)
        default:
            guard let room = fact.room else { return }
            rooms[room, default: RoomStanding(room: room)]
                .apply(fact, setting: { settings[$0] ?? .unknown($0) }, &effects)
        }
    }
}
