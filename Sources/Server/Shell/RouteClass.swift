/// What kind of work a route does: the label of its metrics and, with ``RateClass``, its share of the limits.
package enum RouteClass: String, CaseIterable, Sendable {
    case discovery, login, register, anonymous, session, sync, message, state, membership, history, receipt, typing
    case profile, data, devices, keys, upload, download, search, push, conversations, scan, rescan, catalogue, desk,
        admin
    case health, page, unknown

    /// The bucket that a request of this class is charged to.
    var rateClass: RateClass {
        switch self {
        case .login: .login
        case .register, .anonymous: .anonymous
        case .message: .message
        case .state: .state
        case .membership: .membership
        case .receipt, .typing: .receipt
        case .upload: .upload
        case .search: .search
        case .scan: .scan
        case .rescan: .rescan
        case .health, .page: .none
        default: .general
        }
    }
}

extension RouteClass {
    /// The position among all classes.
    var index: Int { Self.positions[self] ?? 0 }

    private static let positions = Dictionary(uniqueKeysWithValues: zip(allCases, 0...))
}
