import Basics
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("The kit that tries businesses")
struct AdapterKitTests {
    private static let secret = "a secret of sixteen bytes or more"

    private func check(_ url: String) async throws -> (status: Int32, findings: [String: String]) {
        let file = NSTemporaryDirectory() + "vitrine-adapter-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let config: JSON = [
            "url": .string(url), "text": "/message",
            "body": ["car": "check", "slot": "{{key}}", "customer": "{{user}}"],
        ]
        try Data(config.encoded()).write(to: URL(filePath: file))
        let run = try await CommandRun.vitrine([
            "desk", "check-adapter", file, "--secret", Self.secret, "--json",
        ])
        let found = try JSON(parsing: Array(run.output.utf8))["findings"]?.arrayValue ?? []
        let pairs = found.map { ($0["check"]?.stringValue ?? "", $0["status"]?.stringValue ?? "") }
        return (run.status, Dictionary(pairs) { $1 })
    }

    @Test("DESK-73 the example stands everything: repetition, a cut connection, eight at once, wrong signatures")
    func good() async throws {
        let business = try await ExampleBusiness.start(flags: ["--secret", Self.secret])
        let (status, findings) = try await check(business.baseURL + "/appointments")
        #expect(status == 0)
        #expect(findings.count == 6)
        #expect(findings.values.allSatisfy { $0 == "ok" }, "\(findings)")
    }

    @Test("DESK-73 a business that does everything anew is found out, and one that checks no signature is warned of")
    func bad() async throws {
        let count = Atomic<Int>(0)
        let business = try HTTPReceiver { _ in
            .init(200, ["message": .string("booking number \(count.add(1, ordering: .relaxed).newValue)")])
        }
        let (status, findings) = try await check(business.baseURL + "/book")
        #expect(status == 1)
        #expect(findings["repetition"] == "fail")
        #expect(findings["at once"] == "fail")
        #expect(findings["signature"] == "warn")
        business.close()
    }
}
