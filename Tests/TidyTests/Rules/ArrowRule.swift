/// Which module may import which: the table of allowed arrows between the floors.
///
/// Documentation/Modules.md tells the same in words. An arrow that is not here is a decision: add the row and say why
/// in Documentation/Decisions.
enum ArrowRule {
    /// What every file may import: the toolchain's own modules.
    static let toolchain: Set<String> = [
        "Swift", "Foundation", "FoundationEssentials", "Synchronization", "Glibc", "Darwin", "Dispatch",
    ]

    /// Modules of the toolchain or of packages that are allowed in the named targets only.
    static let guests: [String: Set<String>] = [
        "GRDB": ["Storage"], "GRDBSQLite": ["Storage"], "SQLite3": ["Storage"],
        "Crypto": [
            "Learning", "Storage", "VectorShards", "Accounts", "Messaging", "ServiceDesk", "VisualSearch", "Server",
        ],
        "CArgon2": ["Accounts"], "COnnxRuntime": ["Inference"], "CCage": ["Inference"], "CKernels": ["Kernels"],
        "CTorch": ["Learning"],
        "CTurboJPEG": ["Imaging"], "CPNG": ["Imaging"], "CWebP": ["Imaging"], "CZlib": ["Archives"],
        "Hummingbird": ["Server"], "HummingbirdCore": ["Server"], "HTTPTypes": ["Server"],
        "NIOCore": ["Server"], "NIOPosix": ["Server"], "NIOHTTP1": ["Server"], "NIOHTTPTypes": ["Server"],
        "NIOHTTPTypesHTTP1": ["Server"], "AsyncHTTPClient": ["Server"],
        "ServiceLifecycle": ["Server"], "UnixSignals": ["Server"],
        "Logging": ["Server", "vitrine"],
        "ArgumentParser": ["vitrine", "vitrine-train"], "TOMLKit": ["vitrine"],
        "Testing": ["TestSupport"], "FoundationNetworking": ["TestSupport"],
    ]

    /// The project's own targets, floor by floor, and what each may stand on.
    static let floors: [String: Set<String>] = [
        "Basics": [],
        "Archives": [],
        "Kernels": [],
        "Storage": ["Basics"],
        "Imaging": ["Basics", "Archives", "Kernels"],
        "Inference": ["Basics", "Kernels", "Imaging", "Evaluation"],
        "Evaluation": ["Basics", "Kernels"],
        "VectorIndex": ["Basics", "Kernels"],
        "VectorShards": ["Basics", "VectorIndex"],
        "Learning": ["Basics", "Archives", "Kernels", "Imaging"],
        "Accounts": ["Basics", "Storage"],
        "Messaging": ["Basics", "Storage", "Accounts", "Imaging"],
        // The one feature that stands on another: its conversations are rooms.
        "ServiceDesk": ["Basics", "Storage", "Accounts", "Messaging"],
        "Panorama": ["Basics", "Archives", "Kernels", "Imaging"],
        "VisualSearch": [
            "Basics", "Archives", "Kernels", "Storage", "Imaging", "Inference", "VectorIndex", "Evaluation",
        ],
        "Server": [
            "Basics", "Archives", "Storage", "Evaluation", "Inference", "Accounts", "Imaging", "VectorIndex",
            "Messaging",
            "VisualSearch", "Panorama", "ServiceDesk",
        ],
        "vitrine": [
            "Basics", "Kernels", "Storage", "Evaluation", "Inference", "Accounts", "Imaging", "VectorIndex",
            "Messaging",
            "ServiceDesk", "VisualSearch", "Panorama", "Server",
        ],
        "vitrine-train": ["Basics", "Evaluation", "Imaging", "Inference", "Learning", "Storage"],
        "TestSupport": ["Basics", "Storage", "Inference", "Accounts", "Imaging", "Messaging", "Server"],
    ]

    /// What test targets may import beside the target they test and everything below it.
    static let testGuests: Set<String> = ["Testing", "TestSupport", "Basics", "FoundationNetworking", "Crypto"]

    /// Test targets whose sockets or signals are the thing under test.
    static let networkTests: Set<String> = ["ServerTests", "ConformanceTests", "SimulationTests", "CrashTests"]

    private static let importLine = Pattern(
        #"^[ \t]*(?:(?:@\w+(?:\([^)\n]*\))?|public|package|internal|fileprivate|private)[ \t]+)*import[ \t]+"#
            + #"(?:(?:typealias|struct|class|enum|protocol|let|var|func)[ \t]+)?(\w+)"#)

    static func findings(_ file: TextFile) -> [Finding] {
        guard let target = target(of: file.path) else { return [] }
        return importLine.matches(in: file.swift.code).compactMap { match in
            problem(target, imports: match[1]).map { Finding(file.path, line: match.line, $0) }
        }
    }

    static func problem(_ target: String, imports name: String) -> String? {
        let isFine =
            toolchain.contains(name) || name == target
            || (target.hasSuffix("Tests") ? isFine(test: target, imports: name) : isFine(target, imports: name))
        return isFine ? nil : "\(target) may not import \(name) (the table of arrows is in ArrowRule.swift)"
    }

    private static func isFine(_ target: String, imports name: String) -> Bool {
        floors[target, default: []].contains(name) || guests[name, default: []].contains(target)
    }

    private static func isFine(test: String, imports name: String) -> Bool {
        let tested = String(test.dropLast("Tests".count))
        if testGuests.contains(name) { return true }
        if networkTests.contains(test), guests[name] != nil { return true }
        // Tests of no single target look at the whole product.
        if floors[tested] == nil { return floors[name] != nil }
        return name == tested || isFine(tested, imports: name)
    }

    /// The target that a source file belongs to; nil for files of no target.
    static func target(of path: String) -> String? {
        let parts = path.split(separator: "/").map(String.init)
        guard path.hasSuffix(".swift"), parts.count > 2 else { return nil }
        switch parts[0] {
        case "Tests": return parts[1]
        case "Sources" where parts[1] == "Server": return "Server"
        case "Sources": return parts.count > 3 ? parts[2] : nil
        default: return nil
        }
    }

    /// A table with a circle could not be a picture of floors.
    static func circle(in floors: [String: Set<String>]) -> [String]? {
        func walk(_ target: String, _ path: [String]) -> [String]? {
            if let start = path.firstIndex(of: target) { return Array(path[start...]) + [target] }
            for next in floors[target, default: []].sorted() {
                if let found = walk(next, path + [target]) { return found }
            }
            return nil
        }
        for target in floors.keys.sorted() {
            if let found = walk(target, []) { return found }
        }
        return nil
    }
}
