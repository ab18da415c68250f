import Basics
import Foundation
import TestSupport
import Testing

/// The load program of Benchmarks/peers against a server of the test: what it counts, not how fast it is.
@Suite("The load program", .timeLimit(.minutes(10)))
struct LoadProgramTests {
    private static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test("MSG-57 under load nothing is lost, doubled or out of order, as clients that check every message count it")
    func counts() async throws {
        let server = try await VitrineProcess.start(flags: ["--no-rate-limits"])
        let file = NSTemporaryDirectory() + "vitrine-load-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let (status, output) = try await Self.run(server, ["--rooms", "8", "--seconds", "3", "--json", file])
        #expect(status == 0, "\(output)\n\(server.log.suffix(2_000))")
        let result = try JSON(parsing: Array(Data(contentsOf: URL(filePath: file))))
        for fault in ["lost", "duplicates", "disorder"] { #expect(result[fault] == 0, "\(fault)") }
        #expect((result["sends"]?.intValue ?? 0) > 20)
        await server.stop()
    }

    private static func run(_ server: VitrineProcess, _ arguments: [String]) async throws -> (Int32, String) {
        let program = root.appending(path: "Benchmarks/peers/messaging_bench.py").path()
        let address = ["--base-url", server.baseURL, "--server-pid", String(server.processID)]
        let run = try await CommandRun.run(["python3", program] + address + arguments)
        return (run.status, run.output + run.errors)
    }
}
