import Basics
import Foundation
import TestSupport
import Testing

@Suite("A restored backup", .timeLimit(.minutes(10)))
struct RestoredBackupTests {
    /// The names of a room's messages, oldest first.
    private func texts(_ seen: [Seen]) -> [String] { seen.compactMap(\.mark) }

    @Test("MSG-76 a restored backup gives clients with newer tokens the whole state and limited timelines")
    func restored() async throws {
        let folder = NSTemporaryDirectory() + "vitrine-restore-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try await VitrineProcess.start(dataDirectory: folder + "/data", flags: ["--no-rate-limits"])
        let anna = try await MatrixClient(server.http).register("anna")
        let phone = try await MatrixClient(server.http).login("anna")
        let room = try await anna.createRoom()
        for number in 1...30 { try await anna.say("kept \(number)", in: room, transaction: "a\(number)") }
        let older = try await phone.sync()["next_batch"]?.stringValue
        let backup = try await CommandRun.vitrine(["backup", "--data", folder + "/data", "--to", folder + "/backup"])
        #expect(backup.status == 0, "\(backup.errors)")
        for number in 1...40 { try await anna.say("gone \(number)", in: room, transaction: "b\(number)") }
        let newer = try await phone.sync()["next_batch"]?.stringValue
        #expect(older != newer)

        await server.stop()
        let restore = try await CommandRun.vitrine(
            ["restore", "--from", folder + "/backup", "--data", folder + "/data", "--force"])
        #expect(restore.status == 0, "\(restore.errors)")
        try await server.restart()

        for token in [older, newer] {
            let reply = try await phone.sync(since: token)
            let part = reply["rooms"]?["join"]?[room]
            #expect(part?["timeline"]?["limited"]?.boolValue == true)
            let state = part?["state"]?["events"]?.arrayValue ?? []
            let types = Set(state.compactMap { $0["type"]?.stringValue })
            #expect(types.isSuperset(of: ["m.room.create", "m.room.member", "m.room.power_levels"]))
            #expect(Seen.list(part?["timeline"]?["events"]).last?.mark == "kept 30")
        }
        let all = try await phone.everything(in: room, direction: "b").seen
        #expect(texts(all) == (1...30).map { "kept \($0)" })

        // A client that sends again what the backup does not know makes new events, and readers go on from there.
        let token = try await phone.sync(since: newer)["next_batch"]?.stringValue
        for number in 1...3 { try await anna.say("gone \(number)", in: room, transaction: "b\(number)") }
        let reply = try await phone.sync(since: token)
        let timeline = reply["rooms"]?["join"]?[room]?["timeline"]
        #expect(timeline?["limited"]?.boolValue == false)
        #expect(texts(Seen.list(timeline?["events"])) == (1...3).map { "gone \($0)" })
        await server.stop()
    }
}
