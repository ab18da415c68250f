/// How search sees a character.
enum FoldedCharacter {
    /// Of a script written without spaces (Chinese, Japanese, Korean): each character is a word part by itself.
    case dense(Unicode.Scalar)
    /// A letter or digit of a script with spaces, in the form in which words are compared; may be several letters.
    case word([Unicode.Scalar])
    /// An accent after a letter: belongs to the word and is not compared.
    case accent
    /// Anything else ends a word.
    case separator
}

/// Folds characters so that a search finds a word however it is written: lower case, without accents, and narrow
/// instead of full-width forms, which Chinese keyboards write.
enum TextFolding {
    static func fold(_ original: Unicode.Scalar) -> FoldedCharacter {
        let scalar = narrow(original)
        if scalar.isASCII { return foldASCII(scalar) }
        if isDense(scalar.value) { return .dense(scalar) }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            return .word(scalar.properties.lowercaseMapping.unicodeScalars.flatMap(withoutAccent))
        case .decimalNumber, .letterNumber, .otherNumber: return .word([scalar])
        case .nonspacingMark where (0x300...0x36F).contains(scalar.value): return .accent
        case .nonspacingMark, .spacingMark, .enclosingMark: return .word([scalar])
        default: return .separator
        }
    }

    private static func foldASCII(_ scalar: Unicode.Scalar) -> FoldedCharacter {
        switch scalar {
        case "a"..."z", "0"..."9": .word([scalar])
        case "A"..."Z": .word([Unicode.Scalar(UInt8(scalar.value) + 32)])
        default: .separator
        }
    }

    /// Full-width ASCII (U+FF01 to U+FF5E) stands 0xFEE0 above ASCII.
    private static func narrow(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        guard (0xFF01...0xFF5E).contains(scalar.value) else { return scalar }
        return Unicode.Scalar(UInt8(scalar.value - 0xFEE0))
    }

    private static func isDense(_ value: UInt32) -> Bool {
        switch value {
        // Han: unified ideographs, extension A, compatibility forms, the supplementary planes, and 々 and 〇.
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0xF900...0xFAFF, 0x2_0000...0x3_FFFD, 0x3005, 0x3007: true
        // Kana, also half-width, and Hangul syllables.
        case 0x3041...0x3096, 0x30A1...0x30FA, 0x30FC...0x30FE, 0x31F0...0x31FF, 0xFF66...0xFF9D, 0xAC00...0xD7A3: true
        default: false
        }
    }

    /// The letters under an accented Latin letter; combining accents that lower-casing split off go too.
    private static func withoutAccent(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        if (0x300...0x36F).contains(scalar.value) { return [] }
        return latin[scalar.value] ?? [scalar]
    }

    /// Base letters by Unicode names such as LATIN SMALL LETTER E WITH ACUTE, plus the letters without such a name.
    private static let latin: [UInt32: [Unicode.Scalar]] = {
        var table: [UInt32: [Unicode.Scalar]] = [
            0xDF: ["s", "s"], 0xE6: ["a", "e"], 0x153: ["o", "e"], 0x131: ["i"], 0x133: ["i", "j"], 0x1E9E: ["s", "s"],
        ]
        let prefix = "LATIN SMALL LETTER "
        for value in [0xE0...0x24F, 0x1E00...0x1EFF].joined() {
            guard let scalar = Unicode.Scalar(UInt32(value)), let name = scalar.properties.name,
                name.hasPrefix(prefix), let base = name.dropFirst(prefix.count).first,
                name.dropFirst(prefix.count + 1).hasPrefix(" WITH "), base.isASCII,
                let letter = base.unicodeScalars.first
            else { continue }
            table[UInt32(value)] = [Unicode.Scalar(UInt8(letter.value) | 0x20)]
        }
        return table
    }()
}
