package import Basics

/// How a press becomes a request to a business that knows nothing of chat, and its answer becomes ours: by configuration.
///
/// Texts may hold `{{key}}`, `{{verb}}`, `{{ref}}`, `{{user}}` and `{{data.NAME}}`. In an address they are encoded, in JSON
/// they are values, so that nothing a customer fills in can change the form of a request.
package struct AdapterConfig: Sendable, Hashable {
    package var method: String
    package var url: String
    package var headers: [String: String]
    package var body: JSON
    /// Where the text for the customer stands in the answer, as a JSON pointer (RFC 6901).
    package var textPointer: String?
    /// What statuses mean: `ok`, `refused` or `retry`; others mean what they mean in HTTP.
    package var statuses: [Int: String]
    /// Whether the business speaks our own form: the press as it is, answered by `status` and `text`.
    package var speaksOurs: Bool
    /// Whether a request that has left is never sent again, because the business cannot tell the second from the first.
    package var isAtMostOnce: Bool
    /// How long a request may take, in milliseconds.
    package var timeout: Int64
    /// The times between tries and while the business is left alone.
    package var pace: CardPace

    /// Reads a configuration.
    package init(_ config: JSONObject) throws(RequestError) {
        method = config["method"]?.stringValue ?? "POST"
        guard ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(method) else {
            throw .invalidParam("'method' is no method of HTTP that an adapter uses.")
        }
        guard let url = config["url"]?.stringValue, url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw .invalidParam("'url' is an address of http or https.")
        }
        // Before the path no part of the address may come from a press.
        let authority = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard authority.count > 2, !authority[2].contains("{{"), !authority[2].isEmpty else {
            throw .invalidParam("The host of 'url' stands there as it is.")
        }
        self.url = url
        switch config["kind"]?.stringValue ?? "template" {
        case "http": speaksOurs = true
        case "template": speaksOurs = false
        default: throw .invalidParam("'kind' is http or template.")
        }
        isAtMostOnce = config["at_most_once"]?.boolValue ?? false
        timeout = config["timeout_ms"]?.intValue ?? 10_000
        guard (100...25_000).contains(timeout) else {
            // A press is held for half a minute; its request must be over by then.
            throw .invalidParam("'timeout_ms' is a number from 100 to 25000.")
        }
        pace = CardPace(
            first: min(60_000, max(10, config["retry_ms"]?.intValue ?? CardPace.usual.first)),
            pause: min(600_000, max(100, config["breaker_ms"]?.intValue ?? CardPace.usual.pause)))
        body = config["body"] ?? .null
        textPointer = config["text"]?.stringValue
        var headers: [String: String] = [:]
        for header in config["headers"]?.objectValue ?? [:] { headers[header.key] = header.value.stringValue }
        self.headers = headers
        var statuses: [Int: String] = [:]
        for entry in config["statuses"]?.objectValue ?? [:] {
            guard let status = Int(entry.key), let meaning = entry.value.stringValue,
                ["ok", "refused", "retry"].contains(meaning)
            else { throw .invalidParam("'statuses' maps numbers to ok, refused or retry.") }
            statuses[status] = meaning
        }
        self.statuses = statuses
    }

    /// A request to a business.
    package struct Request: Sendable, Hashable {
        package var method: String
        package var url: String
        package var headers: [String: String]
        package var body: [UInt8]
    }

    /// The request of a press.
    package func request(_ press: JSON) -> Request {
        var filled: [String: String] = ["Idempotency-Key": press["key"]?.stringValue ?? ""]
        for (name, value) in headers {
            // A line break in a value would begin another header.
            filled[name] = Self.fill(value, press) {
                String($0.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 })
            }
        }
        var bytes = body == .null ? [] : Self.fill(body, press).canonical()
        if speaksOurs { bytes = press.canonical() }
        return Request(method: method, url: Self.fill(url, press, Self.encoded), headers: filled, body: bytes)
    }

    // MARK: Templates

    private static func value(_ name: Substring, _ press: JSON) -> JSON {
        let parts = name.split(separator: ".", maxSplits: 1)
        if parts.count == 2, parts[0] == "data" { return press["data"]?[String(parts[1])] ?? .null }
        return ["key", "verb", "ref", "user"].contains(String(name)) ? press[String(name)] ?? .null : .null
    }

    /// A value that is one placeholder alone keeps its type; inside a text it becomes text.
    private static func fill(_ template: JSON, _ press: JSON) -> JSON {
        switch template {
        case .string(let text):
            if text.hasPrefix("{{"), text.hasSuffix("}}"), !text.dropFirst(2).dropLast(2).contains("{") {
                return value(text.dropFirst(2).dropLast(2), press)
            }
            return .string(fill(text, press) { $0 })
        case .array(let values): return .array(values.map { fill($0, press) })
        case .object(let object):
            var filled: JSONObject = [:]
            for member in object { filled[member.key] = fill(member.value, press) }
            return .object(filled)
        default: return template
        }
    }

    private static func fill(_ template: String, _ press: JSON, _ encode: (String) -> String) -> String {
        var result = ""
        var rest = Substring(template)
        while let start = rest.firstRange(of: "{{"), let end = rest[start.upperBound...].firstRange(of: "}}") {
            result += rest[..<start.lowerBound]
            switch value(rest[start.upperBound..<end.lowerBound], press) {
            case .string(let text): result += encode(text)
            case .int(let number): result += "\(number)"
            case .bool(let flag): result += "\(flag)"
            default: break
            }
            rest = rest[end.upperBound...]
        }
        return result + rest
    }

    /// Percent-encoded but for letters, digits and `-._~` (RFC 3986).
    private static func encoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { result, byte in
            let isPlain =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || [45, 46, 95, 126].contains(byte)
            result += isPlain ? String(UnicodeScalar(byte)) : "%" + Hex.encode([byte]).uppercased()
        }
    }

    // MARK: Answers

    /// What the business's answer means.
    package func reply(status: Int, body: [UInt8], retryAfter: Int64?) -> AdapterReply {
        guard !speaksOurs else { return .status(status, body: body, retryAfter: retryAfter) }
        let answer = try? JSON(parsing: body, limits: JSONLimits(maximumBytes: 262_144, maximumDepth: 16))
        var ours: JSONObject = [:]
        if let text = textPointer.flatMap({ Self.find($0, in: answer ?? .null) })?.stringValue {
            ours["text"] = .string(text)
        }
        let meaning = statuses[status] ?? ((200..<300).contains(status) ? "ok" : nil)
        switch meaning {
        case "ok": return .status(200, body: JSON.object(ours).canonical(), retryAfter: nil)
        case "refused": return .status(422, body: JSON.object(ours).canonical(), retryAfter: nil)
        case "retry": return .status(503, body: [], retryAfter: retryAfter)
        default: return .status(status, body: JSON.object(ours).canonical(), retryAfter: retryAfter)
        }
    }

    private static func find(_ pointer: String, in answer: JSON) -> JSON? {
        guard pointer.hasPrefix("/") else { return pointer.isEmpty ? answer : nil }
        var found: JSON? = answer
        for part in pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            let name = String(part).replacing("~1", with: "/").replacing("~0", with: "~")
            if let list = found?.arrayValue {
                found = Int(name).flatMap { list.indices.contains($0) ? list[$0] : nil }
            } else {
                found = found?[name]
            }
        }
        return found
    }
}
