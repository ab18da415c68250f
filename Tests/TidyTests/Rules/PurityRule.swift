/// What a feature's Core may not touch: the network, the clock, the disk, a logger, a task.
enum PurityRule {
    private static let imports = Pattern(
        #"^\s*(?:\w+\s+)*import\s+(Storage|GRDB|NIO\w*|Hummingbird\w*|Logging|Dispatch|ServiceLifecycle)\b"#)

    private static let calls: [(Pattern, String)] = [
        (Pattern(#"\bDate\(\)|\bDate\.now\b|\bContinuousClock\(|\bSystemWallClock\("#), "reads the clock"),
        (Pattern(#"\bFileManager\b|\bFileHandle\b|contentsOf:"#), "touches the disk"),
        (Pattern(#"\bURLSession\b"#), "touches the network"),
        (Pattern(#"\bTask\s*[({]|\bTask\.detached\b|\basync\b|\bawait\b"#), "starts or awaits a task"),
        (Pattern(#"\bSystemRandomNumberGenerator\b|\.random\(in: [^,)]*\)|\bUUID\(\)"#), "draws its own randomness"),
        (Pattern(#"\bprint\("#), "prints"),
    ]

    static func findings(_ file: TextFile) -> [Finding] {
        guard file.isSwift, file.isUnder("Sources/Features"), file.path.contains("/Core/") else { return [] }
        return SwiftText(file.text).codeLines.numbered.flatMap { number, line -> [Finding] in
            let imported = imports.firstGroup(in: line).map {
                [Finding(file.path, line: number, "a core imports \($0): what it needs from outside is an argument")]
            }
            return (imported ?? [])
                + calls.filter { $0.0.isFound(in: line) }.map {
                    Finding(file.path, line: number, "a core \($0.1): what it needs from outside is an argument")
                }
        }
    }
}
