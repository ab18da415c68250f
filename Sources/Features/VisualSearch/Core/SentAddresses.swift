internal import Foundation

/// The addresses in what somebody wrote, as far as they may be those of goods.
public enum SentAddresses {
    /// Most addresses of one text.
    public static let limit = 10
    /// Longest address in bytes.
    private static let longest = 500
    /// Parts of a query that say where a click came from, not what it led to.
    private static let traces: Set<String> = ["fbclid", "gclid", "msclkid", "ref", "spm"]

    /// Addresses with `http` or `https`, each once, in their order; without fragment and without traces of campaigns, so
    /// that one thing sent from two places counts as one.
    public static func all(in text: String) -> [String] {
        var found: [String] = []
        for word in text.prefix(20_000).split(whereSeparator: { $0.isWhitespace || Self.enclosing.contains($0) }) {
            guard found.count < limit else { break }
            guard let address = Self.address(word), !found.contains(address) else { continue }
            found.append(address)
        }
        return found
    }

    private static let enclosing: Set<Character> = [
        "<", ">", "\"", "(", ")", "“", "”", "（", "）", "，", "。", "、", "「", "」",
    ]

    private static func address(_ word: Substring) -> String? {
        guard let start = word.range(of: "http", options: .caseInsensitive) else { return nil }
        var text = word[start.lowerBound...]
        while let last = text.last, ".,;:!?'".contains(last) { text = text.dropLast() }
        guard text.utf8.count <= longest, var parts = URLComponents(string: String(text)), let host = parts.host,
            host.contains("."), ["http", "https"].contains(parts.scheme?.lowercased() ?? ""), parts.user == nil,
            parts.password == nil
        else { return nil }
        (parts.scheme, parts.host, parts.fragment) = (parts.scheme?.lowercased(), host.lowercased(), nil)
        let kept = parts.queryItems?.filter { !$0.name.hasPrefix("utm_") && !traces.contains($0.name) } ?? []
        if kept.count != parts.queryItems?.count { parts.queryItems = kept.isEmpty ? nil : kept }
        return parts.string
    }
}
