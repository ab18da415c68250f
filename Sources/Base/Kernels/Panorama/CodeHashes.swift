/// Tables in which near codes share a drawer: signs of their products with random directions (locality-sensitive
/// hashing; Indyk and Motwani 1998, Charikar 2002).
package struct CodeHashes: Sendable {
    private let codes: PackedCodes
    private let means: [Float]
    private let directions: [Float]
    private var tables: [[UInt32: [Int32]]] = []
    private static let tableCount = 8

    /// Bits of a table's key.
    private let bits: Int

    /// Tables over the codes of one picture.
    package init(_ codes: PackedCodes) {
        self.codes = codes
        // About four codes a drawer.
        var bits = 6
        while bits < 16, 1 << bits < codes.count / 4 { bits += 1 }
        self.bits = bits
        var sums = [Float](repeating: 0, count: 128)
        for row in 0..<codes.count { for d in 0..<128 { sums[d] += Float(codes.rows[row * 128 + d]) } }
        means = sums.map { $0 / Float(max(1, codes.count)) }
        var state: UInt64 = 0x5EED
        directions = (0..<(Self.tableCount * bits * 128)).map { _ in
            // The sum of four uniform numbers is normal enough here.
            var sum: Float = 0
            for _ in 0..<4 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                sum += Float(state >> 40) / Float(1 << 24) - 0.5
            }
            return sum
        }
        for table in 0..<Self.tableCount {
            var drawers: [UInt32: [Int32]] = [:]
            for row in 0..<codes.count { drawers[key(codes, row, table).key, default: []].append(Int32(row)) }
            tables.append(drawers)
        }
    }

    /// The key of a code, and the bit that was nearest to falling out the other way.
    private func key(_ from: PackedCodes, _ row: Int, _ table: Int) -> (key: UInt32, loose: [UInt32]) {
        var key: UInt32 = 0
        var sizes: [(Float, UInt32)] = []
        for bit in 0..<bits {
            var sum: Float = 0
            let start = (table * bits + bit) * 128
            for d in 0..<128 { sum += directions[start + d] * (Float(from.rows[row * 128 + d]) - means[d]) }
            if sum > 0 { key |= 1 << UInt32(bit) }
            sizes.append((abs(sum), 1 << UInt32(bit)))
        }
        sizes.sort { $0.0 < $1.0 }
        return (key, sizes.prefix(4).map(\.1))
    }

    /// For each code of `queries` the nearest among the codes that share a drawer, or one that is a loose bit away.
    package func nearest(_ queries: PackedCodes) -> [NearestCode] {
        var seen = [Int32](repeating: -1, count: codes.count)
        return (0..<queries.count).map { query in
            var (best, second, index) = (Int32.max, Int32.max, -1)
            for table in 0..<Self.tableCount {
                let (key, loose) = key(queries, query, table)
                for probe in [key] + loose.map({ key ^ $0 }) {
                    for candidate in tables[table][probe] ?? [] where seen[Int(candidate)] != Int32(query) {
                        seen[Int(candidate)] = Int32(query)
                        let distance = queries.distance(query, to: codes, Int(candidate))
                        if distance < best || distance == best && Int(candidate) < index {
                            if distance < best { second = best }
                            (best, index) = (distance, Int(candidate))
                        } else if distance < second {
                            second = distance
                        }
                    }
                }
            }
            return NearestCode(index: index, best: best, second: second)
        }
    }
}
