public import Basics
internal import Crypto

/// Leave to carry out a request, won by interactive authentication.
public struct InteractiveGrant: Sendable, Hashable {
    /// The authentication session, to be given to ``Accounts/finish(_:registered:)``.
    public let session: String
    /// The request's body without `auth`; that of the first request if the last one held nothing else.
    public let body: JSONObject
    /// The registration token that was shown.
    public let registrationToken: String?
    /// The number of the user whom this session has registered before: the request is a repetition.
    public let registered: Int64?
}

/// A request that needs interactive authentication.
public struct InteractiveRequest: Sendable {
    /// What names the operation, e.g. `POST /account/password`; with ids of the path.
    public var route: String
    /// The whole body, `auth` included.
    public var body: JSONObject
    /// The ways that lead through; each a list of steps that must all be done.
    public var flows: [[InteractiveStage]]
    /// The user whom the password must belong to; `nil` before registration.
    public var userNumber: Int64?
    /// The address the request came from, for the limit on failures.
    public var address: String?

    /// A request.
    public init(
        route: String, body: JSONObject, flows: [[InteractiveStage]], userNumber: Int64? = nil, address: String? = nil
    ) {
        self.route = route
        self.body = body
        self.flows = flows
        self.userNumber = userNumber
        self.address = address
    }

    func machineRequest() throws(RequestError) -> InteractiveAuth.Request {
        var rest = body
        rest["auth"] = nil
        guard body["auth"] == nil || body["auth"]?.objectValue != nil else {
            throw .badJSON("auth must be an object.")
        }
        return InteractiveAuth.Request(
            route: route, userNumber: userNumber, body: rest, auth: body["auth"]?.objectValue, flows: flows,
            freshID: Base64URL.encode(secureRandomBytes(18)),
            hash: Array(SHA256.hash(data: JSON.object(rest).canonical())))
    }
}
