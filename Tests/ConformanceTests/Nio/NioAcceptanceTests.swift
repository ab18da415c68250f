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
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let python = folder.deletingLastPathComponent().deletingLastPathComponent().appending(path: ".venv/bin/python")
        try #require(
            FileManager.default.isExecutableFile(atPath: python.path()),
            "matrix-nio is not installed here: run Scripts/bootstrap test, which makes \(python.path()).")
        return try await onThread {
            let process = Process()
            process.executableURL = python
            process.arguments = [folder.appending(path: "nio_acceptance.py").path(), address]
            let output = Pipe()
            process.standardOutput = output
            process.standardError = output
            try process.run()
            let said = try output.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            return (process.terminationStatus, String(decoding: said, as: UTF8.self))
        }
    }
}
