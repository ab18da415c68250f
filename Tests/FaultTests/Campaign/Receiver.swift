import Basics
import Synchronization
import TestSupport

/// A device that reads: it goes on from the token it kept, and fetches from `/messages` what a limited reply left out.
final class Receiver: Sendable {
    /// How well it keeps up.
    enum Habit: Sendable, CaseIterable {
        /// Asks again at once.
        case attentive
        /// Loses half of the replies on the way.
        case careless
        /// Is away most of the time.
        case rare
    }

    private struct Copy {
        var token: String?
        var newest: [String: Int64] = [:]
        var rooms: [String: [Batch]] = [:]
    }

    let client: MatrixClient
    private let name: String
    private let habit: Habit
    private let progress: Progress
    private let copy = Mutex(Copy())

    init(_ client: MatrixClient, name: String, habit: Habit, progress: Progress) {
        self.client = client
        self.name = name
        self.habit = habit
        self.progress = progress
    }

    /// What it has.
    var history: DeviceHistory { DeviceHistory(name: name, rooms: copy.withLock { $0.rooms }) }
    /// Where it stands.
    var token: String? { copy.withLock { $0.token } }

    /// A filter for timelines of so many events.
    static func filter(limit: Int) -> String { #"{"room":{"timeline":{"limit":\#(limit)}}}"# }

    /// Reads until all senders rest, then until nothing is left.
    func run(target: Int, seed: UInt64) async {
        var random = SeededRandom(seed: seed)
        var wake = 0
        while !progress.isOver(target) || progress.counts.senders > 0, progress.counts.problem == nil {
            if habit == .rare {
                wake += target / 6
                let due = wake
                await progress.wait { $0.acknowledged >= due || $0.senders == 0 }
            }
            guard let reply = await ask(timeoutMilliseconds: 1_000) else { continue }
            if habit == .careless, Bool.random(using: &random) { continue }
            await keep(reply)
        }
        await catchUp()
    }

    /// Reads until nothing is left.
    func catchUp() async {
        var isBehind = true
        while isBehind, progress.counts.problem == nil {
            guard let reply = await ask(timeoutMilliseconds: 0) else { continue }
            isBehind = await keep(reply) > 0
        }
    }

    private func ask(timeoutMilliseconds: Int) async -> JSON? {
        let limit = habit == .rare ? 5 : 20
        return await patiently {
            try await self.client.sync(
                since: self.token, timeoutMilliseconds: timeoutMilliseconds, filter: Self.filter(limit: limit))
        }
    }

    /// Adds a reply to the copy; the number of events that it brought.
    @discardableResult
    private func keep(_ reply: JSON) async -> Int {
        var count = 0
        for (room, part) in reply["rooms"]?["join"]?.objectValue ?? [:] {
            let timeline = part["timeline"]
            let events = Seen.list(timeline?["events"])
            let isLimited = timeline?["limited"]?.boolValue ?? false
            guard !events.isEmpty || isLimited else { continue }
            var batch = Batch(isLimited: isLimited, timeline: events)
            if isLimited, let from = timeline?["prev_batch"]?.stringValue {
                let known = copy.withLock { $0.newest[room] ?? 0 }
                batch.filled = await history(of: room, before: from, after: known)
            }
            count += events.count
            let added = batch
            copy.withLock { copy in
                copy.rooms[room, default: []].append(added)
                copy.newest[room] = (added.filled + added.timeline).map(\.seq).max() ?? copy.newest[room]
            }
        }
        let token = reply["next_batch"]?.stringValue
        copy.withLock { $0.token = token }
        return count
    }

    /// All events of a room between a place and what is known, oldest first.
    private func history(of room: String, before place: String, after known: Int64) async -> [Seen] {
        var found: [Seen] = []
        var from: String? = place
        while let page = from, progress.counts.problem == nil {
            guard let reply = await patiently({ try await self.client.messages(in: room, from: page) }) else {
                continue
            }
            let events = Seen.list(reply["chunk"])
            found += events.filter { $0.seq > known }
            from = events.contains { $0.seq <= known } ? nil : reply["end"]?.stringValue
        }
        return found.reversed()
    }

    /// The result of a call; nothing if the server was away, which it then waits for.
    private func patiently(_ call: () async throws -> JSON) async -> JSON? {
        do { return try await call() } catch let refusal as MatrixClient.Refusal {
            progress.fail(name, refusal)
        } catch {
            progress.broke(error)
            await progress.wait { $0.isUp }
        }
        return nil
    }
}

extension Seen {
    /// The events of a reply.
    static func list(_ events: JSON?) -> [Seen] {
        (events?.arrayValue ?? []).map { event in
            Seen(
                seq: event["unsigned"]?["shop.vitrine"]?["seq"]?.intValue ?? 0,
                event: event["event_id"]?.stringValue ?? "",
                mark: event["type"]?.stringValue == "m.room.message" ? event["content"]?["body"]?.stringValue : nil)
        }
    }
}

extension MatrixClient {
    /// A room from its first event to its last, read page by page in one direction; oldest first.
    func everything(in room: String, direction: String) async throws -> (seen: [Seen], timestamps: [Int64]) {
        var events: [JSON] = []
        var from: String?
        repeat {
            let page = try await messages(in: room, from: from, direction: direction)
            events += page["chunk"]?.arrayValue ?? []
            from = page["end"]?.stringValue
        } while from != nil
        if direction == "b" { events.reverse() }
        return (Seen.list(.array(events)), events.compactMap { $0["origin_server_ts"]?.intValue })
    }
}
