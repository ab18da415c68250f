/// The operator's guide names every setting that there is, and no setting or measurement that there is not.
enum OperationsRule {
    private static let cases = Pattern(#"^    case ([^\n(]+)$"#)
    private static let key = Pattern(#"(\w+)(?: = "(\w+)")?"#)
    private static let tableKey = Pattern(#"^\| ((?:`[a-z_]+`(?:, )?)+) \| `--"#)
    private static let quoted = Pattern(#"`([a-z_]+)`"#)
    private static let measurement = Pattern(#"\bvitrine_[a-z_]+"#)

    /// The keys of `enum Setting`, up to its first nested type.
    static func settings(_ source: TextFile) -> Set<String> {
        let head = source.text.split(separator: "enum Kind").first ?? ""
        return Set(
            cases.matches(in: head).flatMap { match in
                match[1].split(separator: ",").compactMap { name in
                    key.firstMatch(in: name).map { $0[2].isEmpty ? $0[1] : $0[2] }
                }
            })
    }

    static func findings(guide: TextFile, settings: Set<String>) -> [Finding] {
        let told = tableKey.matches(in: guide.text).flatMap { row in
            quoted.matches(in: row[1]).map { (key: $0[1], line: row.line) }
        }
        let missing = settings.subtracting(told.map(\.key)).sorted().map {
            Finding(guide.path, "does not tell of the setting \($0)")
        }
        return missing
            + told.filter { !settings.contains($0.key) }.map {
                Finding(guide.path, line: $0.line, "there is no setting \($0.key)")
            }
    }

    static func unknownMeasurements(guide: TextFile, sources: [TextFile]) -> [Finding] {
        let known = Set(sources.flatMap { measurement.matches(in: $0.swift.strings).map { $0[0] } })
        return measurement.matches(in: guide.text).filter { !known.contains($0[0]) }.map {
            Finding(guide.path, line: $0.line, "there is no measurement \($0[0])")
        }
    }
}
