package import Accounts

/// A group of requests that share one token bucket per user, or per address before login.
package enum RateClass: UInt8, CaseIterable, Sendable {
    case none, general, message, state, membership, receipt, upload, search, scan, rescan, login
    case anonymous, stranger

    /// How many requests a second pass on average, and how many at once.
    package struct Rate: Hashable, Sendable {
        /// Requests a second, on average.
        package var perSecond: Double
        /// Requests at once.
        package var burst: Double
    }

    /// The rate for a user of that kind; nil where there is no limit.
    package func rate(for kind: UserKind?) -> Rate? {
        switch self {
        case .none: nil
        case .general: Rate(perSecond: 100, burst: 1_000)
        case .message: messageRate(for: kind)
        case .state: Rate(perSecond: 2, burst: 50)
        case .membership: Rate(perSecond: 1, burst: 20)
        case .receipt: Rate(perSecond: 10, burst: 50)
        case .upload: Rate(perSecond: 1, burst: 20)
        case .search: Rate(perSecond: 1, burst: 10)
        // 30 a minute: each decodes pictures and runs networks. Another part of the same picture costs less.
        case .scan: Rate(perSecond: 0.5, burst: 30)
        case .rescan: Rate(perSecond: 1, burst: 60)
        case .login: Rate(perSecond: 1, burst: 20)
        case .anonymous: Rate(perSecond: 0.2, burst: 10)
        // Tokens that nobody has: each costs a look at the database.
        case .stranger: Rate(perSecond: 10, burst: 100)
        }
    }

    private func messageRate(for kind: UserKind?) -> Rate {
        switch kind {
        case .staff: Rate(perSecond: 20, burst: 100)
        case .robot: Rate(perSecond: 50, burst: 500)
        default: Rate(perSecond: 5, burst: 30)
        }
    }
}
