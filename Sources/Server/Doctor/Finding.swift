package import Basics

/// What a check of the installation came to.
package struct Finding: Hashable, Sendable {
    /// How bad it is.
    package enum Status: String, Sendable {
        /// All is well.
        case ok
        /// The server runs, but something should be looked at.
        case warn
        /// The server does not run, or not safely.
        case fail
    }

    /// What was looked at.
    package let check: String
    /// How bad it is.
    package let status: Status
    /// What was found.
    package let message: String
    /// What to do about it; nil where there is nothing to do.
    package let advice: String?

    /// A finding.
    package init(_ check: String, _ status: Status, _ message: String, advice: String? = nil) {
        self.check = check
        self.status = status
        self.message = message
        self.advice = advice
    }

    /// The finding as JSON.
    package var json: JSON {
        var members: JSONObject = [
            "check": .string(check), "status": .string(status.rawValue), "message": .string(message),
        ]
        if let advice { members["advice"] = .string(advice) }
        return .object(members)
    }
}
