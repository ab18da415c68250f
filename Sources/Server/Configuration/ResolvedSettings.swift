/// The value of every setting and where it came from: flags before environment before file before defaults.
package struct ResolvedSettings: Sendable {
    /// Where a value came from.
    package enum Source: Hashable, Sendable {
        /// The command line.
        case flag
        /// The environment.
        case environment
        /// The configuration file.
        case file(String)
        /// Nobody set it.
        case fallback
    }

    /// A value and its source.
    package struct Entry: Hashable, Sendable {
        /// The value; nil where nobody set one and there is no default.
        package let value: String?
        /// Where it came from.
        package let source: Source
    }

    private let entries: [Setting: Entry]

    /// Variables that begin like settings and are none.
    private static let otherVariables: Set<String> = ["VITRINE_CONFIG", "VITRINE_BINARY", "VITRINE_ORT_LIB"]

    /// Decides between the sources.
    ///
    /// - Throws: ``ConfigurationError`` for a value that its setting cannot have or an unknown `VITRINE_` variable.
    package init(flags: [Setting: String], environment: [String: String], file: ConfigurationFile?) throws {
        try Self.checkVariables(environment)
        var entries: [Setting: Entry] = [:]
        for setting in Setting.allCases {
            let entry = Self.entry(of: setting, flags, environment, file)
            try Self.check(entry, of: setting)
            entries[setting] = entry
        }
        self.entries = entries
    }

    private static func entry(
        of setting: Setting, _ flags: [Setting: String], _ environment: [String: String], _ file: ConfigurationFile?
    ) -> Entry {
        if let value = flags[setting] { return Entry(value: value, source: .flag) }
        if let value = environment[setting.variable] { return Entry(value: value, source: .environment) }
        if let file, let value = file.values[setting] { return Entry(value: value, source: .file(file.path)) }
        return Entry(value: setting.row.fallback, source: .fallback)
    }

    private static func checkVariables(_ environment: [String: String]) throws {
        let known = Set(Setting.allCases.map(\.variable)).union(otherVariables)
        let unknown = environment.keys.filter { $0.hasPrefix("VITRINE_") && !known.contains($0) }
        guard let name = unknown.min() else { return }
        let hint = NearestName.hint(name, among: known.sorted())
        throw ConfigurationError("The environment has an unknown variable '\(name)'.\(hint)")
    }

    private static func check(_ entry: Entry, of setting: Setting) throws {
        guard let value = entry.value else { return }
        let complaint: String? =
            switch setting.row.kind {
            case .text, .secret, .list: value.isEmpty && setting.row.kind != .list ? "may not be empty" : nil
            case .bool: ["true", "false"].contains(value) ? nil : "must be true or false"
            case .choice(let words):
                words.contains(value)
                    ? nil : "must be one of \(words.joined(separator: ", ")).\(NearestName.hint(value, among: words))"
            case .integer(let range):
                Int(value).map(range.contains) == true
                    ? nil : "must be a whole number from \(range.lowerBound) to \(range.upperBound)"
            }
        guard let complaint else { return }
        throw ConfigurationError("\(entry.source.name(of: setting)) \(complaint)")
    }

    /// The value and source of a setting.
    package subscript(setting: Setting) -> Entry { entries[setting] ?? Entry(value: nil, source: .fallback) }

    func text(_ setting: Setting) -> String { self[setting].value ?? "" }
    func optional(_ setting: Setting) -> String? { self[setting].value }
    func bool(_ setting: Setting) -> Bool { self[setting].value == "true" }
    func integer(_ setting: Setting) -> Int { self[setting].value.flatMap { Int($0) } ?? 0 }
    func list(_ setting: Setting) -> [String] {
        text(setting).split(separator: ",").map { String($0.filter { $0 != " " }) }.filter { !$0.isEmpty }
    }
}

extension ResolvedSettings.Source {
    /// How a complaint or a table names the place.
    package func name(of setting: Setting) -> String {
        switch self {
        case .flag: "The flag \(setting.flag)"
        case .environment: "The variable \(setting.variable)"
        case .file(let path): "'\(setting.key)' in \(path)"
        case .fallback: "The default of \(setting.key)"
        }
    }
}

extension ResolvedSettings {
    /// A table of all settings, values and sources; secrets are only said to be set.
    package var table: String {
        let rows = Setting.allCases.map { setting -> (key: String, value: String, source: String) in
            let entry = self[setting]
            let shown = setting.row.kind == .secret && entry.value != nil ? "(set)" : entry.value ?? "(not set)"
            let source =
                switch entry.source {
                case .flag: "flag \(setting.flag)"
                case .environment: "environment \(setting.variable)"
                case .file(let path): "file \(path)"
                case .fallback: "default"
                }
            return (setting.key, shown, source)
        }
        let keyWidth = rows.map(\.key.count).max() ?? 0
        let valueWidth = min(40, rows.map(\.value.count).max() ?? 0)
        return rows.map { row in
            let key = row.key.padding(to: keyWidth)
            return "\(key)  \(row.value.padding(to: valueWidth))  \(row.source)"
        }.joined(separator: "\n")
    }
}

extension String {
    func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
