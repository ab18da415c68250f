/// Why a pattern of a registration file is not accepted; the description names the part.
package struct LinearRegexError: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String
}

/// A regular expression matched in time proportional to its length times the text's, whoever wrote it.
///
/// Registration files hold regular expressions, and each sent event is checked against all of them, so neither the
/// speed nor the backtracking of a general engine will do. This is Thompson's construction (1968): all alternatives
/// are followed at once. It takes literals, `.`, classes, `\d \w \s` and their opposites, groups, `|`,
/// `* + ? {m,n}` and the anchors `^ $`; what needs backtracking (back references, look-around) is refused.
///
/// A match begins at the start of the text and may end before its end, as application services expect.
package struct LinearRegex: Sendable, Hashable {
    enum Instruction: Sendable, Hashable {
        case character(CharacterSet)
        /// Goes on at both places.
        case split(Int, Int)
        case jump(Int)
        case atStart
        case atEnd
        case match
    }

    struct CharacterSet: Sendable, Hashable {
        var ranges: [ClosedRange<UInt32>]
        var isNegated = false

        func contains(_ value: UInt32) -> Bool {
            ranges.contains { $0.contains(value) } != isNegated
        }
    }

    /// The pattern as it was written.
    package let pattern: String
    private let program: [Instruction]

    /// Longest pattern, in characters.
    package static let maximumLength = 1_024
    /// Longest program a pattern may grow to by its counted repetitions.
    static let maximumInstructions = 8_192

    /// Compiles a pattern.
    package init(_ pattern: String) throws(LinearRegexError) {
        self.pattern = pattern
        var parser = try LinearRegexParser(pattern)
        var compiler = LinearRegexCompiler()
        try compiler.add(parser.parse())
        program = compiler.finish()
    }

    /// Whether the text begins with a match.
    package func matches(_ text: String) -> Bool {
        var current = Threads(count: program.count)
        var next = Threads(count: program.count)
        let scalars = Array(text.unicodeScalars)
        follow(0, at: 0, of: scalars.count, into: &current)
        for (index, scalar) in scalars.enumerated() {
            if current.hasMatched { return true }
            if current.places.isEmpty { return false }
            for place in current.places {
                guard case .character(let set) = program[place], set.contains(scalar.value) else { continue }
                follow(place + 1, at: index + 1, of: scalars.count, into: &next)
            }
            swap(&current, &next)
            next.clear()
        }
        return current.hasMatched
    }

    /// The places of the program that are being followed, each once.
    private struct Threads {
        var places: [Int] = []
        var hasMatched = false
        private var isIn: [Bool]

        init(count: Int) { isIn = [Bool](repeating: false, count: count) }

        mutating func insert(_ place: Int) -> Bool {
            guard !isIn[place] else { return false }
            isIn[place] = true
            places.append(place)
            return true
        }

        mutating func clear() {
            for place in places { isIn[place] = false }
            places.removeAll(keepingCapacity: true)
            hasMatched = false
        }
    }

    /// Adds a place and all that can be reached from it without reading a character.
    private func follow(_ start: Int, at index: Int, of length: Int, into threads: inout Threads) {
        var pending = [start]
        while let place = pending.popLast() {
            guard threads.insert(place) else { continue }
            switch program[place] {
            case .character: continue
            case .jump(let target): pending.append(target)
            case .split(let first, let second): pending += [second, first]
            case .atStart: if index == 0 { pending.append(place + 1) }
            case .atEnd: if index == length { pending.append(place + 1) }
            case .match: threads.hasMatched = true
            }
        }
    }
}

/// Turns the tree of a pattern into a program.
private struct LinearRegexCompiler {
    private var program: [LinearRegex.Instruction] = []

    func finish() -> [LinearRegex.Instruction] { program + [.match] }

    private mutating func emit(_ instruction: LinearRegex.Instruction) throws(LinearRegexError) {
        guard program.count < LinearRegex.maximumInstructions else {
            throw LinearRegexError(description: "the pattern repeats too much")
        }
        program.append(instruction)
    }

    mutating func add(_ node: LinearRegexNode) throws(LinearRegexError) {
        switch node {
        case .character(let set): try emit(.character(set))
        case .atStart: try emit(.atStart)
        case .atEnd: try emit(.atEnd)
        case .sequence(let parts): for part in parts { try add(part) }
        case .choice(let first, let second): try addChoice(first, second)
        case .repeated(let part, let least, let most): try addRepeated(part, least, most)
        }
    }

    private mutating func addChoice(
        _ first: LinearRegexNode, _ second: LinearRegexNode
    ) throws(LinearRegexError) {
        let split = program.count
        try emit(.jump(0))
        try add(first)
        let jump = program.count
        try emit(.jump(0))
        program[split] = .split(split + 1, program.count)
        try add(second)
        program[jump] = .jump(program.count)
    }

    private mutating func addRepeated(
        _ part: LinearRegexNode, _ least: Int, _ most: Int?
    ) throws(LinearRegexError) {
        for _ in 0..<least { try add(part) }
        guard let most else {
            let split = program.count
            try emit(.jump(0))
            try add(part)
            try emit(.jump(split))
            program[split] = .split(split + 1, program.count)
            return
        }
        for _ in least..<max(least, most) {
            let split = program.count
            try emit(.jump(0))
            try add(part)
            program[split] = .split(split + 1, program.count)
        }
    }
}
