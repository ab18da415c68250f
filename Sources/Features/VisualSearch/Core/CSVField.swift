/// A value as a table of commas holds it (RFC 4180).
enum CSVField {
    /// The value, in quotation marks where it needs them.
    static func text(_ value: String) -> String {
        guard value.contains(where: { ",\"\n\r\r\n".contains($0) }) else { return value }
        return "\"" + value.replacing("\"", with: "\"\"") + "\""
    }
}
