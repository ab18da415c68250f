internal import CKernels

/// A navigable graph over the rows of a code table, packed for reading (Malkov, Yashunin 2018).
///
/// Unchecked because it holds pointers; nothing writes them after it was made.
package final class PackedGraph: @unchecked Sendable {
    /// One level: a list of links a place, all of the same length; unused ones point at their own place.
    package struct Level: Sendable {
        /// Places on this level.
        package let count: Int
        /// Links a place.
        package let degree: Int
        /// Bytes a link: 3 or 4.
        package let width: Int
        /// `count * degree * width` bytes, and 4 more.
        package let links: Column<UInt8>
        /// The row at each place; empty on level 0, where places are rows.
        package let rows: Column<UInt32>
        /// The same row's place one level below; empty on levels 0 and 1.
        package let down: Column<UInt32>

        package init(
            count: Int, degree: Int, width: Int, links: Column<UInt8>, rows: Column<UInt32>, down: Column<UInt32>
        ) {
            (self.count, self.degree, self.width) = (count, degree, width)
            (self.links, self.rows, self.down) = (links, rows, down)
        }

        /// The links of a place, those that point at itself left out.
        package func neighbours(of place: Int) -> [Int] {
            (0..<degree).map { Int(link(place * degree + $0)) }.filter { $0 != place }
        }

        private func link(_ index: Int) -> UInt32 {
            let bytes = UnsafeRawPointer(links.start) + index * width
            let word = UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self))
            return width == 3 ? word & 0xFF_FFFF : word
        }

        /// Whether every number leads to something that exists. `below` is the number of places one level down.
        package func isSound(rowCount: Int, below: Int?) -> Bool {
            guard (3...4).contains(width), (1...255).contains(degree), count > 0, count <= rowCount else {
                return false
            }
            guard links.count == count * degree * width + 4 else { return false }
            guard (0..<count * degree).allSatisfy({ link($0) < UInt32(count) }) else { return false }
            guard let below else { return count == rowCount && rows.count == 0 && down.count == 0 }
            guard rows.count == count, (0..<count).allSatisfy({ rows.start[$0] < UInt32(rowCount) }) else {
                return false
            }
            if below == rowCount, down.count == 0 { return true }
            return down.count == count && (0..<count).allSatisfy { down.start[$0] < UInt32(below) }
        }
    }

    /// The levels, level 0 first.
    package let levels: [Level]
    let raw: [vk_level]

    /// A graph of levels that are sound.
    package init(levels: [Level]) {
        self.levels = levels
        raw = levels.map { level in
            vk_level(
                links: level.links.start, counts: nil, distances: nil,
                nodes: level.rows.count > 0 ? UnsafePointer(level.rows.start) : nil,
                down: level.down.count > 0 ? UnsafePointer(level.down.start) : nil, count: UInt32(level.count),
                capacity: UInt32(level.degree), degree: UInt32(level.degree), width: UInt32(level.width))
        }
    }

    /// Whether every number in the levels leads to something that exists; they come from a file.
    package static func areSound(_ levels: [Level], rowCount: Int) -> Bool {
        guard !levels.isEmpty else { return false }
        return levels.indices.allSatisfy { index in
            if index > 1, levels[index].down.count == 0 { return false }
            return levels[index].isSound(rowCount: rowCount, below: index > 0 ? levels[index - 1].count : nil)
        }
    }

    /// Rows that a walk from the entry can reach on level 0.
    package func reachable(from row: Int = 0) -> Int {
        guard let ground = levels.first, ground.count > 0 else { return 0 }
        var seen = [Bool](repeating: false, count: ground.count)
        var waiting = [row]
        seen[row] = true
        var found = 0
        while let place = waiting.popLast() {
            found += 1
            for next in ground.neighbours(of: place) where !seen[next] {
                seen[next] = true
                waiting.append(next)
            }
        }
        return found
    }
}
