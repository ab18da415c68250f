/// A pattern with wildcards, matched in one pass over the text however hostile the pattern is.
///
/// `*` stands for any run of characters, `?` for one. The matcher keeps the set of all positions of the pattern that
/// the text read so far can have reached as bits of machine words (Baeza-Yates and Gonnet 1992, with the self loops of
/// Navarro and Raffinot 2002 for `*`): the time is length of text × (length of pattern / 64), nothing backtracks.
package struct GlobPattern: Sendable, Hashable {
    /// Words of 64 bits in a set of positions; position i is reached when i tokens are matched.
    private let words: Int
    private let tokens: Int
    /// Positions that a `*` keeps, whatever comes.
    private let loops: [UInt64]
    /// For each class of characters, the positions that such a character leads to; class 0 is "no character named".
    private let masks: [UInt64]
    private let asciiClass: [UInt16]
    private let otherClass: [UInt32: UInt16]
    private let foldsCase: Bool
    private let isUsable: Bool

    /// Longest pattern that is compiled, in characters; a longer one matches nothing.
    package static let maximumLength = 1_024

    /// Which characters of a pattern are wildcards.
    package enum Wildcards: Sendable {
        case none
        case star
        case starAndQuestionMark
    }

    /// Compiles a pattern.
    ///
    /// - Parameters:
    ///   - wildcards: what stands for other characters; sync filters know only `*`.
    ///   - foldsCase: whether upper and lower case are the same.
    package init(_ pattern: String, wildcards: Wildcards = .starAndQuestionMark, foldsCase: Bool = true) {
        self.foldsCase = foldsCase
        var parsed: [UInt32?] = []
        var stars: [Int] = []
        let characters = Self.scalars(pattern, folded: foldsCase)
        isUsable = characters.count <= Self.maximumLength
        for scalar in characters where isUsable {
            switch scalar {
            case 0x2A where wildcards != .none: stars.append(parsed.count)
            case 0x3F where wildcards == .starAndQuestionMark: parsed.append(nil)
            default: parsed.append(scalar)
            }
        }
        tokens = parsed.count
        words = parsed.count / 64 + 1
        var loops = [UInt64](repeating: 0, count: words)
        for at in stars { loops[at / 64] |= 1 << UInt64(at % 64) }
        self.loops = loops
        var classes: [UInt32: UInt16] = [:]
        for case let scalar? in parsed where classes[scalar] == nil { classes[scalar] = UInt16(classes.count + 1) }
        var masks = [UInt64](repeating: 0, count: words * (classes.count + 1))
        for (index, token) in parsed.enumerated() {
            let (word, bit) = ((index + 1) / 64, UInt64(1) << UInt64((index + 1) % 64))
            let hit = token.map { [Int(classes[$0] ?? 0)] } ?? Array(0...classes.count)
            for entry in hit { masks[entry * words + word] |= bit }
        }
        self.masks = masks
        asciiClass = (0..<128).map { classes[$0] ?? 0 }
        otherClass = classes.filter { $0.key >= 128 }
    }

    private static func scalars(_ text: String, folded: Bool) -> [UInt32] {
        guard folded else { return text.unicodeScalars.map(\.value) }
        guard text.utf8.allSatisfy({ $0 < 128 }) else { return text.lowercased().unicodeScalars.map(\.value) }
        return text.utf8.map { UInt32($0) | (0x41...0x5A ~= $0 ? 0x20 : 0) }
    }

    private func mask(_ scalar: UInt32) -> Int {
        Int(scalar < 128 ? asciiClass[Int(scalar)] : otherClass[scalar] ?? 0) * words
    }

    /// Moves the set of reached positions over one character.
    private func advance(_ reached: inout [UInt64], over scalar: UInt32) {
        let offset = mask(scalar)
        var carry: UInt64 = 0
        for word in 0..<words {
            let old = reached[word]
            reached[word] = ((old << 1 | carry) & masks[offset + word]) | (old & loops[word])
            carry = old >> 63
        }
    }

    private func isComplete(_ reached: [UInt64]) -> Bool {
        reached[tokens / 64] >> UInt64(tokens % 64) & 1 == 1
    }

    /// Whether the pattern is the whole text.
    package func matches(_ text: String) -> Bool {
        guard isUsable else { return false }
        var reached = [UInt64](repeating: 0, count: words)
        reached[0] = 1
        for scalar in Self.scalars(text, folded: foldsCase) { advance(&reached, over: scalar) }
        return isComplete(reached)
    }

    /// Whether the pattern is a part of the text that starts and ends at word boundaries.
    ///
    /// A boundary is an end of the text or a place beside a character that is not in `[A-Za-z0-9_]`; so any part of a
    /// Chinese sentence counts as words.
    package func matchesWords(in text: String) -> Bool {
        guard isUsable else { return false }
        let characters = Self.scalars(text, folded: foldsCase)
        var reached = [UInt64](repeating: 0, count: words)
        for place in 0...characters.count {
            let isBoundary =
                place == 0 || place == characters.count || !Self.isWord(characters[place - 1])
                || !Self.isWord(characters[place])
            if isBoundary {
                reached[0] |= 1
                if isComplete(reached), tokens > 0 || characters.isEmpty || loops[0] & 1 == 1 { return true }
            }
            if place < characters.count { advance(&reached, over: characters[place]) }
        }
        return false
    }

    private static func isWord(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
        default: false
        }
    }
}
