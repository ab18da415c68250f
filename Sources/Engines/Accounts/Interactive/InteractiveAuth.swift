public import Basics

/// A step of interactive authentication.
public enum InteractiveStage: String, Sendable, Hashable, CaseIterable {
    /// Asks for nothing.
    case dummy = "m.login.dummy"
    /// Asks for the account's password.
    case password = "m.login.password"
    /// Asks for a registration token.
    case registrationToken = "m.login.registration_token"
}

/// The 401 reply that tells a client which steps are still to be done.
public struct InteractiveChallenge: Error, Sendable, Hashable {
    /// The body of the reply.
    public let body: JSONObject
}

/// Interactive authentication as a state machine: it knows sessions and steps, no clock, no password and no database.
///
/// A session lives ten minutes and is bound to the route, the user and the hash of the request it was opened for
/// (Matrix client-server API, "User-Interactive Authentication API").
struct InteractiveAuth: Sendable {
    static let lifetimeMilliseconds: Int64 = 600_000
    static let maximumSessions = 10_000
    /// Larger requests are not remembered: their client must repeat them whole.
    static let maximumRememberedBytes = 2_048

    /// What a route asks for.
    struct Request: Sendable {
        var route: String
        var userNumber: Int64?
        /// The body without `auth`.
        var body: JSONObject
        var auth: JSONObject?
        var flows: [[InteractiveStage]]
        /// What the machine needs from outside: the id of a session that might be opened, and the hash of the body.
        var freshID: String
        var hash: [UInt8]
    }

    /// What the caller is to do.
    enum Action: Sendable, Hashable {
        /// Answer 401 with this body.
        case challenge(InteractiveChallenge)
        /// Verify this step, then call ``passed(_:_:note:at:)`` or ``failed(_:error:at:)``.
        case check(session: String, stage: InteractiveStage, auth: JSONObject)
        /// Carry out the request.
        case proceed(InteractiveGrant)
    }

    struct Session: Sendable {
        let route: String
        let userNumber: Int64?
        let hash: [UInt8]
        let body: JSONObject?
        let flows: [[InteractiveStage]]
        let openedAt: Int64
        var done: [InteractiveStage] = []
        var registrationToken: String?
        var registered: Int64?
    }

    private(set) var sessions: [String: Session] = [:]

    /// A request came in, with or without `auth`.
    mutating func received(_ request: Request, at now: Int64) throws(RequestError) -> Action {
        guard let auth = request.auth else {
            let id = open(request, at: now)
            return .challenge(challenge(id))
        }
        let known = auth["session"]?.stringValue
        let id: String
        if let known, live(known, at: now) != nil {
            id = known
        } else {
            id = try reopen(request, had: known, at: now)
        }
        guard let session = sessions[id] else { throw Self.changed }
        try check(request, belongsTo: session)
        guard let type = auth["type"]?.stringValue else { return next(id, session, request) }
        guard let stage = InteractiveStage(rawValue: type), session.flows.contains(where: { $0.contains(stage) }) else {
            return .challenge(challenge(id, error: ("M_UNRECOGNIZED", "This request does not take the step \(type).")))
        }
        if session.done.contains(stage) { return next(id, session, request) }
        return stage == .dummy ? passed(id, .dummy, request: request) : .check(session: id, stage: stage, auth: auth)
    }

    /// A step that had to be verified was right. `token` is the registration token that was shown.
    mutating func passed(_ id: String, _ stage: InteractiveStage, token: String? = nil, request: Request) -> Action {
        guard var session = sessions[id] else { return .challenge(challenge(id)) }
        if !session.done.contains(stage) { session.done.append(stage) }
        if let token { session.registrationToken = token }
        sessions[id] = session
        return next(id, session, request)
    }

    /// A step that had to be verified was wrong.
    func failed(_ id: String, error: RequestError) -> InteractiveChallenge {
        challenge(id, error: (error.code, error.message))
    }

    /// The request was carried out. A registration is remembered so that its repetition finds the same user.
    mutating func finished(_ id: String, registered: Int64? = nil) {
        guard let registered else {
            sessions[id] = nil
            return
        }
        sessions[id]?.registered = registered
        sessions[id]?.registrationToken = nil
    }

    /// How many open sessions hold a use of a registration token.
    func pendingUses(of token: String, at now: Int64) -> Int {
        sessions.values.count { $0.registrationToken == token && !isExpired($0, at: now) }
    }
}

// MARK: Sessions

extension InteractiveAuth {
    private static let changed = RequestError.forbidden("The request differs from the one that was authorised.")

    private func isExpired(_ session: Session, at now: Int64) -> Bool {
        now - session.openedAt > Self.lifetimeMilliseconds
    }

    private mutating func live(_ id: String, at now: Int64) -> Session? {
        guard let session = sessions[id] else { return nil }
        guard isExpired(session, at: now) else { return session }
        sessions[id] = nil
        return nil
    }

    private mutating func open(_ request: Request, at now: Int64) -> String {
        if sessions.count >= Self.maximumSessions { makeRoom(at: now) }
        let isSmall = JSON.object(request.body).encoded().count <= Self.maximumRememberedBytes
        sessions[request.freshID] = Session(
            route: request.route, userNumber: request.userNumber, hash: request.hash,
            body: isSmall ? request.body : nil, flows: request.flows, openedAt: now)
        return request.freshID
    }

    /// Opens a session for a client that began with a step, or whose session has run out.
    private mutating func reopen(_ request: Request, had known: String?, at now: Int64) throws(RequestError) -> String {
        guard known != nil, request.body.isEmpty else { return open(request, at: now) }
        throw RequestError(
            status: 400, code: "M_UNKNOWN", message: "This authentication session has run out. Start again.")
    }

    private mutating func makeRoom(at now: Int64) {
        sessions = sessions.filter { !isExpired($0.value, at: now) }
        guard sessions.count >= Self.maximumSessions else { return }
        let newest = sessions.sorted { $0.value.openedAt > $1.value.openedAt }.prefix(Self.maximumSessions / 2)
        sessions = Dictionary(uniqueKeysWithValues: newest.map { ($0.key, $0.value) })
    }

    private func check(_ request: Request, belongsTo session: Session) throws(RequestError) {
        let isSame = request.hash == session.hash || (request.body.isEmpty && session.body != nil)
        guard session.route == request.route, session.userNumber == request.userNumber, isSame else {
            throw Self.changed
        }
    }

    private func next(_ id: String, _ session: Session, _ request: Request) -> Action {
        guard session.flows.contains(where: { $0.allSatisfy(session.done.contains) }) else {
            return .challenge(challenge(id))
        }
        let body = request.body.isEmpty ? session.body ?? request.body : request.body
        return .proceed(
            InteractiveGrant(
                session: id, body: body, registrationToken: session.registrationToken, registered: session.registered))
    }

    private func challenge(_ id: String, error: (code: String, message: String)? = nil) -> InteractiveChallenge {
        var body = JSONObject()
        if let error {
            body["errcode"] = .string(error.code)
            body["error"] = .string(error.message)
        }
        let session = sessions[id]
        body["session"] = .string(id)
        body["flows"] = .array(
            (session?.flows ?? []).map { ["stages": .array($0.map { .string($0.rawValue) })] })
        body["params"] = [:]
        body["completed"] = .array((session?.done ?? []).map { .string($0.rawValue) })
        return InteractiveChallenge(body: body)
    }
}
