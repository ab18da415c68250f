/// The settings of a configuration file, after its keys were checked.
package struct ConfigurationFile: Sendable {
    /// The values as text, by setting.
    package let values: [Setting: String]
    /// Where the file is.
    package let path: String

    /// The keys and values of a file, values as text.
    ///
    /// - Throws: ``ConfigurationError`` for an unknown key, naming the nearest one.
    package init(_ entries: [String: String], path: String) throws {
        var values: [Setting: String] = [:]
        for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
            guard let setting = Setting(rawValue: key) else {
                let hint = NearestName.hint(key, among: Setting.allCases.map(\.key))
                throw ConfigurationError("\(path) has an unknown key '\(key)'.\(hint)")
            }
            values[setting] = value
        }
        self.values = values
        self.path = path
    }
}
