/// Networks of addresses: the proxies that are trusted, or those who may read the measurements.
package struct NetworkList: Sendable {
    private let networks: [(address: ClientAddress, bits: Int)]

    /// Networks as `address` or `address/bits`.
    ///
    /// - Returns: nil when one of them is no such thing.
    package init?(_ texts: [String]) {
        var networks: [(address: ClientAddress, bits: Int)] = []
        for text in texts {
            let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard let first = parts.first, let address = ClientAddress(first) else { return nil }
            let width = address.isIPv4 ? 32 : 128
            guard let bits = parts.count == 2 ? Int(parts[1]) : width, (0...width).contains(bits) else { return nil }
            networks.append((address, bits + 128 - width))
        }
        self.networks = networks
    }

    /// Whether an address belongs to one of them.
    package func contains(_ address: ClientAddress) -> Bool {
        networks.contains { $0.address.shares($0.bits, with: address) }
    }

    /// The nearest address that is not one of these proxies, reading `X-Forwarded-For` from its end.
    package func client(of peer: ClientAddress, forwardedFor: [String]) -> ClientAddress {
        guard !forwardedFor.isEmpty, contains(peer) else { return peer }
        var nearest = peer
        for hop in forwardedFor.joined(separator: ",").split(separator: ",").reversed() {
            guard let address = ClientAddress(hop.filter { $0 != " " }) else { return nearest }
            nearest = address
            if !contains(address) { break }
        }
        return nearest
    }
}
