package import Basics

/// Everything that is wrong with a configuration; each problem begins with the path of its place.
public struct ExperimentError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence a problem, in the order of the file.
    public let problems: [String]

    /// Problems with their paths.
    public init(_ problems: [String]) { self.problems = problems }

    /// One line a problem.
    public var description: String { problems.joined(separator: "\n") }
}

/// What readers of one file have found wrong so far.
package final class ProblemList {
    package private(set) var problems: [String] = []

    package init() {}

    package func add(_ path: String, _ text: String) { problems.append(path.isEmpty ? text : "\(path): \(text)") }

    package func add(_ lines: [String]) { problems.append(contentsOf: lines) }
}

/// Reads one object of a configuration: each key once, every fault with its path, and what nobody asked for is a fault.
package struct ConfigurationReader {
    package let object: JSONObject
    package let path: String
    package let problems: ProblemList
    private var known: Set<String> = []

    package init(_ object: JSONObject, path: String, problems: ProblemList) {
        (self.object, self.path, self.problems) = (object, path, problems)
    }

    /// The path of a key.
    package func place(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// The value of a key as it stands; null counts as absent.
    package mutating func value(_ key: String) -> JSON? {
        known.insert(key)
        return object[key].flatMap { $0.isNull ? nil : $0 }
    }

    private mutating func read<Value>(_ key: String, _ wanted: String, _ convert: (JSON) -> Value?) -> Value? {
        guard let found = value(key) else { return nil }
        if let value = convert(found) { return value }
        problems.add(place(key), wanted)
        return nil
    }

    /// A number within a range.
    package mutating func number(_ key: String, in range: ClosedRange<Double>) -> Double? {
        read(key, "a number from \(range.lowerBound) to \(range.upperBound)") { json in
            json.doubleValue.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// An integer within a range.
    package mutating func int(_ key: String, in range: ClosedRange<Int>) -> Int? {
        read(key, "a whole number from \(range.lowerBound) to \(range.upperBound)") { json in
            json.intValue.flatMap { Int(exactly: $0) }.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// A text that is not empty.
    package mutating func text(_ key: String) -> String? {
        read(key, "a text") { json in json.stringValue.flatMap { $0.isEmpty ? nil : $0 } }
    }

    /// A truth value.
    package mutating func flag(_ key: String) -> Bool? { read(key, "true or false", \.boolValue) }

    /// One of an enumeration's names.
    package mutating func choice<Choice>(_ key: String, _ type: Choice.Type = Choice.self) -> Choice?
    where Choice: RawRepresentable<String> & CaseIterable {
        read(key, "one of " + Choice.allCases.map(\.rawValue).joined(separator: ", ")) { json in
            json.stringValue.flatMap(Choice.init(rawValue:))
        }
    }

    /// A list of numbers within a range.
    package mutating func numbers(_ key: String, in range: ClosedRange<Double>) -> [Double]? {
        read(key, "a list of numbers from \(range.lowerBound) to \(range.upperBound)") { json in
            guard let list = json.arrayValue else { return nil }
            let numbers = list.compactMap { $0.doubleValue.flatMap { range.contains($0) ? $0 : nil } }
            return numbers.count == list.count ? numbers : nil
        }
    }

    /// A list of texts.
    package mutating func texts(_ key: String) -> [String]? {
        read(key, "a list of texts") { json in
            guard let list = json.arrayValue else { return nil }
            let texts = list.compactMap(\.stringValue)
            return texts.count == list.count ? texts : nil
        }
    }

    /// A reader of the object under a key.
    package mutating func inner(_ key: String) -> ConfigurationReader? {
        read(key, "an object", \.objectValue).map { ConfigurationReader($0, path: place(key), problems: problems) }
    }

    /// Readers of the objects in the list under a key. Where a text may stand for an object that has only a type,
    /// `shorthand` is that key.
    package mutating func list(_ key: String, shorthand: String? = nil) -> [ConfigurationReader]? {
        guard let list = read(key, "a list", \.arrayValue) else { return nil }
        return list.enumerated().compactMap { index, element in
            let here = "\(place(key))[\(index)]"
            if let object = element.objectValue {
                return ConfigurationReader(object, path: here, problems: problems)
            }
            if let shorthand, let text = element.stringValue {
                var object = JSONObject()
                object[shorthand] = .string(text)
                return ConfigurationReader(object, path: here, problems: problems)
            }
            problems.add(here, shorthand == nil ? "an object" : "a text or an object")
            return nil
        }
    }

    /// Leaves keys to another reader.
    package mutating func pass(_ keys: some Sequence<String>) { known.formUnion(keys) }

    /// Reports the keys that nobody asked for, each with the nearest that is known. Keys that begin with `//` are
    /// comments.
    package func finish() {
        for key in object.keys where !known.contains(key) && !key.hasPrefix("//") {
            let near = known.min { (Self.distance($0, key), $0) < (Self.distance($1, key), $1) }
            let hint = near.flatMap { Self.distance($0, key) <= 2 ? " (is \($0) meant?)" : nil } ?? ""
            problems.add(place(key), "unknown key" + hint)
        }
    }

    /// How many letters must be put in, taken out or changed to make one text of the other.
    package static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.lowercased()), Array(right.lowercased()))
        var row = Array(0...right.count)
        for (i, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let changed = diagonal + (letter == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(changed, row[j] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
