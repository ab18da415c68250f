import Basics
import Foundation
import TestSupport
import Testing

@testable import Server

@Suite("The program at the terminal")
struct ProgramTests {
    /// A folder that is removed with the object.
    private final class Folder: Sendable {
        let path = NSTemporaryDirectory() + "vitrine-program-\(UUID().uuidString)"

        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(_ text: String, to name: String) throws {
            try Data(text.utf8).write(to: URL(filePath: path + "/" + name))
        }
    }

    @Test("every setting has its flag, and the help says what the table says")
    func flags() async throws {
        let help = try await CommandRun.vitrine(["serve", "--help"]).output
        let words = help.split { $0.isWhitespace }.joined(separator: " ")
        for setting in Setting.allCases {
            #expect(words.contains(setting.flag), "\(setting.flag)")
            if setting != .rateLimits { #expect(words.contains(setting.row.help), "\(setting.flag)") }
        }
    }

    @Test("the effective configuration is shown with its sources")
    func show() async throws {
        let folder = try Folder()
        try folder.write("shop_name = \"Corner\"\nlisten = \":1\"\nmax_connections = 7\n", to: "vitrine.toml")
        let run = try await CommandRun.vitrine(
            ["config", "show", "--data", folder.path, "--registration", "open"], environment: ["VITRINE_LISTEN": ":2"])
        #expect(run.status == 0)
        let lines = run.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(lines.contains("shop_name Corner file \(folder.path)/vitrine.toml"))
        #expect(lines.contains("listen :2 environment VITRINE_LISTEN"))
        #expect(lines.contains("max_connections 7 file \(folder.path)/vitrine.toml"))
        #expect(lines.contains("registration open flag --registration"))
        #expect(lines.contains("log_level info default"))
    }

    @Test(
        "a file with faults is refused, saying where",
        arguments: [("lisen = \"x\"", "listen"), ("listen = ", "line 1"), ("[listen]\na = 1", "listen")])
    func faultyFile(text: String, expected: String) async throws {
        let folder = try Folder()
        try folder.write(text, to: "vitrine.toml")
        let run = try await CommandRun.vitrine(["config", "show", "--data", folder.path])
        #expect(run.status != 0)
        #expect(run.errors.contains(expected))
    }

    @Test("a server prints one line with its address, and ends by a signal with status 0")
    func serve() async throws {
        let server = try await VitrineProcess.start()
        let reply = try await server.http.send("GET", "/health/ready")
        #expect(reply.json["status"] == "ready")
        #expect(try await server.http.send("GET", "/health/live").status == 200)
        #expect(try await server.http.send("GET", "/metrics").text.contains("vitrine_commits_total"))
        #expect(await server.stop() == 0)
        try await server.restart()
        server.signal(SIGINT)
        #expect(await server.exitStatus() == 0)
    }

    @Test("two servers do not share a folder, nor does a command that writes")
    func exclusive() async throws {
        let server = try await VitrineProcess.start()
        let second = try await CommandRun.vitrine(["serve", "--data", server.dataDirectory, "--listen", "127.0.0.1:0"])
        #expect(second.status != 0)
        let create = try await CommandRun.vitrine(
            ["user", "create", "anna", "--generate", "--data", server.dataDirectory])
        #expect(create.status != 0)
        #expect(create.errors.contains("Stop it first"))
        await server.stop()
    }

    @Test("DESK-03 staff that the program makes has an id that says nothing, and the doctor names ids that tell")
    func opaque() async throws {
        let folder = try Folder()
        let data = ["--data", folder.path + "/data"]
        let made = try await CommandRun.vitrine(
            ["user", "create", "Anna", "--staff", "--password-stdin"] + data, input: "a long password\n")
        #expect(made.output.hasPrefix("Created @s.") && made.output.hasSuffix(":localhost, who logs in as Anna.\n"))
        #expect(!made.output.contains("@anna"))
        for taken in [["anna"], ["ANNA", "--staff"]] {
            let again = try await CommandRun.vitrine(["user", "create"] + taken + ["--generate"] + data)
            #expect(again.errors.contains("taken"))
        }
        let reset = try await CommandRun.vitrine(["user", "reset", "anna", "--generate"] + data)
        #expect(reset.status == 0 && reset.output.hasPrefix("@s."))
        func told() async throws -> String {
            try await CommandRun.vitrine(["doctor"] + data).output
        }
        #expect(try await !told().contains("staff accounts"))
        let plain = try await CommandRun.vitrine(
            ["user", "create", "boris", "--staff", "--plain-id", "--generate"] + data)
        #expect(plain.output.hasPrefix("Created @boris:localhost.\n"))
        #expect(try await told().contains("may tell customers who answers: boris."))
    }

    @Test("accounts are made, listed, changed and shut without a server")
    func users() async throws {
        let folder = try Folder()
        let data = ["--data", folder.path + "/data"]
        let created = try await CommandRun.vitrine(
            ["user", "create", "Anna", "--staff", "--plain-id", "--display-name", "Anna A.", "--password-stdin"] + data,
            input: "a long password\n")
        #expect(created.output == "Created @anna:localhost.\n")
        let generated = try await CommandRun.vitrine(["user", "create", "bo", "--admin", "--generate"] + data)
        #expect(generated.output.contains("Password: "))
        let short = try await CommandRun.vitrine(["user", "create", "c", "--password-stdin"] + data, input: "x\n")
        #expect(short.status != 0)
        #expect(short.errors.contains("8 to"))
        let again = try await CommandRun.vitrine(["user", "create", "anna", "--generate"] + data)
        #expect(again.errors.contains("taken"))
        let reset = try await CommandRun.vitrine(["user", "reset", "@bo:localhost", "--generate"] + data)
        #expect(reset.status == 0)
        let gone = try await CommandRun.vitrine(["user", "deactivate", "bo"] + data)
        #expect(gone.output == "Deactivated @bo:localhost.\n")
        let nobody = try await CommandRun.vitrine(["user", "reset", "nobody", "--generate"] + data)
        #expect(nobody.errors.contains("no account 'nobody'"))
        let list = try JSON(parsing: try await CommandRun.vitrine(["user", "list", "--json"] + data).output.trimmed)
        let users = list.arrayValue ?? []
        #expect(users.map { $0["user_id"]?.stringValue } == ["@anna:localhost", "@bo:localhost"])
        #expect(users.first?["kind"] == "staff")
        #expect(users.first?["display_name"] == "Anna A.")
        #expect(users.last?["deactivated"] == true)
    }

    @Test("a server name is for ever")
    func serverName() async throws {
        let folder = try Folder()
        let data = ["--data", folder.path]
        let first = try await CommandRun.vitrine(
            ["user", "list"] + data, environment: ["VITRINE_SERVER_NAME": "shop.example"])
        #expect(first.status == 0)
        let other = try await CommandRun.vitrine(
            ["user", "list"] + data, environment: ["VITRINE_SERVER_NAME": "other.example"])
        #expect(other.status != 0)
        #expect(other.errors.contains("shop.example"))
    }

    @Test("a backup of a running server, restored elsewhere, holds the same accounts")
    func backup() async throws {
        let server = try await VitrineProcess.start()
        try await server.addStaff(name: "mei", password: "a long password")
        let folder = try Folder()
        let backup = folder.path + "/backup"
        let made = try await CommandRun.vitrine(["backup", "--data", server.dataDirectory, "--to", backup])
        #expect(made.status == 0, "\(made.errors)")
        await server.kill()
        let restored = try await CommandRun.vitrine(["restore", "--from", backup, "--data", folder.path + "/data"])
        #expect(restored.status == 0, "\(restored.errors)")
        let list = try await CommandRun.vitrine(["user", "list", "--data", folder.path + "/data"])
        #expect(list.output.contains("@mei:localhost"))
        let twice = try await CommandRun.vitrine(["restore", "--from", backup, "--data", folder.path + "/data"])
        #expect(twice.status != 0)
    }
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
