import Basics
import TestSupport
import Testing

@Suite("Audits", .timeLimit(.minutes(10)))
struct AuditConformanceTests {
    private static let secret = "audit-secret"

    @Test("MSG-33 an auditor sees the recalled messages of all rooms with their originals, and each access is noted")
    func recalled() async throws {
        try await AccountServer.run(["--registration-shared-secret", Self.secret]) { server in
            let root = try await server.administrator(secret: Self.secret)
            let alice = try await server.register("alice")
            var events: [String: String] = [:]
            for _ in 0..<3 {
                let room = try await alice.createRoom()
                try await alice.say("stays", in: room)
                let event = try await alice.say("off the books in \(room)", in: room)
                try await alice.redact(event, in: room, reason: "typing error")
                events[event] = room
            }
            for path in ["recalled", "accesses"] {
                try await alice.refused("GET", "/api/v1/audit/\(path)", 403, "M_FORBIDDEN")
            }
            var found: [JSON] = []
            var after = ""
            repeat {
                let page = try await root.call("GET", "/api/v1/audit/recalled?limit=2" + after)
                found += page["recalled"]?.arrayValue ?? []
                after = page["next"]?.stringValue.map { "&after=" + HTTPClient.escape($0) } ?? ""
            } while !after.isEmpty
            #expect(Set(found.map(\.eventID)) == Set(events.keys))
            for entry in found {
                let room = try #require(events[entry.eventID])
                #expect(entry["original"]?["body"]?.stringValue == "off the books in \(room)")
                #expect(entry["room_id"]?.stringValue == room)
                #expect(entry["sender"]?.stringValue == alice.userID)
                #expect(entry["recalled_by"]?.stringValue == alice.userID)
                #expect(entry["reason"] == "typing error")
            }
            let accesses = try await root.call("GET", "/api/v1/audit/accesses")["accesses"]?.arrayValue ?? []
            #expect(Set(accesses.compactMap { $0["room_id"]?.stringValue }) == Set(events.values))
            #expect(accesses.allSatisfy { $0["user"]?.stringValue == root.userID })
            let measured = try await server.http.send("GET", "/metrics").text
            for name in ["vitrine_commit_seconds", "vitrine_commit_commands"] {
                #expect(measured.contains("# TYPE \(name) histogram"))
                #expect(measured.contains("\n\(name)_bucket{le=\"+Inf\"} "))
            }
            let later = try await root.call("GET", "/api/v1/audit/recalled?from=\(Int64(1) << 52)")
            #expect(later["recalled"] == [])
            try await root.refused("GET", "/api/v1/audit/recalled?after=nonsense", 400, "M_INVALID_PARAM")
        }
    }
}
