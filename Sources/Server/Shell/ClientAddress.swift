package import NIOCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An IP address as 128 bits; IPv4 addresses stand in `::ffff:0:0/96`.
package struct ClientAddress: Hashable, Sendable, CustomStringConvertible {
    let high: UInt64
    let low: UInt64

    /// The address of a socket; nil for other than IP sockets.
    package init?(_ address: SocketAddress?) {
        guard let text = address?.ipAddress else { return nil }
        self.init(text)
    }

    /// The address a text stands for.
    package init?(_ text: some StringProtocol) {
        let text = String(text)
        var four: [UInt8] = Array(repeating: 0, count: 4)
        var sixteen: [UInt8] = Array(repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &four) == 1 {
            self.init(high: 0, low: 0xFFFF_0000_0000 | Self.number(four))
        } else if inet_pton(AF_INET6, text, &sixteen) == 1 {
            self.init(high: Self.number(sixteen.prefix(8)), low: Self.number(sixteen.suffix(8)))
        } else {
            return nil
        }
    }

    private static func number(_ bytes: some Sequence<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

    /// An address for connections that have none.
    static let unspecified = ClientAddress(high: 0, low: 0)

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    var isIPv4: Bool { high == 0 && low >> 32 == 0xFFFF }

    /// Whether the first `bits` of 128 are those of `other`.
    func shares(_ bits: Int, with other: ClientAddress) -> Bool {
        guard bits > 0 else { return true }
        guard bits > 64 else { return (high ^ other.high) >> UInt64(64 - min(bits, 64)) == 0 }
        return high == other.high && (low ^ other.low) >> UInt64(128 - min(bits, 128)) == 0
    }

    /// What a limit counts as one party: the address, for IPv6 its network of 64 bits.
    var party: ClientAddress { isIPv4 || high == 0 ? self : ClientAddress(high: high, low: 0) }

    /// The address in the usual notation.
    package var description: String {
        guard !isIPv4 else {
            return [24, 16, 8, 0].map { String(low >> UInt64($0) & 0xFF) }.joined(separator: ".")
        }
        let groups = [high, low].flatMap { half in [48, 32, 16, 0].map { half >> UInt64($0) & 0xFFFF } }
        return groups.map { String($0, radix: 16) }.joined(separator: ":")
    }
}
