import Basics
import Foundation

/// The body of an intercepted sync reply, to be changed on its way to the page.
struct ResponseBody {
    let text: String
    private let json: JSON

    init?(_ reply: JSON) {
        guard let body = reply["body"]?.stringValue else { return nil }
        let encoded = reply["base64Encoded"]?.boolValue == true
        guard let data = encoded ? Data(base64Encoded: body) : Data(body.utf8),
            let json = try? JSON(parsing: data, limits: JSONLimits(maximumBytes: 64 << 20))
        else { return nil }
        self.json = json
        text = String(decoding: data, as: UTF8.self)
    }

    /// The body in base 64 without the timeline events whose text is `words`.
    func withoutEvent(saying words: String) -> String {
        Data(Self.without(words, json).encoded()).base64EncodedString()
    }

    private static func without(_ words: String, _ json: JSON) -> JSON {
        switch json {
        case .array(let elements):
            .array(elements.filter { $0["content"]?["body"]?.stringValue != words }.map { without(words, $0) })
        case .object(let object):
            .object(object.reduce(into: JSONObject()) { $0[$1.key] = without(words, $1.value) })
        default: json
        }
    }
}
