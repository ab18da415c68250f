import Foundation
import HTTPTypes
import Logging
import Testing

@testable import Server

@Suite("The interface description")
struct InterfaceDescriptionTests {
    /// A method and a path with the names in braces left out, so that both sides may choose their own.
    private struct Operation: Hashable, CustomStringConvertible {
        let description: String

        init(_ method: String, _ path: some StringProtocol) {
            let segments = path.split(separator: "/").map { $0.first == "{" ? "{}" : String($0) }
            description = "\(method.uppercased()) /\(segments.joined(separator: "/"))"
        }
    }

    private static let page = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Documentation/api/openapi.yaml")

    /// Old prefixes answer like the new ones and are not described again.
    private static func current(_ path: String) -> String {
        path.replacing("/_matrix/client/r0/", with: "/_matrix/client/v3/")
            .replacing("/_matrix/media/r0/", with: "/_matrix/media/v3/")
            .replacing("/_matrix/media/v1/", with: "/_matrix/media/v3/")
    }

    private static func described(_ text: String) -> Set<Operation> {
        var path = ""
        var isInPaths = false
        var found: Set<Operation> = []
        let methods = ["get:", "put:", "post:", "patch:", "delete:"]
        for line in text.split(separator: "\n") {
            if let first = line.first, first != " " { isInPaths = line == "paths:" }
            guard isInPaths, let word = line.split(separator: " ").first else { continue }
            if line.hasPrefix("  /") {
                path = current(String(word.dropLast()))
            } else if let method = methods.first(where: { line.hasPrefix("    " + $0) }) {
                found.insert(Operation(String(method.dropLast()), path))
            }
        }
        return found
    }

    private static func answered() async throws -> Set<Operation> {
        let folder = FileManager.default.temporaryDirectory.appending(path: "vitrine-routes-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let settings = try ResolvedSettings(
            flags: [.data: folder.path, .serverName: "shop.example"], environment: [:], file: nil)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let server = try await VitrineServer(Configuration(settings), logger: logger)
        var table = RouteTable()
        server.addRoutes(to: &table)
        await server.core.close()
        return Set(table.routes.map { Operation($0.method.rawValue, current($0.pattern)) })
    }

    @Test("describes every route that answers, and no other")
    func complete() async throws {
        let described = Self.described(try String(contentsOf: Self.page, encoding: .utf8))
        let answered = try await Self.answered()
        #expect(answered.count > 100)
        #expect(answered.subtracting(described).map(\.description).sorted() == [])
        #expect(described.subtracting(answered).map(\.description).sorted() == [])
    }

    /// What the pages of the desk ask, with what they fill in as `{}`: a call of `request`, or one of the three words of
    /// `Web/matrix/desk.js`.
    private static func asked(_ script: String) -> [Operation] {
        func path(_ text: Substring) -> String {
            String(text.prefix { $0 != "?" }).replacing(/\$\{[^}]*\}/, with: "{}")
        }
        let direct = script.matches(of: /request\(\s*'([A-Z]+)',\s*(?:path)?[`'](\/[^`']*)[`']/).map {
            Operation(String($0.1), path($0.2))
        }
        let words = script.matches(of: /desk(Get|Post|Put)\([^,()]+,\s*[`']([^`']*)[`']/).map {
            Operation(String($0.1), "/api/v1/desk/" + path($0.2))
        }
        return direct + words
    }

    @Test("DESK-55 what the desk's pages ask of the server is described, so that a program can do all that they do")
    func console() throws {
        let described = Self.described(try String(contentsOf: Self.page, encoding: .utf8)).map(\.description)
        let web = Self.page.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Web")
        var asked: Set<Operation> = []
        for folder in ["desk", "widget", "supervisor"] {
            let files = try FileManager.default.contentsOfDirectory(atPath: web.appending(path: folder).path)
            for file in files where file.hasSuffix(".js") {
                let script = try String(contentsOf: web.appending(path: "\(folder)/\(file)"), encoding: .utf8)
                asked.formUnion(Self.asked(script))
            }
        }
        #expect(asked.count > 12)
        let unknown = asked.filter { operation in
            // What a page fills in may be a word of the path.
            let pattern = operation.description.split(separator: "/")
            return !described.contains { known in
                let segments = known.split(separator: "/")
                return segments.count == pattern.count
                    && zip(segments, pattern).allSatisfy { $0 == $1 || $0 == "{}" || $1 == "{}" }
            }
        }
        #expect(unknown.map(\.description).sorted() == [])
    }

    @Test("requests of scripts are read with what they fill in left open")
    func scripts() {
        let script = """
            await deskPost(this.client, `conversations/${number}/${what}`, body);
            client.request('GET', '/api/v1/desk/stats/days');
            client.request(
                'PUT', path`/api/v1/desk/alerts/${name}?a=b`, { body });
            """
        let asked = Set(Self.asked(script).map(\.description))
        #expect(
            asked == [
                "POST /api/v1/desk/conversations/{}/{}", "GET /api/v1/desk/stats/days", "PUT /api/v1/desk/alerts/{}",
            ])
    }

    @Test("is read line by line: paths, methods, names in braces apart, old prefixes folded")
    func reading() {
        let text =
            "info:\n  /no:\n    get: {}\npaths:\n  /a/{b}:\n    get: {x: y}\n    put:\n      a: b\ncomponents:\n  /no:\n    get:\n"
        #expect(Self.described(text) == [Operation("GET", "/a/{c}"), Operation("PUT", "/a/{c}")])
        #expect(Self.current("/_matrix/client/r0/sync") == "/_matrix/client/v3/sync")
    }
}
