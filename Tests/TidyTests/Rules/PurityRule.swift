/// What a feature's Core may not touch: the network, the clock, the disk, a logger, a task.
enum PurityRule {
    private static let imports = Pattern(
        #"^[ \t]*(?:\w+[ \t]+)*import[ \t]+(Storage|GRDB|NIO\w*|Hummingbird\w*|Logging|Dispatch|ServiceLifecycle)\b"#)

    private static let calls: [(Pattern, String)] = [
        (Pattern(#"\bDate\(\)|\bDate\.now\b|\bContinuousClock\(|\bSystemWallClock\("#), "reads the clock"),
        (Pattern(#"\bFileManager\b|\bFileHandle\b|\b(Data|String)\(contentsOf"#), "touches the disk"),
        (Pattern(#"\bURLSession\b"#), "touches the network"),
        (Pattern(#"\bTask\s*[({]|\bTask\.detached\b|\basync\b|\bawait\b"#), "starts or awaits a task"),
        (Pattern(#"\bSystemRandomNumberGenerator\b|\.random\(in: [^,)]*\)|\bUUID\(\)"#), "draws its own randomness"),
        (Pattern(#"\bprint\("#), "prints"),
    ]

    static func findings(_ file: TextFile) -> [Finding] {
        guard file.isSwift, file.isUnder("Sources/Features"), file.path.contains("/Core/") else { return [] }
        let code = file.swift.code
        let imported = imports.matches(in: code).map { (line: $0.line, "imports \($0[1])") }
        let called = calls.flatMap { call in call.0.matches(in: code).map { (line: $0.line, call.1) } }
        return (imported + called).map {
            Finding(file.path, line: $0.line, "a core \($0.1): what it needs from outside is an argument")
        }
    }
}
