/// Counts failed logins per account and per address, so that passwords cannot be guessed by trying.
///
/// A success clears the account but not the address: a guesser who knows one password gains nothing with it.
struct LoginThrottle: Sendable {
    /// More keys than this are never kept; the oldest window goes first.
    static let maximumKeys = 100_000

    private let limit: LoginLimit?
    private var failures: [Key: [Int64]] = [:]

    private enum Key: Hashable, Sendable {
        case account(String)
        case address(String)
    }

    init(limit: LoginLimit?) { self.limit = limit }

    /// Counts a try, or tells how many milliseconds to wait before the next one.
    ///
    /// The try counts as a failure until ``succeeded(account:address:)``, so that tries side by side gain nothing.
    mutating func attempt(account: String, address: String?, at now: Int64) -> Int? {
        guard let limit else { return nil }
        if failures.count >= Self.maximumKeys { forgetOldest(limit, at: now) }
        let keys = keys(account, address)
        var longest: Int64 = 0
        for key in keys {
            let recent = prune(key, limit, at: now)
            guard recent.count >= limit.failures, let first = recent.first else { continue }
            longest = max(longest, first + limit.windowMilliseconds - now)
        }
        guard longest <= 0 else { return Int(longest) }
        for key in keys { failures[key, default: []].append(now) }
        return nil
    }

    /// The last try was right: the account starts anew, and the try does not count against the address.
    mutating func succeeded(account: String, address: String?) {
        failures[.account(account)] = nil
        guard let address, failures[.address(address)]?.popLast() != nil else { return }
        if failures[.address(address)]?.isEmpty == true { failures[.address(address)] = nil }
    }

    private func keys(_ account: String, _ address: String?) -> [Key] {
        [.account(account)] + (address.map { [.address($0)] } ?? [])
    }

    private mutating func prune(_ key: Key, _ limit: LoginLimit, at now: Int64) -> [Int64] {
        guard let times = failures[key] else { return [] }
        let recent = times.filter { $0 <= now && now - $0 < limit.windowMilliseconds }
        failures[key] = recent.isEmpty ? nil : recent
        return recent
    }

    private mutating func forgetOldest(_ limit: LoginLimit, at now: Int64) {
        failures = failures.filter { now - ($0.value.last ?? 0) < limit.windowMilliseconds }
        if failures.count >= Self.maximumKeys {
            let newest = failures.sorted { ($0.value.last ?? 0) > ($1.value.last ?? 0) }
            failures = Dictionary(uniqueKeysWithValues: newest.prefix(Self.maximumKeys / 2).map { ($0.key, $0.value) })
        }
    }
}
