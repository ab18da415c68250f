import Basics
import HTTPTypes
import ServiceDesk
import Storage

/// The businesses that cards belong to, asked over HTTP.
///
/// A request carries the key of its press as `Idempotency-Key` and is signed; it has ten seconds unless its settings say otherwise, its reply 256 KiB, and
/// redirects are not followed.
struct Businesses: Sendable {
    let desk: Desk
    let proxy: CardProxy
    private let http = OutgoingHTTP(timeoutMilliseconds: 10_000, maximumReplyBytes: 262_144)

    private let tools: DeskTools

    init(desk: Desk, tools: DeskTools) {
        self.desk = desk
        self.tools = tools
        proxy = CardProxy(desk: desk)
    }

    var openBreakers: [String] { proxy.openBreakers }

    /// Takes the settings as they stand now.
    func reload() async throws {
        let http = http
        let database = desk.database
        let tools = tools
        let own: CardProxy.Endpoint = { press, _ in await tools.answer(press) }
        var adapters = [(name: Desk.ownAdapter, pace: CardPace.usual, ask: own)]
        for business in try await desk.businesses() {
            let ask: CardProxy.Endpoint = { press, _ in
                await Self.ask(business, press, at: database.now / 1_000, http)
            }
            adapters.append((business.name, business.config.pace, ask))
        }
        proxy.use(adapters)
    }

    /// Carries presses until the task is cancelled.
    func run() async throws {
        try await reload()
        try await proxy.takeOver(adapters: [Desk.ownAdapter] + (try await desk.businesses().map(\.name)))
        try await proxy.run()
    }

    func close() async { await http.close() }

    private static func ask(
        _ business: BusinessAdapter, _ press: JSON, at seconds: Int64, _ http: OutgoingHTTP
    ) async -> AdapterReply {
        let outgoing = request(business, press, at: seconds)
        let reply: AdapterReply
        do throws(OutgoingError) {
            // The operator has named the address.
            let answer = try await http.send(outgoing, to: .trusted, within: business.config.timeout)
            reply = business.config.reply(
                status: answer.status, body: answer.body,
                retryAfter: answer.retryAfterSeconds.map { min($0, 86_400) * 1_000 })
        } catch .badURL {
            // It never left, and never will.
            return .status(400, body: [], retryAfter: nil)
        } catch {
            reply = .nothing(String(describing: error))
        }
        return business.config.isAtMostOnce ? reply.fromOneTry : reply
    }

    /// A press as it leaves: with its key and signed.
    static func request(_ business: BusinessAdapter, _ press: JSON, at seconds: Int64) -> OutgoingRequest {
        let request = business.config.request(press)
        let signature = RequestSignature(secret: Array(business.secret.utf8)).sign(request.body, at: seconds)
        var outgoing = OutgoingRequest(
            HTTPRequest.Method(rawValue: request.method) ?? .post, request.url, body: request.body)
        outgoing.headers =
            request.headers.map { ($0.key, $0.value) } + [
                ("X-Vitrine-Timestamp", "\(seconds)"), ("X-Vitrine-Signature", signature),
            ]
        return outgoing
    }
}
