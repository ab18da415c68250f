import Basics

/// What came back from a business for a press.
package enum AdapterReply: Sendable, Hashable {
    /// An answer of HTTP.
    case status(Int, body: [UInt8], retryAfter: Int64?)
    /// No connection, or no answer in time.
    case nothing(String)
    /// The same, from a business that must not be asked twice.
    case unknown(String)
}

/// What follows from a reply.
package enum AdapterVerdict: Sendable, Hashable {
    case ok(text: String?)
    case refused(text: String)
    /// Worth another try.
    case again(why: String, wish: Int64?)
    /// Nobody knows whether it was done, and asking again could do it twice.
    case dead(why: String)
}

extension AdapterReply {
    /// The reply of a business that cannot tell a second request from a first one: what left nobody sends again.
    package var fromOneTry: AdapterReply {
        switch self {
        case .nothing(let why): .unknown(why)
        case .status(let status, _, _) where status >= 500 || status == 408: .unknown("status \(status)")
        default: self
        }
    }

    /// Timeouts, too many requests and faults of the server are tried again; another 4xx is a refusal of the business.
    package var verdict: AdapterVerdict {
        switch self {
        case .nothing(let why): return .again(why: why, wish: nil)
        case .unknown(let why): return .dead(why: why)
        case .status(let status, let body, let retryAfter):
            if status == 408 || status == 425 || status == 429 || status >= 500 || status < 200 {
                return .again(why: "status \(status)", wish: retryAfter)
            }
            // Redirects are not followed: who sends one answers nothing that could be believed.
            if (300..<400).contains(status) { return .again(why: "redirect \(status)", wish: nil) }
            let answer = try? JSON(parsing: body, limits: JSONLimits(maximumBytes: 262_144, maximumDepth: 16))
            let text = answer?["text"]?.stringValue.map { String($0.prefix(1_000)) }
            if status >= 400 { return .refused(text: text ?? "The shop's system refused (\(status)).") }
            guard let answer else { return .again(why: "the answer is no JSON", wish: nil) }
            return answer["status"]?.stringValue == "refused" ? .refused(text: text ?? "") : .ok(text: text)
        }
    }
}
