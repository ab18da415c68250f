import Foundation
import Server
import TOMLKit

/// Reads a `vitrine.toml`.
enum TOMLFile {
    static func read(_ path: String) throws -> ConfigurationFile {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw ConfigurationError("The configuration file \(path) cannot be read.")
        }
        let table: TOMLTable
        do {
            table = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw ConfigurationError("\(path), \(error.source.begin): \(error.description)")
        }
        var entries: [String: String] = [:]
        for key in table.keys {
            guard let value = table[key].flatMap(Self.text) else {
                throw ConfigurationError("\(path): the value of '\(key)' must be a text, number, boolean or list.")
            }
            entries[key] = value
        }
        return try ConfigurationFile(entries, path: path)
    }

    private static func text(_ value: any TOMLValueConvertible) -> String? {
        if let text = value.string { return text }
        if let flag = value.bool { return flag ? "true" : "false" }
        if let number = value.int { return String(number) }
        guard let array = value.array else { return nil }
        let words = array.compactMap(\.string)
        return words.count == array.count ? words.joined(separator: ",") : nil
    }
}
