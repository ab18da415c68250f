import Basics
import Foundation
import TestSupport
import Testing

/// The load program of a desk's day against a server of the test: what it counts, not how fast it is.
@Suite("The program of a desk's day", .timeLimit(.minutes(10)))
struct DeskDayTests {
    private static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test(
        "DESK-35 a few seconds of a day through the server: every conversation is served to its end and nothing is lost"
    )
    func day() async throws {
        try await DeskServer.run { desk in
            let file = NSTemporaryDirectory() + "vitrine-day-\(UUID().uuidString).json"
            defer { try? FileManager.default.removeItem(atPath: file) }
            let program = Self.root.appending(path: "Benchmarks/peers/desk_day.py").path()
            let run = try await CommandRun.run(
                [
                    "python3", program, "--base-url", desk.process.baseURL, "--server-pid",
                    String(desk.process.processID), "--admin", "mei", "--password", DeskServer.password,
                    "--per-second", "2", "--seconds", "4", "--messages", "4", "--think", "0.2", "--agents", "3",
                    "--capacity", "20", "--json", file,
                ])
            #expect(run.status == 0, "\(run.output) \(run.errors)")
            let result = try JSON(parsing: Array(Data(contentsOf: URL(filePath: file))))
            let count = try #require(result["conversations"]?.intValue)
            for fault in ["missing", "unassigned", "lost", "duplicates", "errors"] {
                #expect(result[fault] == 0, "\(fault): \(result)")
            }
            #expect(result["messages"]?.intValue == 4 * count && result["desk_opened"]?.intValue == count)
            #expect(result["desk_ended"]?.intValue == count && result["recomputed_equal"] == true)
        }
    }
}
