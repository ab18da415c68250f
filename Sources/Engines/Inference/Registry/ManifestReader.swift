import Basics

/// Collects everything that is wrong with a manifest while its members are read.
struct ManifestReader {
    private static let maximumProblems = 50

    private(set) var problems: [ManifestError.Problem] = []

    mutating func report(_ path: String, _ reason: String) {
        guard problems.count < Self.maximumProblems else { return }
        problems.append(.init(path: path, reason: reason))
    }

    /// An object whose members are all known.
    mutating func object(_ json: JSON?, _ path: String, members: Set<String>) -> JSONObject? {
        guard let json else { return nil }
        guard let object = json.objectValue else {
            report(path, "must be an object")
            return nil
        }
        for key in object.keys where !members.contains(key) {
            report(path.isEmpty ? key : "\(path).\(key)", "is not a member of a manifest")
        }
        return object
    }

    mutating func text(
        _ json: JSON?, _ path: String, isRequired: Bool = false, _ rule: String = "must be a text",
        where holds: (String) -> Bool = { $0.utf8.count <= 1_000 }
    ) -> String? {
        guard let json else {
            if isRequired { report(path, "is missing") }
            return nil
        }
        guard let text = json.stringValue, holds(text) else {
            report(path, rule)
            return nil
        }
        return text
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ json: JSON?, _ path: String, isRequired: Bool = false
    ) -> Choice? where Choice.RawValue == String {
        let known = Choice.allCases.map(\.rawValue)
        let rule = "must be one of \(known.joined(separator: ", "))"
        return text(json, path, isRequired: isRequired, rule, where: known.contains).flatMap(Choice.init)
    }

    mutating func number(_ json: JSON?, _ path: String, in range: ClosedRange<Double>) -> Double? {
        guard let json else { return nil }
        guard let value = json.doubleValue, range.contains(value) else {
            report(path, "must be a number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return value
    }

    mutating func integer(_ json: JSON?, _ path: String, in range: ClosedRange<Int64>) -> Int? {
        guard let json else { return nil }
        guard let value = json.intValue, range.contains(value) else {
            report(path, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return Int(value)
    }

    mutating func flag(_ json: JSON?, _ path: String) -> Bool? {
        guard let json else { return nil }
        if json.boolValue == nil { report(path, "must be true or false") }
        return json.boolValue
    }

    mutating func list<Element>(
        _ json: JSON?, _ path: String, atMost limit: Int, isRequired: Bool = false,
        _ element: (inout ManifestReader, JSON, String) -> Element?
    ) -> [Element]? {
        guard let json else {
            if isRequired { report(path, "is missing") }
            return nil
        }
        guard let values = json.arrayValue, values.count <= limit else {
            report(path, "must be a list of at most \(limit)")
            return nil
        }
        return values.enumerated().compactMap { element(&self, $1, "\(path)[\($0)]") }
    }
}
