import Basics
import HTTPTypes
import Messaging
import ServiceDesk

extension IntentScorer {
    /// Asks over HTTP, and takes no answer for an answer once the time is over: a visitor's page waits for it.
    static func asking(_ http: OutgoingHTTP) -> IntentScorer {
        IntentScorer { url, body in
            await withTaskGroup(of: Intent?.self) { group in
                group.addTask {
                    let request = OutgoingRequest(.post, url, body: body.encoded())
                    // Only administrators name the address.
                    guard let reply = try? await http.send(request, to: .trusted, within: limit),
                        (200..<300).contains(reply.status), let answer = try? JSON(parsing: reply.body),
                        let score = answer["intent"]?.intValue
                    else { return nil }
                    return Intent(score: score, label: answer["label"]?.stringValue)
                }
                group.addTask {
                    await Bell().wait(milliseconds: limit)
                    return nil
                }
                // Whoever is first: the answer, its failure, or the end of the time.
                let first = await group.next() ?? nil
                group.cancelAll()
                return first
            }
        }
    }
}
