import Synchronization

/// Counts connections, in all and by address, and says when there are too many.
final class ConnectionTable: Sendable {
    private struct Counts {
        var all = 0
        var byParty: [ClientAddress: Int] = [:]
    }

    private let limits: ConnectionLimits
    private let proxies: NetworkList
    private let counts = Mutex(Counts())
    let refused = Counter()

    init(limits: ConnectionLimits, proxies: NetworkList) {
        self.limits = limits
        self.proxies = proxies
    }

    /// Takes a place for a connection; false if there is none. Every place that was taken must be given back.
    func admit(_ address: ClientAddress) -> Bool {
        let isCounted = !proxies.contains(address)
        let isAdmitted = counts.withLock { counts in
            let own = counts.byParty[address.party, default: 0]
            guard counts.all < limits.connections, !isCounted || own < limits.connectionsPerAddress else {
                return false
            }
            counts.all += 1
            if isCounted { counts.byParty[address.party] = own + 1 }
            return true
        }
        if !isAdmitted { refused.add() }
        return isAdmitted
    }

    /// Gives a place back.
    func release(_ address: ClientAddress) {
        let isCounted = !proxies.contains(address)
        counts.withLock { counts in
            counts.all -= 1
            guard isCounted, let own = counts.byParty[address.party] else { return }
            counts.byParty[address.party] = own > 1 ? own - 1 : nil
        }
    }

    /// Open connections.
    var count: Int { counts.withLock { $0.all } }
}
