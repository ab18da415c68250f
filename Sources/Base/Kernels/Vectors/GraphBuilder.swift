internal import CKernels
import Foundation

/// How a graph is built.
package struct GraphParameters: Hashable, Sendable {
    /// Links that a row makes on each level when it comes in.
    package var degree: Int
    /// Links a row may have on level 0.
    package var groundDegree: Int
    /// Candidates that are looked at for them.
    package var effort: Int
    /// How much nearer a neighbour's neighbour must be to make a link superfluous (Vamana's alpha, on squared distances).
    package var slack: Float

    package init(degree: Int = 16, groundDegree: Int = 22, effort: Int = 100, slack: Float = 1.15) {
        precondition((2...64).contains(degree) && (degree...128).contains(groundDegree) && effort >= degree)
        (self.degree, self.groundDegree, self.effort, self.slack) = (degree, groundDegree, effort, slack)
    }
}

/// Builds a graph over a table, row by row; the outcome follows from the rows, the parameters and the seed.
package final class GraphBuilder {
    /// A level while it grows.
    private struct Level {
        let count: Int
        let capacity: Int
        let degree: Int
        let links: Column<UInt32>
        let counts: Column<UInt8>
        let distances: Column<Float>
        let rows: Column<UInt32>
        let down: Column<UInt32>
        /// The place of each row that is on this level; empty on level 0.
        let places: [UInt32: UInt32]
    }

    private let table: CodeTable
    private let parameters: GraphParameters
    private let heights: [UInt8]
    private let order: [UInt32]
    private let levels: [Level]
    private let queries: Column<UInt8>
    private let kept: Column<UInt32>
    private let candidates: Column<vk_hit>
    private let visited: Column<UInt8>
    private let pool: Column<vk_hit>
    private let rawLevels: Column<vk_level>
    private var raw = vk_build()
    private var inserted = 0
    private let variant: KernelVariant

    /// A builder for all rows of a table, of which there must be at least one.
    package init(
        _ table: CodeTable, parameters: GraphParameters, seed: UInt64, variant: KernelVariant = .best
    ) {
        precondition(table.count > 0, "a graph of nothing")
        (self.table, self.parameters, self.variant) = (table, parameters, variant)
        var random = SplitMix(state: seed)
        let heights = (0..<table.count).map { _ in random.height(degree: parameters.degree) }
        var order = (0..<UInt32(table.count)).map { $0 }
        order.shuffle(using: &random)
        (self.heights, self.order) = (heights, order)
        levels = Self.makeLevels(heights, parameters)
        let largest = levels.map(\.capacity).max() ?? 0
        let effort = min(parameters.effort, max(1, table.count))
        queries = Column(count: 8 * table.stride)
        kept = Column(count: largest + 1)
        candidates = Column(count: effort + largest + 1)
        visited = Column(count: table.count + 4)
        pool = Column(count: effort + 1)
        rawLevels = Column(count: levels.count)
        makeRaw(effort: effort)
    }

    private static func makeLevels(_ heights: [UInt8], _ parameters: GraphParameters) -> [Level] {
        var levels: [Level] = []
        for height in 0...(heights.max() ?? 0) {
            let rows = height == 0 ? [] : heights.indices.filter { heights[$0] >= height }.map { UInt32($0) }
            let count = height == 0 ? heights.count : rows.count
            let degree = height == 0 ? parameters.groundDegree : parameters.degree
            // A full list is cut back rarely, because cutting costs as much as a walk.
            let capacity = degree + max(8, degree * 3 / 4)
            let rowColumn = Column<UInt32>(count: rows.count)
            let down = Column<UInt32>(count: height > 1 ? rows.count : 0)
            var places: [UInt32: UInt32] = [:]
            for (place, row) in rows.enumerated() {
                rowColumn[place] = row
                places[row] = UInt32(place)
                if height > 1 { down[place] = levels[Int(height) - 1].places[row] ?? 0 }
            }
            levels.append(
                Level(
                    count: count, capacity: capacity, degree: degree, links: Column(count: count * capacity),
                    counts: Column(count: count), distances: Column(count: count * capacity), rows: rowColumn,
                    down: down, places: places))
        }
        return levels
    }

    private func makeRaw(effort: Int) {
        for (index, level) in levels.enumerated() {
            let links = UnsafeMutableRawPointer(level.links.start).assumingMemoryBound(to: UInt8.self)
            rawLevels[index] = vk_level(
                links: links, counts: level.counts.start, distances: level.distances.start,
                nodes: index > 0 ? UnsafePointer(level.rows.start) : nil,
                down: index > 1 ? UnsafePointer(level.down.start) : nil, count: UInt32(level.count),
                capacity: UInt32(level.capacity), degree: UInt32(level.degree), width: 4)
        }
        raw.codes = table.raw
        raw.levels = rawLevels.start
        raw.level_count = UInt32(levels.count)
        raw.degree = UInt32(parameters.degree)
        raw.effort = UInt32(effort)
        // The slack compares lengths, which inner products are not.
        raw.slack = table.kind == .innerProduct ? 1 : parameters.slack
        raw.metric = table.kind.rawValue
        raw.query_bytes = UnsafeMutableRawPointer(queries.start).assumingMemoryBound(to: Int8.self)
        raw.other_query = UnsafeMutableRawPointer(queries.start + 4 * table.stride)
        raw.kept = kept.start
        raw.candidates = candidates.start
        raw.scratch.visited = visited.start
        raw.scratch.capacity = UInt32(visited.count)
        raw.scratch.pool = pool.start
        raw.scratch.pool_capacity = UInt32(pool.count)
    }

    /// Inserts up to `limit` more rows; returns how many are in. Done when that is the table's count.
    package func insert(atMost limit: Int) -> Int {
        let end = min(order.count, inserted + limit)
        var places = [UInt32](repeating: 0, count: levels.count)
        for index in inserted..<end {
            let row = order[index]
            let height = Int(heights[Int(row)])
            places[0] = row
            for level in stride(from: 1, through: height, by: 1) { places[level] = levels[level].places[row] ?? 0 }
            vk_build_insert(&raw, UInt32(height), places, variant.code)
        }
        inserted = end
        return end
    }

    /// The graph; all rows must have been inserted.
    package func finish() -> PackedGraph {
        precondition(inserted == order.count, "rows are missing")
        vk_build_finish(&raw, variant.code)
        connect()
        return PackedGraph(levels: levels.enumerated().map { pack($1, isGround: $0 == 0) })
    }

    // MARK: No row may be out of reach

    /// Cutting lists can leave a row that no link leads to. Each gets one from a row within reach that has room: a near
    /// one, else any. Where all lists are full a last link gives way; a round that takes one away may need another.
    private func connect() {
        let ground = levels[0]
        for _ in 0..<16 {
            var seen = [Bool](repeating: false, count: ground.count)
            spread(from: 0, &seen)
            var isWhole = true
            var roomy = 0
            for row in 0..<ground.count where !seen[row] {
                isWhole = false
                while roomy < ground.count, !seen[roomy] || !hasRoom(roomy) { roomy += 1 }
                let near = neighbour(of: row, seen)
                let from = near.map { hasRoom($0) } ?? false || roomy == ground.count ? near ?? 0 : roomy
                link(from: from, to: UInt32(row))
                spread(from: row, &seen)
            }
            if isWhole { return }
        }
    }

    private func hasRoom(_ row: Int) -> Bool { Int(levels[0].counts.start[row]) < levels[0].degree }

    /// Marks all rows that can be reached.
    private func spread(from row: Int, _ seen: inout [Bool]) {
        let ground = levels[0]
        var waiting = [row]
        seen[row] = true
        while let place = waiting.popLast() {
            for slot in 0..<Int(ground.counts.start[place]) {
                let next = Int(ground.links.start[place * ground.capacity + slot])
                if !seen[next] {
                    seen[next] = true
                    waiting.append(next)
                }
            }
        }
    }

    /// A reached row near to one that is not: with room if there is one, else the first.
    private func neighbour(of row: Int, _ seen: [Bool]) -> Int? {
        let ground = levels[0]
        var first: Int?
        var asked = [row]
        for _ in 0..<3 {
            asked = asked.flatMap { place in
                (0..<Int(ground.counts.start[place])).map { Int(ground.links.start[place * ground.capacity + $0]) }
            }
            for near in asked where seen[near] {
                if hasRoom(near) { return near }
                first = first ?? near
            }
        }
        return first
    }

    private func link(from place: Int, to row: UInt32) {
        let ground = levels[0]
        let used = Int(ground.counts.start[place])
        let slot = min(used, ground.degree - 1)
        ground.links.start[place * ground.capacity + slot] = row
        ground.counts.start[place] = UInt8(max(used, slot + 1))
    }

    private func pack(_ level: Level, isGround: Bool) -> PackedGraph.Level {
        let width = level.count <= 1 << 24 ? 3 : 4
        let links = Column<UInt8>(count: level.count * level.degree * width + 4)
        for place in 0..<level.count {
            let used = Int(level.counts.start[place])
            for slot in 0..<level.degree {
                let link = slot < used ? level.links.start[place * level.capacity + slot] : UInt32(place)
                let at = (place * level.degree + slot) * width
                for byte in 0..<width {
                    links.start[at + byte] = UInt8(truncatingIfNeeded: link >> UInt32(8 * byte))
                }
            }
        }
        return PackedGraph.Level(
            count: level.count, degree: level.degree, width: width, links: links, rows: level.rows, down: level.down)
    }
}

/// A generator for heights and orders (SplitMix64; Steele, Lea, Flood 2014).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// A level is `degree` times as rare as the one below (section 4.1 of the paper).
    mutating func height(degree: Int) -> UInt8 {
        let uniform = Double(next() >> 11 | 1) * 0x1p-53
        return UInt8(min(12, -log(uniform) / log(Double(degree))))
    }
}
