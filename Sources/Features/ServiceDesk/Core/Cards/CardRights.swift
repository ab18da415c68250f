package import Basics

/// Which kinds of cards each part of the shop's team may send: prices and payments are not everybody's business.
///
/// A line is a kind (`refund.offer`), a family of kinds (`refund.*`), or `*`: every kind that no line of any part names.
/// Supervisors may send all.
package struct CardRights: Sendable, Hashable {
    /// The lines of each part.
    package let parts: [String: [String]]
    private let named: Set<String>

    /// What holds where the shop has said nothing else.
    package static let standard = CardRights(parts: [
        "service": ["*", "viewing.*", "item.*", "price.offer"],
        "telesales": ["*", "viewing.*", "item.*", "price.*"],
        "sales": ["*", "viewing.*", "item.*", "price.*"],
        "appraiser": ["*", "viewing.*", "item.*", "appraisal.*"],
        "finance": ["price.*", "payment.*", "refund.*"],
        "aftersales": ["*", "item.*", "return.*", "repair.*"],
    ])

    private init(parts: [String: [String]]) {
        self.parts = parts
        named = Set(parts.values.joined()).subtracting(["*"])
    }

    /// Reads `{"parts": {"finance": ["payment.*", ...]}}`; a part that is not named keeps what it may.
    package init(_ body: JSONObject) throws(RequestError) {
        var parts = Self.standard.parts
        for (part, lines) in body["parts"]?.objectValue ?? [:] {
            guard AgentSettings.roles.contains(part) else {
                throw .invalidParam("'\(part.prefix(64))' is no part. There are \(Self.roles).")
            }
            guard let texts = lines.arrayValue?.map(\.stringValue), texts.count <= 64 else {
                throw .invalidParam("What '\(part)' may send is a list of at most 64 kinds.")
            }
            var kept: [String] = []
            for text in texts {
                guard let text, Self.isLine(text) else {
                    throw .invalidParam("A line of '\(part)' is a kind, a family that ends in .*, or * alone.")
                }
                if !kept.contains(text) { kept.append(text) }
            }
            parts[part] = kept
        }
        self.init(parts: parts)
    }

    private static var roles: String { AgentSettings.roles.joined(separator: ", ") }

    private static func isLine(_ text: String) -> Bool {
        guard text != "*" else { return true }
        let bare = text.hasSuffix(".*") ? text.dropLast(2) : text[...]
        return !bare.isEmpty && text.utf8.count <= 64 && !bare.contains("*") && !bare.contains(where: \.isWhitespace)
    }

    /// What a part may send; who has none is of the service.
    package func lines(of part: String?) -> [String] { parts[part ?? "service"] ?? [] }

    /// Whether a part may send cards of a kind.
    package func allows(_ kind: String, part: String?) -> Bool {
        let lines = lines(of: part)
        if lines.contains(where: { Self.fits(kind, $0) }) { return true }
        return lines.contains("*") && !named.contains { Self.fits(kind, $0) }
    }

    private static func fits(_ kind: String, _ line: String) -> Bool {
        guard line != "*" else { return false }
        return line.hasSuffix(".*") ? kind.hasPrefix(line.dropLast()) : kind == line
    }

    /// As it is stored and shown.
    package var json: JSON {
        var shown: JSONObject = [:]
        for (part, lines) in parts.sorted(by: { $0.key < $1.key }) { shown[part] = .array(lines.map(JSON.string)) }
        return ["parts": .object(shown)]
    }

    /// The refusal of a card, with what may be sent instead.
    package func refusal(_ kind: String, part: String?) -> RequestError {
        let may = lines(of: part).joined(separator: ", ")
        return .forbidden(
            "Your part, \(part ?? "service"), may not send cards of the kind '\(kind.prefix(64))'. "
                + (may.isEmpty ? "It may send none." : "It may send \(may)."))
    }
}
