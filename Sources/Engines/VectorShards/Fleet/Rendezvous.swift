/// Which stores hold an id: those whose names, mixed with the id, give the largest numbers (Thaler, Ravishankar 1998).
///
/// When a store comes or goes, only the ids move that it holds.
struct Rendezvous: Sendable {
    private let seeds: [UInt64]

    /// Stores by their names.
    init(_ names: [String]) { seeds = names.map(Self.seed) }

    /// The `copies` stores of an id by their place, the first choice first.
    func owners(of id: UInt64, copies: Int) -> [Int] {
        let weights = seeds.map { Self.mixed(id ^ $0) }
        let order = weights.indices.sorted { (weights[$1], $0) < (weights[$0], $1) }
        return Array(order.prefix(copies))
    }

    /// FNV-1a (RFC 9923) of a name, mixed.
    private static func seed(_ name: String) -> UInt64 {
        mixed(name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 })
    }

    /// The last steps of SplitMix64 (Steele, Lea, Flood 2014).
    private static func mixed(_ number: UInt64) -> UInt64 {
        var mixed = number &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
