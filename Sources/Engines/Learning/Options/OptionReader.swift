internal import Basics

/// The options of one part of a configuration: each key is read once, and what nobody read is a problem.
struct OptionReader {
    private let object: JSONObject
    private let path: String
    private var known: Set<String>
    private var problems: [String] = []

    init(_ object: JSONObject, path: String, known: Set<String>) {
        (self.object, self.path, self.known) = (object, path, known)
    }

    /// A number within a range; the default where there is none.
    mutating func number(_ key: String, _ value: Double, in range: ClosedRange<Double>) -> Double {
        guard let found = read(key) else { return value }
        if let number = found.doubleValue, range.contains(number) { return number }
        problems.append("\(path)\(key): a number from \(range.lowerBound) to \(range.upperBound)")
        return value
    }

    /// A whole number within a range; the default where there is none.
    mutating func integer(_ key: String, _ value: Int, in range: ClosedRange<Int>) -> Int {
        guard let found = read(key) else { return value }
        if let number = found.intValue.map(Int.init), range.contains(number) { return number }
        problems.append("\(path)\(key): a whole number from \(range.lowerBound) to \(range.upperBound)")
        return value
    }

    /// Two numbers, the smaller first, such as `[0.45, 1]`; the default where there are none.
    mutating func span(
        _ key: String, _ value: ClosedRange<Double>, in range: ClosedRange<Double>
    ) -> ClosedRange<Double> {
        guard let found = read(key) else { return value }
        let numbers = found.arrayValue?.compactMap(\.doubleValue) ?? []
        if numbers.count == 2, found.arrayValue?.count == 2, numbers[0] <= numbers[1],
            numbers.allSatisfy(range.contains)
        {
            return numbers[0]...numbers[1]
        }
        problems.append("\(path)\(key): two numbers from \(range.lowerBound) to \(range.upperBound), smaller first")
        return value
    }

    /// A text; nil where there is none.
    mutating func text(_ key: String) -> String? {
        guard let found = read(key) else { return nil }
        if let text = found.stringValue { return text }
        problems.append("\(path)\(key): a text")
        return nil
    }

    /// A truth value; the default where there is none.
    mutating func flag(_ key: String, _ value: Bool) -> Bool {
        guard let found = read(key) else { return value }
        if let flag = found.boolValue { return flag }
        problems.append("\(path)\(key): true or false")
        return value
    }

    /// One of an enumeration's names; the default where there is none.
    mutating func choice<Choice>(_ key: String, _ value: Choice) -> Choice
    where Choice: RawRepresentable<String> & CaseIterable {
        guard let found = read(key) else { return value }
        if let choice = found.stringValue.flatMap(Choice.init(rawValue:)) { return choice }
        problems.append("\(path)\(key): one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
        return value
    }

    /// A list of an enumeration's names, at least one; the default where there is none.
    mutating func choices<Choice>(_ key: String, _ value: [Choice]) -> [Choice]
    where Choice: RawRepresentable<String> & CaseIterable {
        guard let found = read(key) else { return value }
        let named = found.arrayValue?.map { $0.stringValue.flatMap(Choice.init(rawValue:)) } ?? []
        let choices = named.compactMap { $0 }
        if !choices.isEmpty, choices.count == named.count { return choices }
        problems.append("\(path)\(key): a list of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
        return value
    }

    /// Notes what is wrong with a key, in words.
    mutating func refuse(_ key: String, _ wanted: String) { problems.append("\(path)\(key): \(wanted)") }

    mutating func read(_ key: String) -> JSON? {
        known.insert(key)
        return object[key]
    }

    /// All problems, with a line for each key that nobody knows. Keys that begin with `//` are comments.
    mutating func finish() -> [String] {
        problems
            + object.keys.filter { !known.contains($0) && !$0.hasPrefix("//") }.map { "\(path)\($0): unknown key" }
    }
}
