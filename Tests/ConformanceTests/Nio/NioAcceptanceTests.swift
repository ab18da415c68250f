import Foundation
import TestSupport
import Testing

@Suite("The client library matrix-nio")
struct NioAcceptanceTests {
    private static let checks = 33

    @Test("MSG-40 matrix-nio holds a whole conversation and passes all its checks")
    func conversation() async throws {
        let server = try await VitrineProcess.start(flags: ["--no-rate-limits"])
        let (status, output) = try await Self.run(against: server.baseURL)
        #expect(status == 0, "\(output)\n\(server.log.suffix(2_000))")
        #expect(output.hasSuffix("passed \(Self.checks), failed 0\n"), "\(output)")
        await server.stop()
    }

    private static func run(against address: String) async throws -> (status: Int32, output: String) {
        let script = Program.repository + "/Tests/ConformanceTests/nio_acceptance.py"
        let run = try await CommandRun.python(script, [address])
        return (run.status, run.output + run.errors)
    }
}
