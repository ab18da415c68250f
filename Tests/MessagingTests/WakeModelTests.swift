import Testing

@testable import Messaging

/// Two polling clients, the writer and a disturber around one table; each step of each is one atom.
private struct World: Hashable {
    /// What the writer publishes, in the order of positions.
    enum Publication: Hashable {
        case user(Int64)
        case room(members: Set<Int64>)
    }

    enum Phase: Hashable {
        case idle
        case snapshotTaken(Int64)
        case parked(WaiterID, after: Int64)
    }

    struct Client: Hashable {
        let user: Int64
        var phase = Phase.idle
        var roundsLeft: Int
    }

    let script: [Publication]
    var table: WakeTable
    var committed = 0
    var published = 0
    var clients: [Client]
    var disturbances = 2
    var nextWaiter: UInt64 = 1

    init(script: [Publication], remembered: Int, rounds: Int) {
        self.script = script
        table = WakeTable(head: 0, remembered: remembered, pollsPerDevice: 1)
        clients = [Client(user: 1, roundsLeft: rounds), Client(user: 2, roundsLeft: rounds)]
    }

    static func concerns(_ publication: Publication, _ user: Int64) -> Bool {
        switch publication {
        case .user(let named): named == user
        case .room(let members): members.contains(user)
        }
    }

    /// Members of the only room, as the newest committed publication to it says.
    func isMember(_ user: Int64) -> Bool {
        script.prefix(committed).reversed().lazy.compactMap { publication -> Bool? in
            if case .room(let members) = publication { members.contains(user) } else { nil }
        }.first ?? false
    }

    func publishedNews(for user: Int64, after place: Int64) -> Bool {
        script.prefix(published).enumerated().contains { Int64($0 + 1) > place && Self.concerns($1, user) }
    }

    /// A room's publication is a cause for everyone who is its member by now.
    func publishedCause(for user: Int64, after place: Int64) -> Bool {
        let publishedToRoom = script.prefix(published).dropFirst(Int(place)).contains {
            if case .room = $0 { true } else { false }
        }
        return publishedNews(for: user, after: place) || publishedToRoom && isMember(user)
    }

    enum Step: Hashable, CaseIterable {
        case commit, publish, firstSnapshot, firstRegister, secondSnapshot, secondRegister, cancelFirst, expireAll
        case endSecond
    }

    /// Does one step; nil when it is not enabled here, else what broke the promises.
    mutating func take(_ step: Step) -> [String]? {
        switch step {
        case .commit:
            guard committed < script.count else { return nil }
            committed += 1
            return []
        case .publish: return publish()
        case .firstSnapshot: return snapshot(0)
        case .firstRegister: return register(0)
        case .secondSnapshot: return snapshot(1)
        case .secondRegister: return register(1)
        case .cancelFirst:
            guard disturbances > 0, case .parked(let id, _) = clients[0].phase else { return nil }
            disturbances -= 1
            clients[0].phase = .idle
            let wasWaiting = table.cancel(id)
            return wasWaiting ? [] : ["a parked poll was not in the table"]
        case .expireAll: return disturb { $0.expire(now: 100) }
        case .endSecond: return disturb { $0.endDevice(2) }
        }
    }

    private mutating func snapshot(_ index: Int) -> [String]? {
        guard case .idle = clients[index].phase, clients[index].roundsLeft > 0 else { return nil }
        clients[index].roundsLeft -= 1
        clients[index].phase = .snapshotTaken(Int64(committed))
        return []
    }

    private mutating func register(_ index: Int) -> [String]? {
        guard case .snapshotTaken(let place) = clients[index].phase else { return nil }
        let user = clients[index].user
        let id = WaiterID(nextWaiter)
        nextWaiter += 1
        let world = self
        let answer = table.register(
            id, users: [user], device: user, after: WakeMark(position: place, ephemeral: 0), deadline: 100,
            belongs: { user, _ in world.isMember(user) })
        let remembersAll = table.rememberedFloor == 0
        switch answer {
        case .parked(let displaced):
            clients[index].phase = .parked(id, after: place)
            return displaced.isEmpty ? [] : ["a poll was displaced that nobody holds"]
        case .ready:
            clients[index].phase = .idle
            let hadCause = remembersAll ? publishedCause(for: user, after: place) : Int64(published) > place
            return hadCause ? [] : ["ready without cause"]
        case .closed: return ["closed"]
        }
    }

    private mutating func publish() -> [String]? {
        guard published < committed else { return nil }
        let publication = script[published]
        published += 1
        let place = Int64(published)
        let woken: [WaiterID]
        switch publication {
        case .user(let user): woken = table.published(.positions, at: place, users: [user])
        case .room:
            let world = self
            woken = table.publishedToRoom(
                .positions, at: place, room: 9, members: [1, 2].filter(world.isMember), isMember: world.isMember)
        }
        return woken.flatMap { id in
            guard let client = answered(id) else { return ["answered a poll that does not wait"] }
            let concerned = Self.concerns(publication, client.user) || isMember(client.user)
            return client.after < place && concerned ? [] : ["woken without cause"]
        }
    }

    private mutating func disturb(_ action: (inout WakeTable) -> [WaiterID]) -> [String]? {
        guard disturbances > 0 else { return nil }
        disturbances -= 1
        return action(&table).flatMap { answered($0) == nil ? ["answered a poll that does not wait"] : [] }
    }

    /// Takes a poll as answered; nil when none of that number waits.
    private mutating func answered(_ id: WaiterID) -> (user: Int64, after: Int64)? {
        for index in clients.indices {
            guard case .parked(id, let after) = clients[index].phase else { continue }
            clients[index].phase = .idle
            return (clients[index].user, after)
        }
        return nil
    }

    /// Every parked poll has nothing published that it has not read.
    func lostWakeUps() -> [String] {
        clients.compactMap { client in
            guard case .parked(_, let after) = client.phase else { return nil }
            return publishedNews(for: client.user, after: after) ? "lost wake-up of user \(client.user)" : nil
        }
    }
}

@Suite("Wake table, all interleavings")
struct WakeModelTests {
    private static let scripts: [[World.Publication]] = [
        [.user(1), .user(2), .user(1)],
        [.room(members: [1, 2]), .user(2), .room(members: [1, 2])],
        [.room(members: [1]), .room(members: [1, 2]), .user(1)],
        [.user(2), .room(members: [2]), .room(members: [1, 2])],
    ]

    @Test(
        "MSG-79 no wake-up is lost and none comes without cause, whatever the order of steps",
        arguments: 0..<4, [1, 64])
    func interleavings(script: Int, remembered: Int) {
        var seen: Set<World> = []
        var failures: [String] = []
        var path: [World.Step] = []
        func explore(_ world: World) {
            guard failures.isEmpty, seen.insert(world).inserted else { return }
            for step in World.Step.allCases {
                var next = world
                guard let faults = next.take(step) else { continue }
                path.append(step)
                defer { path.removeLast() }
                let broken = faults + next.lostWakeUps()
                guard broken.isEmpty else {
                    failures.append("\(broken) after \(path)")
                    return
                }
                explore(next)
            }
        }
        explore(World(script: Self.scripts[script], remembered: remembered, rounds: 2))
        #expect(failures.isEmpty)
        #expect(seen.count > 1_000, "the search must not end early")
    }
}
