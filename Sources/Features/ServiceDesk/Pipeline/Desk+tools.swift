package import Basics

/// Cards of this server's own systems.
extension Desk {
    /// The name under which the server answers presses itself; no business can have it.
    package static let ownAdapter = "vitrine"

    /// Why cards of a kind cannot be sent here; nil for kinds that can.
    package static func missing(kind: String) -> RequestError? {
        switch kind {
        case "identity.check":
            RequestError(
                status: 501, code: "M_UNRECOGNIZED",
                message: "This server cannot check faces: it has no face recognition.")
        case "call.invite":
            RequestError(status: 501, code: "M_UNRECOGNIZED", message: "This server cannot make calls yet.")
        default: nil
        }
    }
}
