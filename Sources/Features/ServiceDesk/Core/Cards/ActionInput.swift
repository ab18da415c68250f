package import Basics

extension CardLayout {
    /// Checks what somebody has filled in against what the card asks; only what it asks is kept.
    ///
    /// - Throws: `RequestError` 422 with the field.
    package func checked(_ data: JSONObject) throws(RequestError) -> JSONObject {
        var kept: JSONObject = [:]
        for input in inputs {
            guard let value = data[input.id], value != .null, value != "" else {
                if input.isRequired { throw Self.wrong(input.id, "this must be filled in.") }
                continue
            }
            if let problem = input.problem(value) { throw Self.wrong(input.id, problem) }
            kept[input.id] = value
        }
        return kept
    }

    private static func wrong(_ field: String, _ what: String) -> RequestError {
        RequestError(
            status: 422, code: "M_INVALID_PARAM", message: "'\(field)': \(what)", extra: ["field": .string(field)])
    }
}

extension CardLayout.Input {
    fileprivate func problem(_ value: JSON) -> String? {
        switch kind {
        case .text(let most):
            guard let text = value.stringValue else { return "this must be a text." }
            return text.unicodeScalars.count <= most ? nil : "at most \(most) characters."
        case .number(let range):
            guard let number = value.intValue else { return "this must be a whole number." }
            return range.contains(number) ? nil : "this must lie between \(range.lowerBound) and \(range.upperBound)."
        case .date: return Self.numbers(value, lengths: [4, 2, 2], by: "-") ? nil : "a date is written 2027-10-01."
        case .time: return Self.numbers(value, lengths: [2, 2], by: ":") ? nil : "a time is written 09:30."
        case .toggle: return value.boolValue == nil ? "this must be true or false." : nil
        case .choice(let choices):
            return value.stringValue.map(choices.contains) == true ? nil : "this is none of the choices."
        }
    }

    private static func numbers(_ value: JSON, lengths: [Int], by separator: Character) -> Bool {
        guard let parts = value.stringValue?.split(separator: separator, omittingEmptySubsequences: false) else {
            return false
        }
        return parts.map(\.count) == lengths && parts.allSatisfy { $0.utf8.allSatisfy { (48...57).contains($0) } }
    }
}
