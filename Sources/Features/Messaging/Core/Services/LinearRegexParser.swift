/// The tree of a pattern.
indirect enum LinearRegexNode {
    case character(LinearRegex.CharacterSet)
    case atStart
    case atEnd
    case sequence([LinearRegexNode])
    case choice(LinearRegexNode, LinearRegexNode)
    case repeated(LinearRegexNode, least: Int, most: Int?)
}

/// Reads the text of a pattern.
struct LinearRegexParser {
    private let scalars: [Unicode.Scalar]
    private var at = 0
    private var depth = 0

    private static let maximumDepth = 32
    private static let maximumRepetitions = 1_000

    init(_ pattern: String) throws(LinearRegexError) {
        scalars = Array(pattern.unicodeScalars)
        guard scalars.count <= LinearRegex.maximumLength else {
            throw LinearRegexError(description: "the pattern has more than \(LinearRegex.maximumLength) characters")
        }
    }

    private var next: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        at += 1
        return true
    }

    private func fault(_ what: String) -> LinearRegexError {
        LinearRegexError(description: "\(what) (at character \(at + 1))")
    }

    mutating func parse() throws(LinearRegexError) -> LinearRegexNode {
        let node = try choice()
        guard next == nil else { throw fault("there is a closing parenthesis without an opening one") }
        return node
    }

    private mutating func choice() throws(LinearRegexError) -> LinearRegexNode {
        var node = try sequence()
        while take("|") { node = .choice(node, try sequence()) }
        return node
    }

    private mutating func sequence() throws(LinearRegexError) -> LinearRegexNode {
        var parts: [LinearRegexNode] = []
        while let scalar = next, scalar != "|", scalar != ")" { parts.append(try repeated(try atom())) }
        return .sequence(parts)
    }

    private mutating func atom() throws(LinearRegexError) -> LinearRegexNode {
        guard let scalar = next else { throw fault("the pattern ends too early") }
        at += 1
        switch scalar {
        case "^": return .atStart
        case "$": return .atEnd
        case ".": return .character(.init(ranges: [0x0A...0x0A], isNegated: true))
        case "(": return try group()
        case "[": return .character(try characterClass())
        case "\\": return .character(try escape())
        case "*", "+", "?": throw fault("there is nothing to repeat")
        default: return .character(.init(ranges: [scalar.value...scalar.value]))
        }
    }

    private mutating func group() throws(LinearRegexError) -> LinearRegexNode {
        if take("?"), !take(":") { throw fault("groups with special meaning are not supported") }
        depth += 1
        guard depth <= Self.maximumDepth else { throw fault("groups are nested too deeply") }
        let node = try choice()
        guard take(")") else { throw fault("a parenthesis is not closed") }
        depth -= 1
        return node
    }

    private mutating func repeated(_ node: LinearRegexNode) throws(LinearRegexError) -> LinearRegexNode {
        let bounds: (least: Int, most: Int?)
        switch next {
        case "*": bounds = (0, nil)
        case "+": bounds = (1, nil)
        case "?": bounds = (0, 1)
        case "{":
            guard let counted = try counts() else { return node }
            bounds = counted
        default: return node
        }
        at += 1
        // A lazy repetition finds the same texts; a possessive or doubled one does not exist here.
        _ = take("?")
        if let scalar = next, "*+?".unicodeScalars.contains(scalar) { throw fault("a repetition is repeated") }
        return .repeated(node, least: bounds.least, most: bounds.most)
    }

    /// Reads `{m}`, `{m,}` or `{m,n}` up to its closing brace.
    private mutating func counts() throws(LinearRegexError) -> (least: Int, most: Int?)? {
        at += 1
        guard let least = number() else { throw fault("a brace must hold the number of repetitions") }
        var most: Int? = least
        if take(",") { most = next == "}" ? nil : number() ?? -1 }
        guard next == "}", least <= Self.maximumRepetitions, (least...Self.maximumRepetitions).contains(most ?? least)
        else { throw fault("a brace must hold a range of at most \(Self.maximumRepetitions) repetitions") }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = next, ("0"..."9").contains(scalar) {
            value = min((value ?? 0) * 10 + Int(scalar.value - 0x30), Self.maximumRepetitions + 1)
            at += 1
        }
        return value
    }

    private mutating func characterClass() throws(LinearRegexError) -> LinearRegex.CharacterSet {
        var set = LinearRegex.CharacterSet(ranges: [], isNegated: take("^"))
        var isFirst = true
        while isFirst || next != "]" {
            isFirst = false
            let low = try classMember()
            guard low.count == 1, let start = low.first, start.count == 1, next == "-", at + 1 < scalars.count,
                scalars[at + 1] != "]"
            else {
                set.ranges += low
                continue
            }
            at += 1
            let high = try classMember()
            guard high.count == 1, let end = high.first, end.count == 1, start.lowerBound <= end.lowerBound else {
                throw fault("a range in a class is upside down")
            }
            set.ranges.append(start.lowerBound...end.lowerBound)
        }
        at += 1
        return set
    }

    private mutating func classMember() throws(LinearRegexError) -> [ClosedRange<UInt32>] {
        guard let scalar = next else { throw fault("a class is not closed") }
        at += 1
        guard scalar == "\\" else { return [scalar.value...scalar.value] }
        let set = try escape()
        guard !set.isNegated else { throw fault("an opposite cannot stand inside a class") }
        return set.ranges
    }

    private mutating func escape() throws(LinearRegexError) -> LinearRegex.CharacterSet {
        guard let scalar = next else { throw fault("the pattern ends with a backslash") }
        at += 1
        let digits: ClosedRange<UInt32> = 0x30...0x39
        let space: [ClosedRange<UInt32>] = [0x09...0x0D, 0x20...0x20]
        let word: [ClosedRange<UInt32>] = [digits, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
        switch scalar {
        case "d": return .init(ranges: [digits])
        case "D": return .init(ranges: [digits], isNegated: true)
        case "w": return .init(ranges: word)
        case "W": return .init(ranges: word, isNegated: true)
        case "s": return .init(ranges: space)
        case "S": return .init(ranges: space, isNegated: true)
        case "n": return .init(ranges: [0x0A...0x0A])
        case "t": return .init(ranges: [0x09...0x09])
        case "a"..."z", "A"..."Z", "0"..."9": throw fault("\\\(scalar) is not supported")
        default: return .init(ranges: [scalar.value...scalar.value])
        }
    }
}
