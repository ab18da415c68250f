import Basics
import TestSupport

/// A few people with many devices in shared rooms.
struct Shop: Sendable {
    let senders: [Sender]
    let receivers: [Receiver]
    let rooms: [String]
    let progress = Progress()
    private let port: Int

    /// How long a device waits for a reply.
    private static let patienceSeconds = 2

    /// Makes accounts, rooms, two sending devices and two reading ones for everybody. The first user is in all rooms,
    /// the others are in every second one.
    init(on server: VitrineProcess, users: Int = 4, rooms roomCount: Int = 5) async throws {
        port = server.port
        let open: JSON = ["preset": "public_chat"]
        var rooms: [String] = []
        let owner = try await MatrixClient(server.http).register("user0")
        for _ in 0..<roomCount { rooms.append(try await owner.createRoom(open)) }
        var senders: [Sender] = []
        var receivers: [Receiver] = []
        for user in 0..<users {
            let session = user == 0 ? owner : try await MatrixClient(server.http).register("user\(user)")
            let own = rooms.indices.filter { user == 0 || (user + $0).isMultiple(of: 2) }.map { rooms[$0] }
            if user > 0 { for room in own { try await session.join(room) } }
            for device in 0..<2 {
                let name = "user\(user)-\(device)"
                let sending = try await Self.device(of: user, port: port)
                senders.append(Sender(sending, name: "send-\(name)", rooms: own, progress: progress))
                let habit = Receiver.Habit.allCases[(user + device) % Receiver.Habit.allCases.count]
                let reading = try await Self.device(of: user, port: port)
                receivers.append(Receiver(reading, name: "read-\(name)-\(habit)", habit: habit, progress: progress))
            }
        }
        self.rooms = rooms
        self.senders = senders
        self.receivers = receivers
        let count = senders.count
        progress.update { $0.senders = count }
    }

    private static func device(of user: Int, port: Int) async throws -> MatrixClient {
        try await MatrixClient(HTTPClient(port: port, timeoutSeconds: patienceSeconds)).login("user\(user)")
    }

    /// What everybody can testify, with two new devices that read all there is: one from the first event on, which
    /// stands for the store, and one from the last event back.
    func history() async throws -> (history: History, timestamps: [Int64]) {
        var history = History(
            sent: senders.flatMap(\.sent), stored: [:], devices: receivers.map(\.history))
        var timestamps: [Int64] = []
        let forwards = try await MatrixClient(HTTPClient(port: port)).login("user0")
        let backwards = try await MatrixClient(HTTPClient(port: port)).login("user0")
        var copy = DeviceHistory(name: "new", rooms: [:])
        for room in rooms {
            let all = try await forwards.everything(in: room, direction: "f")
            history.stored[room] = all.seen
            timestamps += all.timestamps
            let back = try await backwards.everything(in: room, direction: "b").seen
            copy.rooms[room] = [Batch(isLimited: true, filled: back, timeline: [])]
        }
        history.devices.append(copy)
        return (history, timestamps)
    }
}
