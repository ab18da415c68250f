import Basics
import Foundation
import ServiceDesk
import TestSupport
import Testing

/// `vitrine desk rehearse` is killed in the middle of its work, again and again on the same folder.
///
/// With `VITRINE_FAULT_FULL=1` 200 times, else a few.
@Suite("A killed desk", .serialized)
struct DeskKillTests {
    @Test(
        "DESK-15 DESK-26 DESK-47 DESK-70 kill -9 at any moment loses nothing that was answered and leaves nothing half done"
    )
    func kills() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/vitrine-desk-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let seed = UInt64.random(in: 0..<1 << 32)
        var random = SeededRandom(seed: seed)
        var answered: [Rehearsal.Answer] = []
        for round in 0..<(TestSize.isFull ? 200 : 4) as Range<UInt64> {
            let limit = 1 + Int(random.next() % 60)
            answered += try await onThread { try Self.run(folder, seed: seed &+ round, killAfter: limit) }
            let rehearsal = try await Rehearsal.open(folder: folder)
            let problems = try await rehearsal.problems(answered: answered)
            await rehearsal.close()
            #expect(problems == [], "seed \(seed), round \(round)")
            guard problems.isEmpty else { return }
        }
        #expect(!answered.isEmpty)
    }

    /// Starts the program and kills it after some answers; all that it answered.
    private static func run(_ folder: String, seed: UInt64, killAfter limit: Int) throws -> [Rehearsal.Answer] {
        let child = Process()
        child.executableURL = URL(filePath: try Program.path())
        child.arguments = ["desk", "rehearse", folder, "--steps", "400", "--seed", "\(seed)", "--tell"]
        // What steers the tests is no setting of the program.
        child.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("VITRINE_") }
        let output = Pipe()
        child.standardOutput = output
        try child.run()
        var bytes: [UInt8] = []
        var lines = 0
        while lines < limit, let byte = try output.fileHandleForReading.read(upToCount: 1)?.first {
            bytes.append(byte)
            if byte == UInt8(ascii: "\n") { lines += 1 }
        }
        kill(child.processIdentifier, SIGKILL)
        child.waitUntilExit()
        // What was answered before the kill and not read yet was answered too; a line that was cut was not.
        bytes += try output.fileHandleForReading.readToEnd() ?? Data()
        let whole = bytes.lastIndex(of: UInt8(ascii: "\n")).map { bytes[...$0] } ?? []
        return String(decoding: whole, as: UTF8.self).split(separator: "\n").compactMap { .init(line: $0) }
    }
}
