package import Basics

/// The parameters behind the `?` of a request.
package struct Query: Sendable {
    private let pairs: [(name: String, value: String)]

    /// How many parameters a request may carry.
    package static let maximumCount = 100

    /// Parses what stands behind the `?` of a request target.
    ///
    /// - Throws: `M_INVALID_PARAM` for broken escapes or too many parameters.
    package init(target: String) throws(RequestError) {
        let utf8 = target.utf8
        guard let mark = utf8.firstIndex(of: UInt8(ascii: "?")) else {
            pairs = []
            return
        }
        var parsed: [(name: String, value: String)] = []
        for field in utf8[utf8.index(after: mark)...].split(separator: UInt8(ascii: "&")) {
            guard parsed.count < Self.maximumCount else { throw .invalidParam("Too many query parameters.") }
            let equals = field.firstIndex(of: UInt8(ascii: "=")) ?? field.endIndex
            let value = equals < field.endIndex ? field[field.index(after: equals)...] : field[equals...]
            parsed.append((try Self.decoded(field[..<equals]), try Self.decoded(value)))
        }
        pairs = parsed
    }

    private static func decoded(_ raw: Substring.UTF8View) throws(RequestError) -> String {
        guard let text = PercentEncoding.decode(raw, plusIsSpace: true) else {
            throw .invalidParam("The query of this request is not percent-encoded UTF-8.")
        }
        return text
    }

    /// The first value of a parameter.
    package subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    /// All values of a parameter that may be repeated, such as `via`.
    package func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }

    /// The value of a parameter that must be there.
    package func require(_ name: String) throws(RequestError) -> String {
        guard let value = self[name] else { throw .missingParam("The query parameter '\(name)' is missing.") }
        return value
    }

    /// A whole number, cut to `range`; nil when the parameter is absent.
    ///
    /// - Throws: `M_INVALID_PARAM` when the value is no whole number.
    package func integer(_ name: String, clampedTo range: ClosedRange<Int64>) throws(RequestError) -> Int64? {
        guard let text = self[name] else { return nil }
        guard let number = Int64(text) else {
            throw .invalidParam("The query parameter '\(name)' is not a whole number.")
        }
        return min(max(number, range.lowerBound), range.upperBound)
    }

    /// `true` or `false`; `fallback` when the parameter is absent.
    ///
    /// - Throws: `M_INVALID_PARAM` for any other word.
    package func bool(_ name: String, default fallback: Bool = false) throws(RequestError) -> Bool {
        switch self[name] {
        case nil: fallback
        case "true": true
        case "false": false
        default: throw .invalidParam("The query parameter '\(name)' is neither true nor false.")
        }
    }
}
