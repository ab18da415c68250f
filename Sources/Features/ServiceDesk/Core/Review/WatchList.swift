package import Basics

/// Words and patterns at which somebody is to look again: deals made elsewhere, above all.
///
/// Nothing is ever blocked by it. There are no regular expressions: what strangers write is looked through once.
package struct WatchList: Sendable, Hashable {
    package enum Pattern: String, Sendable, Hashable, CaseIterable {
        /// Nine digits or more in a row (a date has eight), written with signs of any script and with what people put between them.
        case phone
        /// An address of the web outside the shop's own hosts.
        case link
        /// A mail address.
        case mail
    }
    package let words: [String]
    package let patterns: Set<Pattern>
    /// Hosts to which links may lead.
    package let hosts: Set<String>
    private let plainWords: [String]

    package static let none = WatchList(words: [], patterns: [], hosts: [])

    private init(words: [String], patterns: Set<Pattern>, hosts: Set<String>) {
        self.words = words
        self.patterns = patterns
        self.hosts = hosts
        plainWords = words.map(Self.plain)
    }

    /// Reads a list, `{"words": [...], "patterns": ["phone", "link", "mail"], "hosts": [...]}`.
    package init(_ body: JSONObject) throws(RequestError) {
        let words = (body["words"]?.arrayValue ?? []).compactMap(\.stringValue)
        guard words.count <= 1_000, words.allSatisfy({ !Self.plain($0).isEmpty && $0.utf8.count <= 64 }) else {
            throw .invalidParam("At most 1,000 words of 64 bytes, each with a letter or a digit.")
        }
        var patterns: Set<Pattern> = []
        for name in body["patterns"]?.arrayValue ?? [] {
            guard let pattern = name.stringValue.flatMap(Pattern.init(rawValue:)) else {
                throw .invalidParam("A pattern is one of phone, link, mail.")
            }
            patterns.insert(pattern)
        }
        let hosts = (body["hosts"]?.arrayValue ?? []).compactMap { $0.stringValue?.lowercased() }
        guard hosts.count <= 100 else { throw .invalidParam("At most 100 hosts.") }
        self.init(words: words, patterns: patterns, hosts: Set(hosts))
    }

    package var json: JSON {
        [
            "words": .array(words.map(JSON.string)),
            "patterns": .array(patterns.map(\.rawValue).sorted().map(JSON.string)),
            "hosts": .array(hosts.sorted().map(JSON.string)),
        ]
    }

    package var isEmpty: Bool { words.isEmpty && patterns.isEmpty }

    /// What is found in a text: words as they were listed, then patterns by name.
    package func findings(in text: String) -> [String] {
        guard !isEmpty else { return [] }
        // Long enough for any message; a book in one message is looked at in its beginning.
        let text = String(text.prefix(8_192))
        let plain = Self.plain(text)
        var found = zip(words, plainWords).filter { plain.contains($0.1) }.map { $0.0 }
        if patterns.contains(.phone), hasPhone(text) { found.append(Pattern.phone.rawValue) }
        if patterns.contains(.link), hasLink(text) { found.append(Pattern.link.rawValue) }
        if patterns.contains(.mail), hasMail(text) { found.append(Pattern.mail.rawValue) }
        return found
    }

    /// Letters and digits alone, small: `We-Chat` and `w e c h a t` are the same word.
    private static func plain(_ text: String) -> String {
        String(text.lowercased().filter { $0.isLetter || $0.isNumber })
    }

    // MARK: Patterns

    private static let between: Set<Character> = [
        " ", "-", ".", "(", ")", "/", "+", "\u{A0}", "\u{2013}", "_", "\u{B7}",
    ]

    private func hasPhone(_ text: String) -> Bool {
        var digits = 0
        for character in text {
            if let digit = character.wholeNumberValue, (0...9).contains(digit) {
                digits += 1
                if digits >= 9 { return true }
            } else if !Self.between.contains(character) {
                digits = 0
            }
        }
        return false
    }

    private func hasLink(_ text: String) -> Bool {
        text.lowercased().split(whereSeparator: \.isWhitespace).contains { word in
            var rest = word
            for mark in ["https://", "http://", "www."] {
                guard let range = rest.firstRange(of: mark) else { continue }
                rest = rest[range.upperBound...]
                if mark == "www." { rest = word[range.lowerBound...] }
                let host = String(rest.prefix { $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" })
                return host.contains(".") && !isOwn(host)
            }
            return false
        }
    }

    private func isOwn(_ host: String) -> Bool {
        hosts.contains { host == $0 || host.hasSuffix("." + $0) }
    }

    private func hasMail(_ text: String) -> Bool {
        text.split(whereSeparator: \.isWhitespace).contains { word in
            // Ids of users of this server have the sign in front.
            guard let at = word.lastIndex(of: "@"), at > word.startIndex else { return false }
            let host = word[word.index(after: at)...]
            guard let dot = host.firstIndex(of: "."), dot > host.startIndex else { return false }
            return host.index(after: dot) < host.endIndex
        }
    }
}
