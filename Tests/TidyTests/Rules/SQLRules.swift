/// Who may name which tables, and which SQL is shared by SQLite and PostgreSQL.
enum SQLRules {
    /// Table prefixes and the only folders whose strings may name such tables.
    static let owners: [(prefix: String, folders: [String])] = [
        ("msg_", ["Sources/Features/Messaging/Store", "Sources/Features/Messaging/Media"]),
        ("acc_", ["Sources/Engines/Accounts"]),
        ("desk_", ["Sources/Features/ServiceDesk/Store"]),
        ("card_", ["Sources/Features/ServiceDesk/Store"]),
        ("vis_", ["Sources/Features/VisualSearch/Store"]),
        ("mdl_", ["Sources/Server/Models"]),
    ]

    static func foreignTables(_ file: TextFile) -> [Finding] {
        guard file.isSwift, file.isUnder("Sources") else { return [] }
        return owners.flatMap { owner -> [Finding] in
            guard !owner.folders.contains(where: file.isUnder) else { return [] }
            return Pattern(#"\b"# + owner.prefix + "[a-z]").matches(in: file.swift.strings).map {
                Finding(
                    file.path, line: $0.line,
                    "SQL on \(owner.prefix) tables belongs to \(owner.folders.joined(separator: ", "))")
            }
        }
    }

    // MARK: Indexes

    private static let index = Pattern(
        #"CREATE\s+(?:UNIQUE\s+)?INDEX\s+(?:IF\s+NOT\s+EXISTS\s+)?\w+\s+ON\s+(\w+)\s*\(([^)]*)\)([^;]*)"#,
        ignoresCase: true)
    private static let flag = Pattern(
        #"\b(flags?|state|redacted\w*|recalled\w*|deleted\w*|is_\w+|has_\w+|enabled|locked|hidden)\b"#)

    /// An index that begins with a flag has a few huge entries: it finds nothing faster and slows every write.
    ///
    /// On the tables of messages and accounts a condition on a flag is no better; a work queue may keep such an index,
    /// since its rows leave it again.
    static func flagIndexes(_ file: TextFile) -> [Finding] {
        guard file.isSwift, file.isUnder("Sources") else { return [] }
        return index.matches(in: file.swift.strings).compactMap { match in
            let first = match[2].split(separator: ",").first ?? ""
            let isOwned = owners.contains { match[1].hasPrefix($0.prefix) }
            guard flag.isFound(in: first) || (isOwned && flag.isFound(in: match[3])) else { return nil }
            return Finding(file.path, line: match.line, "an index on a flag: \(match[0].trimmingSpaces)")
        }
    }

    // MARK: The shared subset

    private static let unshared: [(Pattern, String)] = [
        (Pattern(#"\bINSERT\s+OR\s+\w+|\bREPLACE\s+INTO\b"#), "INSERT OR / REPLACE INTO (write ON CONFLICT)"),
        (Pattern(#"\bAUTOINCREMENT\b"#), "AUTOINCREMENT"),
        (
            Pattern(#"\b(IFNULL|strftime|julianday|group_concat|last_insert_rowid|changes)\("#),
            "a function of SQLite alone"
        ),
        (Pattern(#"\bGLOB\b|\bPRAGMA\b|\bATTACH\b"#), "a statement of SQLite alone"),
        (Pattern(#"(=|,|\(|<|>|VALUES|LIMIT)[ \t]*\?(?!\d)"#), "an unnumbered parameter (write ?1, ?2)"),
    ]
    private static let statement = Pattern(#"\b(SELECT|INSERT|UPDATE|DELETE|VALUES|WHERE|SET|PRAGMA|ATTACH|CREATE)\b"#)

    /// The search index is derived, lives in its own file and is SQLite's FTS5 for now.
    static let sqliteOnly: Set<String> = ["Sources/Features/Messaging/Store/SearchQueries.swift"]

    static func unsharedSQL(_ file: TextFile) -> [Finding] {
        let isBound = file.isUnder("Sources/Features") || file.isUnder("Sources/Engines/Accounts")
        guard file.isSwift, isBound, !sqliteOnly.contains(file.path) else { return [] }
        let text = file.swift.strings
        let statements = Set(statement.matches(in: text).map(\.line))
        return unshared.flatMap { pattern, name in
            pattern.matches(in: text).filter { statements.contains($0.line) }.map {
                Finding(file.path, line: $0.line, "SQL that PostgreSQL does not share: \(name)")
            }
        }
    }
}
