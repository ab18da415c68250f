import Testing

@Suite("Arrows between targets point down")
struct ArrowTests {
    @Test("every import of the repository is in the table")
    func repository() {
        #expect(Repository.swiftFiles.count > 20)
        #expect(Repository.swiftFiles.flatMap(ArrowRule.findings) == [])
    }

    @Test("every target that has sources is in the table")
    func known() {
        let targets = Set(
            Repository.swiftFiles.filter { $0.isUnder("Sources") }.compactMap { ArrowRule.target(of: $0.path) })
        #expect(targets.subtracting(ArrowRule.floors.keys) == [])
    }

    @Test("the table has no circle")
    func noCircle() {
        #expect(ArrowRule.circle(in: ArrowRule.floors) == nil)
        #expect(ArrowRule.circle(in: ["A": ["B"], "B": ["C"], "C": ["B"]]) == ["B", "C", "B"])
    }

    @Test(
        "an arrow that points up or aside is found",
        arguments: [
            ("Sources/Base/Basics/A.swift", "import Storage"),
            ("Sources/Engines/Storage/A.swift", "package import Messaging"),
            ("Sources/Engines/Imaging/A.swift", "@testable import Accounts"),
            ("Sources/Features/Messaging/Core/A.swift", "internal import Hummingbird"),
            ("Sources/Features/Messaging/Store/A.swift", "import GRDB"),
            ("Sources/Engines/Storage/A.swift", "import CArgon2"),
            ("Sources/Server/Sync/A.swift", "import struct CWebP.WebPConfig"),
            ("Sources/Server/A.swift", "@preconcurrency import GRDB"),
            ("Sources/Apps/vitrine/A.swift", "import NIOCore"),
            ("Tests/StorageTests/A.swift", "import Messaging"),
            ("Tests/ImagingTests/A.swift", "import NIOCore"),
        ])
    func found(path: String, line: String) {
        #expect(ArrowRule.findings(TextFile(path: path, text: "// first\n\(line)\n")).map(\.line) == [2])
    }

    @Test(
        "an arrow of the table is no finding",
        arguments: [
            ("Sources/Engines/Storage/A.swift", "internal import GRDB\npublic import Basics\nimport Foundation"),
            ("Sources/Features/Messaging/Store/A.swift", "package import Storage\nimport Synchronization"),
            ("Sources/Server/A.swift", "import Hummingbird\nimport NIOCore"),
            (
                "Tests/MessagingTests/A.swift",
                "@testable import Messaging\nimport TestSupport\nimport Testing\nimport Storage"
            ),
            ("Tests/ServerTests/A.swift", "import NIOPosix\nimport Server"),
            ("Sources/Base/Basics/A.swift", "// import Storage\nlet a = \"import Storage\"\nlet important = 1"),
            ("Scripts/a.swift", "import Anything"),
        ])
    func fine(path: String, text: String) {
        #expect(ArrowRule.findings(TextFile(path: path, text: text)) == [])
    }
}

@Suite("A feature's core is pure")
struct PurityTests {
    @Test("no core of the repository touches network, clock, disk, logger or task")
    func repository() {
        #expect(Repository.swiftFiles.flatMap(PurityRule.findings) == [])
    }

    @Test(
        "what reaches outside is found",
        arguments: [
            "import Storage", "internal import Logging", "let now = Date()", "let f = FileManager.default",
            "Task { 1 }",
            "func f() async {}", "let x = Int.random(in: 0..<3)", "print(1)", "let id = UUID()",
        ])
    func found(line: String) {
        #expect(PurityRule.findings(TextFile(path: "Sources/Features/Messaging/Core/A.swift", text: line)).count == 1)
        #expect(PurityRule.findings(TextFile(path: "Sources/Features/Messaging/Store/A.swift", text: line)) == [])
    }

    @Test(
        "values and arguments are no finding",
        arguments: [
            "let x = Int.random(in: 0..<3, using: &random)", "// awaits nothing, Date() neither", "import Foundation",
            "let clock: any WallClock",
        ])
    func fine(line: String) {
        #expect(PurityRule.findings(TextFile(path: "Sources/Features/Messaging/Core/A.swift", text: line)) == [])
    }
}
