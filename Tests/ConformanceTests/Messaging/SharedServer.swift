import Basics
import Synchronization
import TestSupport
import Testing

/// The suites that share one server: starting one for each test would cost more than the tests.
///
/// A test keeps to users and rooms that it made itself, so the tests do not see each other.
@Suite("Messaging over HTTP", .serialized, .sharedServer)
enum MessagingConformance {}

/// Starts a server before the first test of a suite and stops it after the last.
struct SharedServer: SuiteTrait, TestScoping {
    @TaskLocal static var current: VitrineProcess?

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let server = try await VitrineProcess.start(flags: ["--no-rate-limits"])
        try await Self.$current.withValue(server, operation: function)
        let status = await server.stop()
        #expect(status == 0, "the server did not end well: \(server.log.suffix(2_000))")
    }
}

extension Trait where Self == SharedServer {
    static var sharedServer: SharedServer { SharedServer() }
}

/// What the tests of messaging have in common.
enum Cast {
    static let password = "correct horse battery"
    private static let counter = Atomic<Int>(0)

    /// A text that no other call of this run returns.
    static func unique(_ text: String) -> String {
        "\(text)-\(counter.add(1, ordering: .relaxed).newValue)"
    }

    /// The server of the suite.
    static func server() throws -> VitrineProcess { try #require(SharedServer.current) }

    /// Somebody new, with one session.
    static func user(_ name: String = "user") async throws -> MatrixClient {
        try await MatrixClient(server().http).register(unique(name), password: password)
    }

    /// A room of the first user's that the others have joined.
    static func room(
        _ owner: MatrixClient, _ others: MatrixClient..., wish: JSONObject = [:]
    ) async throws -> String {
        var wish = wish
        wish["invite"] = .array(others.map { .string($0.userID) })
        let room = try await owner.createRoom(.object(wish))
        for other in others { try await other.join(room) }
        return room
    }
}

/// An empty object, which most replies that only say "done" are.
let emptyObject = JSON.object([:])
