package import Basics
import HTTPTypes
package import ServiceDesk

/// Asks a business as the server would on a bad day: everything twice, cut off, eight at once, wrongly signed.
///
/// It looks at answers alone: a business that does something twice and answers the same is not found out.
package struct AdapterKit: Sendable {
    private let business: BusinessAdapter
    private let press: JSONObject
    private let http = OutgoingHTTP(timeoutMilliseconds: 25_000, maximumReplyBytes: 262_144)
    private let run = Hex.encode(secureRandomBytes(6))

    /// A kit for one business.
    ///
    /// - Parameters:
    ///   - press: what a card would send: `verb`, `ref` and `data`; the kit adds keys.
    ///   - secret: what the business checks signatures with.
    package init(config: AdapterConfig, secret: String, press: JSONObject) {
        business = BusinessAdapter(name: "check", of: Desk.firstShop, config: config, secret: secret)
        self.press = press
    }

    private struct Answer: Sendable, Hashable {
        var status: Int
        var body: [UInt8]

        var words: String { "\(status) \(String(decoding: body.prefix(120), as: UTF8.self))" }
    }

    /// All checks, one after the other.
    package func check() async -> [Finding] {
        let findings = [
            await answer(), await twice(), await cut(), await together(),
            await refusal(
                "signature", "that somebody else signed", secret: "nobody's secret, but long enough", shift: 0),
            await refusal("time", "that was signed an hour ago", secret: business.secret, shift: -3_600),
        ]
        await http.close()
        return findings
    }

    // MARK: Asking

    private func ask(
        _ number: Int, secret: String? = nil, shift: Int64 = 0, within: Int64? = nil
    ) async -> Answer? {
        var press = press
        press["key"] = .string("check-\(run)-\(number)")
        var asked = business
        if let secret { asked.secret = secret }
        let seconds = SystemWallClock().now() / 1_000 + shift
        let request = Businesses.request(asked, .object(press), at: seconds)
        guard let reply = try? await http.send(request, to: .trusted, within: within ?? business.config.timeout) else {
            return nil
        }
        return Answer(status: reply.status, body: reply.body)
    }

    private func verdict(_ answer: Answer) -> AdapterVerdict {
        business.config.reply(status: answer.status, body: answer.body, retryAfter: nil).verdict
    }

    // MARK: Checks

    private func answer() async -> Finding {
        guard let answer = await ask(1) else {
            return Finding(
                "answer", .fail, "No answer within \(business.config.timeout) ms.", advice: "Is the address right?")
        }
        switch verdict(answer) {
        case .ok(let text): return Finding("answer", .ok, "Taken\(text.map { ": \($0)" } ?? ".")")
        case .refused(let text): return Finding("answer", .warn, "Refused: \(text)", advice: "Try it with other data.")
        case .again(let why, _), .dead(let why):
            return Finding(
                "answer", .fail, "Not understood (\(why)): \(answer.words)", advice: "Answer 2xx with JSON, or 4xx.")
        }
    }

    private func twice() async -> Finding {
        compared("repetition", "The same key again", [await ask(2), await ask(2), await ask(2)])
    }

    private func cut() async -> Finding {
        // The connection ends before the answer can come; nobody knows what was done.
        _ = await ask(3, within: 2)
        return compared("cut", "A request that was cut off, again", [await ask(3), await ask(3)])
    }

    private func together() async -> Finding {
        let answers = await withTaskGroup(of: Answer?.self) { group in
            for _ in 0..<8 { group.addTask { await ask(4) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        return compared("at once", "One key eight times at once", answers)
    }

    private func compared(_ check: String, _ what: String, _ answers: [Answer?]) -> Finding {
        let known = answers.compactMap(\.self)
        guard known.count == answers.count, let first = known.first else {
            return Finding(check, .fail, "\(what) was not answered.", advice: "Answer every request under a key.")
        }
        guard let other = known.first(where: { $0 != first }) else {
            return Finding(check, .ok, "\(what) was answered as the first time.")
        }
        return Finding(
            check, .fail, "\(what) was answered otherwise: \(first.words), then \(other.words)",
            advice: "Keep each Idempotency-Key with its answer, in the transaction of what it did.")
    }

    private func refusal(_ check: String, _ what: String, secret: String, shift: Int64) async -> Finding {
        guard let answer = await ask(5, secret: secret, shift: shift) else {
            return Finding(check, .fail, "A request \(what) was not answered.")
        }
        if answer.status == 401 || answer.status == 403 {
            return Finding(check, .ok, "A request \(what) is refused.")
        }
        return Finding(
            check, .warn, "A request \(what) is taken: \(answer.words)",
            advice: "Check X-Vitrine-Signature and X-Vitrine-Timestamp.")
    }
}
