internal import Basics

/// Which passwords may be set.
enum PasswordRules {
    /// The longest password in characters.
    static let maximumLength = 512
    /// No password is longer in bytes, whatever its characters.
    static let maximumBytes = 2_048

    /// Refuses a password that is too short or too long (`M_WEAK_PASSWORD`).
    static func check(_ password: String, minimum: Int) throws(RequestError) {
        let length = password.utf8.count <= maximumBytes ? password.unicodeScalars.count : .max
        guard length >= minimum, length <= maximumLength else {
            throw RequestError(
                status: 400, code: "M_WEAK_PASSWORD",
                message: "A password needs \(minimum) to \(maximumLength) characters.")
        }
    }
}
