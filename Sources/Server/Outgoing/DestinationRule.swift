/// To which addresses a request may go.
package enum DestinationRule: Sendable {
    /// Wherever the operator has said.
    case trusted
    /// Where a stranger has said: not to this machine or a private network, unless the operator lists that network.
    case guarded(except: NetworkList)

    /// Networks that no request of a stranger's choice may reach: this machine, private and shared networks, link-local,
    /// documentation, benchmarks, multicast, and addresses that stand for an IPv4 address (IANA special-purpose
    /// registries, RFC 6890).
    private static let closed = NetworkList([
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "::/96", "64:ff9b::/32", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16",
        "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    ])

    /// Whether a connection to an address is allowed.
    func allows(_ address: ClientAddress) -> Bool {
        switch self {
        case .trusted: true
        case .guarded(let open):
            open.contains(address) || !(Self.closed?.contains(address) ?? true)
        }
    }
}
