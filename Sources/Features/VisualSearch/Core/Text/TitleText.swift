/// How titles are cut: words as they stand, and single characters where a script writes no spaces.
public enum TitleText {
    /// The words of a text in order: runs of letters and digits, with `-`, `.` and `/` between them kept (`WH-1000XM4`),
    /// and each character of Chinese, Japanese or Korean by itself. Everything else parts words.
    public static func tokens(_ text: String) -> [String] {
        var tokens: [String] = []
        var word = ""
        var joint = ""
        func end() {
            if !word.isEmpty { tokens.append(word) }
            (word, joint) = ("", "")
        }
        for character in text.prefix(limit) {
            if isIdeograph(character) {
                end()
                tokens.append(String(character))
            } else if character.isLetter || character.isNumber {
                word += joint
                word.append(character)
                joint = ""
            } else if !word.isEmpty, joint.isEmpty, "-./".contains(character) {
                joint = String(character)
            } else {
                end()
            }
        }
        end()
        return tokens
    }

    /// Longest part of a text that is looked at, in characters.
    public static let limit = 2000

    /// The terms of a text for a full-text index without knowledge of languages: words in lower case, and overlapping
    /// pairs of characters where a script writes no spaces, since most Chinese words have two.
    public static func searchTerms(_ text: String) -> [String] {
        var terms: [String] = []
        var run: [String] = []
        func endRun() {
            if run.count == 1 { terms.append(run[0]) }
            for (first, second) in zip(run, run.dropFirst()) { terms.append(first + second) }
            run = []
        }
        for token in tokens(text.lowercased()) {
            if token.count == 1, let character = token.first, isIdeograph(character) {
                run.append(token)
            } else {
                endRun()
                terms.append(token)
            }
        }
        endRun()
        return terms
    }

    /// Whether a character stands for itself in a script without spaces.
    static func isIdeograph(_ character: Character) -> Bool {
        guard let scalar = character.unicodeScalars.first else { return false }
        switch scalar.value {
        case 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xAC00...0xD7AF, 0xF900...0xFAFF, 0x20000...0x3FFFF:
            return true
        default: return false
        }
    }
}

/// A hash that is the same in every run and on every machine (FNV-1a of 64 bits).
struct StableHash {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ text: some StringProtocol) {
        for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    }

    mutating func add(_ bytes: [UInt8]) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    }

    mutating func add(_ number: Int) {
        value = (value ^ UInt64(bitPattern: Int64(number))) &* 0x0000_0100_0000_01B3
    }

    /// A place in a table whose size is a power of two; high bits are mixed in, which the low ones alone are poor.
    func place(in size: Int) -> Int { Int(truncatingIfNeeded: (value ^ value >> 29 ^ value >> 47) & UInt64(size - 1)) }
}
