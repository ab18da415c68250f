import Basics
import Foundation
import Storage
import TestSupport
import Testing

@testable import Server

@Suite("The doctor finds what is wrong and says what to do")
struct DoctorTests {
    private func findings(_ data: String, _ flags: [String] = []) async throws -> (Int32, [String: JSON]) {
        let run = try await CommandRun.vitrine(["doctor", "--json", "--data", data] + flags)
        let json = try JSON(parsing: Array(run.output.utf8))
        var found: [String: JSON] = [:]
        for finding in json["findings"]?.arrayValue ?? [] { found[finding["check"]?.stringValue ?? ""] = finding }
        return (run.status, found)
    }

    private func withData(_ body: (String) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "vitrine-doctor-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let run = try await CommandRun.vitrine(["user", "list", "--data", folder + "/data"])
        try #require(run.status == 0, "\(run.errors)")
        try await body(folder + "/data")
    }

    @Test("a healthy installation passes, with or without a server on it")
    func healthy() async throws {
        try await withData { data in
            let (status, found) = try await findings(data)
            #expect(status == 0)
            for check in ["data folder", "server", "database", "schema", "commits", "media", "clock"] {
                #expect(found[check]?["status"] == "ok", "\(check): \(found[check]?.text ?? "")")
            }
        }
        let server = try await VitrineProcess.start()
        let (status, found) = try await findings(server.dataDirectory)
        #expect(status == 0)
        #expect(found["server"]?["message"]?.stringValue?.contains("A server runs") == true)
        await server.stop()
    }

    @Test("DESK-47 the doctor finds conversations that are stuck, and none on a desk that works")
    func desk() async throws {
        try await withData { data in
            #expect(try await findings(data).1["service desk"]?["status"] == "ok")
            let database = try Database.open(path: data + "/vitrine.db", migrations: ServerCore.migrations)
            try await database.write { context in
                try context.connection.script(
                    """
                    INSERT INTO desk_queue VALUES (1, 1, 'sales', 0, 0, 0, 60000, NULL, NULL, 1);
                    INSERT INTO desk_conversation VALUES (7, 1, 1, 'buy', 1, 1, NULL, 1, 1, NULL, NULL, 0, '[]', 1, 9,
                      1, NULL, 0, '{}', 1, 1, NULL, NULL, 0, 0, NULL);
                    INSERT INTO desk_transition VALUES (7, 1, 1000000, NULL, 1, NULL, NULL, 1, 'opened', NULL, NULL, 1,
                      NULL);
                    """)
            }
            await database.close()
            let stuck = try await findings(data).1["service desk"]
            #expect(stuck?["status"] == "warn")
            #expect(stuck?["message"]?.stringValue?.contains("no agent could ever take: 7") == true)
            let broken = try Database.open(path: data + "/vitrine.db", migrations: ServerCore.migrations)
            try await broken.write { context in
                try context.connection.script(
                    """
                    UPDATE desk_conversation SET n = 5;
                    INSERT INTO desk_agent(user_no, status, capacity, skills, load) VALUES (3, 2, 2, '[]', 1);
                    INSERT INTO desk_roster VALUES (1, 3);
                    """)
            }
            await broken.close()
            let (status, found) = try await findings(data)
            #expect(status == 1 && found["service desk"]?["status"] == "fail")
        }
    }

    @Test("a folder that does not exist yet is a warning")
    func absent() async throws {
        let (status, found) = try await findings(NSTemporaryDirectory() + "vitrine-absent-\(UUID().uuidString)")
        #expect(status == 0)
        #expect(found["data folder"]?["status"] == "warn")
        #expect(found["database"]?["status"] == "warn")
    }

    @Test("a damaged database fails, and the advice is to restore")
    func damaged() async throws {
        try await withData { data in
            let path = data + "/vitrine.db"
            let file = try #require(FileHandle(forUpdatingAtPath: path))
            let size = try file.seekToEnd()
            for page in stride(from: 3 * 4_096, to: Int(size), by: 4_096) {
                try file.seek(toOffset: UInt64(page))
                try file.write(contentsOf: Data(repeating: 0xA5, count: 512))
            }
            try file.close()
            let (status, found) = try await findings(data)
            #expect(status == 1)
            #expect(found["database"]?["status"] == "fail")
            #expect(found["database"]?["advice"]?.stringValue?.contains("restore") == true)
        }
    }

    @Test("a file that is no database fails", arguments: ["", "not a database at all, but text of some length\n"])
    func foreign(content: String) async throws {
        try await withData { data in
            try Data(content.utf8).write(to: URL(filePath: data + "/vitrine.db"))
            let (status, found) = try await findings(data)
            #expect(status == 1)
            #expect(found["database"]?["status"] == "fail")
        }
    }

    @Test("a web folder without pages fails, an open address without TLS is a warning")
    func surroundings() async throws {
        try await withData { data in
            let (status, found) = try await findings(data, ["--web", data, "--listen", "0.0.0.0:80"])
            #expect(status == 1)
            #expect(found["web pages"]?["status"] == "fail")
            #expect(found["address"]?["status"] == "warn")
        }
    }

    @Test("a folder that everybody may enter is a warning")
    func mode() async throws {
        try await withData { data in
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: data)
            let (_, found) = try await findings(data)
            #expect(found["data folder"]?["status"] == "warn")
            #expect(found["data folder"]?["advice"]?.stringValue?.contains("chmod") == true)
        }
    }
}
