/// Holds the routes that Server registers against Documentation/api/openapi.yaml, both ways.
///
/// Routes are rows like `routes.get("/_matrix/client/v3/sync", .sync)` or `routes.on(.put, "/path/{name}", ...)`. Names in
/// braces may differ between the two; the rest may not. A part that is interpolated stands for anything.
enum RouteRules {
    struct Operation: Sendable, Hashable, CustomStringConvertible {
        let method: String
        let path: String

        init(_ method: String, _ path: String) {
            self.method = method
            self.path = path.split(separator: "/").map { $0.hasPrefix("{") ? "{}" : String($0) }.joined(separator: "/")
        }

        /// Whether a registered row is that operation. A row with an interpolated part, which only the program knows, is
        /// compared before and after it.
        func covers(_ operation: Operation) -> Bool {
            guard method == operation.method, path.contains("\\(") else { return self == operation }
            let before = path.prefix { $0 != "\\" }
            let after = path.split(separator: ")").last ?? ""
            return operation.path.hasPrefix(before) && (path.hasSuffix(")") || operation.path.hasSuffix(after))
        }

        var description: String { "\(method.uppercased()) /\(path)" }
    }

    private static let shorthand = Pattern(
        #"routes\s*\.(get|put|post|delete|openGet|openPost|openPut)\(\s*"((?:/|\\\()[^"]*)""#)
    private static let general = Pattern(#"routes\s*\.on\(\s*\.(\w+),\s*"((?:/|\\\()[^"]*)""#)

    /// Every route that a source file of Server registers by a literal path; examples in comments are none.
    static func registered(_ file: TextFile) -> Set<Operation> {
        guard file.isSwift, file.isUnder("Sources/Server") else { return [] }
        let comments = file.swift.comments.split(separator: "\n", omittingEmptySubsequences: false)
        let rows = (shorthand.matches(in: file.text) + general.matches(in: file.text)).filter { match in
            comments[match.line - 1].allSatisfy { $0 == " " }
        }
        return Set(rows.map { Operation($0[1].replacing("open", with: "").lowercased(), $0[2]) })
    }

    /// Every operation of an OpenAPI file whose paths and methods stand on lines of their own.
    static func described(_ file: TextFile) -> Set<Operation> {
        var path = ""
        var isInPaths = false
        var found: Set<Operation> = []
        for line in file.lines {
            if let first = line.first, first != " ", first != "#" { isInPaths = line.hasPrefix("paths:") }
            guard isInPaths else { continue }
            if let next = pathLine.firstMatch(in: line) { path = next[1] }
            if let method = methodLine.firstMatch(in: line) { found.insert(Operation(method[1], path)) }
        }
        return found
    }

    private static let pathLine = Pattern(#"^  (/[^:\s]*):"#)
    private static let methodLine = Pattern(#"^    (get|put|post|delete):"#)

    static func findings(registered: Set<Operation>, described: Set<Operation>) -> [Finding] {
        let absent = registered.filter { row in !described.contains { row.covers($0) } }.map {
            Finding("Documentation/api/openapi.yaml", "does not describe \($0)")
        }
        let gone = described.filter { operation in !registered.contains { $0.covers(operation) } }.map {
            Finding("Documentation/api/openapi.yaml", "describes \($0), which no route answers")
        }
        return (absent + gone).sorted { $0.problem < $1.problem }
    }
}
