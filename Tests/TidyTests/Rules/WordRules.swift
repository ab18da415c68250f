/// Words that do not belong in sources: shortcuts that trap, sleeps, notes to self.
enum WordRules {
    struct Ban: Sendable {
        let pattern: Pattern
        let why: String
        /// Path prefixes where the word is right, each with its reason beside it.
        let allowed: [String]

        init(_ pattern: String, _ why: String, allowed: [String] = []) {
            self.pattern = Pattern(pattern)
            self.why = why
            self.allowed = allowed
        }
    }

    /// Banned in code everywhere.
    static let everywhere: [Ban] = [
        Ban(#"\btry!"#, "try! traps: throw, or say with a guard why it cannot fail"),
        Ban(#"\bas!"#, "as! traps: use as? with a guard"),
        Ban(#"[\w)\]}](?<!\btry)(?<!\bas)!(?![=\w])"#, "a force unwrap traps: use guard let or #require"),
        Ban(#"\bThread\.sleep|\busleep\(|\bsleep\(forTimeInterval"#, "a sleep blocks a thread"),
        Ban(
            #"\bTask\.sleep"#, "a sleep hides a race: wait for the event, or take the clock as an argument",
            allowed: sleepers),
        Ban(
            #"\bMutex<\(*@Sendable|\bMutex<\(*\([^>]*->"#,
            "a closure that stands in a lock by itself is wrapped again at each use: put it in a struct"),
    ]

    /// Banned in the product's code; tests and their tools may use them.
    static let inSources: [Ban] = [
        Ban(#"\bfatalError\("#, "fatalError ends the server: throw, or use precondition for our own misuse"),
        Ban(#"(?<![\w.])print\("#, "print goes nowhere in a server: log it, or return it", allowed: ["Sources/Apps/"]),
        Ban(
            #"\bnonisolated\(unsafe\)|@unchecked\s+Sendable"#, "the compiler cannot check this for races",
            allowed: unchecked),
    ]

    /// What waits for time to pass, and for nothing else.
    static let sleepers: [String] = [
        "Sources/Features/Messaging/Pipeline/WakeHub.swift",  // one timer for the earliest deadline of all long polls
        "Sources/Features/Messaging/Pipeline/Bell.swift",  // the longest wait for a ring
        "Sources/Server/VisualSearch/ImportEvents.swift",  // how often a page is told of a job's progress
        "Sources/Server/Outgoing/OutgoingHTTP+pages.swift",  // the pause between two requests to one site
        "Sources/Server/Composition/Upkeep.swift",  // the clock of the regular work
        "Sources/Apps/vitrine-train/SharedWork.swift",  // the pulse of a lease, and waiting for other processes' pieces
        "Tests/TestSupport/",  // time limits for programs outside, such as a browser that hangs
    ]

    /// Files that guard their state by hand, each saying how in a comment.
    static let unchecked: [String] = [
        "Sources/Engines/Storage/",
        "Sources/Base/Kernels/Vectors/",  // raw memory that is written before it is published
        "Sources/Engines/VectorIndex/Store/SnapshotCell.swift",  // the protocol of its readers and its one writer
        "Sources/Engines/VectorIndex/Store/IndexWriter.swift",  // touched on its queue alone
        "Sources/Engines/Inference/Runtime/NativeHandle.swift",  // thread-safe by ONNX Runtime's documentation
    ]

    private static let note = Pattern(#"\b(TODO|FIXME|XXX|HACK)\b"#)

    static func findings(_ file: TextFile) -> [Finding] {
        guard file.isSwift else { return [] }
        let bans = everywhere + (file.isUnder("Sources") ? inSources : [])
        let open = bans.filter { ban in !ban.allowed.contains { file.path.hasPrefix($0) } }
        let words = open.flatMap { ban in
            ban.pattern.matches(in: file.swift.code).map { Finding(file.path, line: $0.line, ban.why) }
        }
        let notes = note.matches(in: file.swift.comments).map {
            Finding(file.path, line: $0.line, "a note to self: do it, or open an issue")
        }
        return words + notes
    }
}
