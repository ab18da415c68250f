/// The modules of a QR code as they were seen; reads the bytes that they hold.
struct QRModules {
    let layout: QRLayout
    /// Dark ones, row by row.
    private let dark: [Bool]

    /// - Parameter dark: as many as the layout has modules.
    init?(_ layout: QRLayout, dark: [Bool]) {
        guard dark.count == layout.side * layout.side else { return nil }
        self.layout = layout
        self.dark = dark
    }

    private func bit(_ x: Int, _ y: Int) -> Int { dark[y * layout.side + x] ? 1 : 0 }

    /// The same code seen in a mirror.
    var mirrored: QRModules? {
        let side = layout.side
        return QRModules(layout, dark: (0..<side * side).map { dark[$0 % side * side + $0 / side] })
    }

    /// The bytes that the code carries; nil when too much of it is damaged.
    func bytes() -> [UInt8]? {
        guard let (level, mask) = format() else { return nil }
        var words: [UInt8] = []
        var (word, count): (UInt8, Int) = (0, 0)
        for (x, y) in layout.bitPlaces {
            let bit = bit(x, y) ^ (QRLayout.isMasked(mask, x, y) ? 1 : 0)
            word = word << 1 | UInt8(bit)
            count += 1
            if count % 8 == 0 { words.append(word) }
        }
        return parted(words, level)
    }

    /// The bytes lie block after block in turn: first all first bytes, and so on; the last blocks may be a byte longer.
    private func parted(_ words: [UInt8], _ level: QRLayout.Level) -> [UInt8]? {
        let (checks, count) = layout.blocks(level)
        let data = words.count - checks * count
        guard data >= count else { return nil }
        let (short, long) = (data / count, data % count)
        var blocks = [[UInt8]](repeating: [], count: count)
        var at = 0
        for place in 0...short {
            for block in 0..<count where place < short || block >= count - long {
                blocks[block].append(words[at])
                at += 1
            }
        }
        for _ in 0..<checks {
            for block in 0..<count {
                blocks[block].append(words[at])
                at += 1
            }
        }
        var bytes: [UInt8] = []
        for block in blocks {
            guard let fixed = ReedSolomon.corrected(block, checks: checks) else { return nil }
            bytes += fixed.dropLast(checks)
        }
        return bytes
    }

    /// The level and the mask, of the two places where they stand the one that is less damaged (7.9.1).
    private func format() -> (QRLayout.Level, Int)? {
        let side = layout.side
        var first = 0
        var second = 0
        for place in 0..<15 {
            let (x, y) =
                switch place {
                case 0..<6: (8, place)
                case 6: (8, 7)
                case 7: (8, 8)
                case 8: (7, 8)
                default: (14 - place, 8)
                }
            first |= bit(x, y) << place
            second |= (place < 8 ? bit(side - 1 - place, 8) : bit(8, side - 15 + place)) << place
        }
        let ranked = (0..<32).map { format -> (distance: Int, format: Int) in
            let code = Self.formatCode(format)
            return (min((code ^ first).nonzeroBitCount, (code ^ second).nonzeroBitCount), format)
        }
        guard let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= 3,
            let level = QRLayout.Level(rawValue: best.format >> 3)
        else { return nil }
        return (level, best.format & 7)
    }

    /// Five bits with ten check bits, over a pattern that keeps them from being all light (annex C).
    static func formatCode(_ format: Int) -> Int {
        var rest = format << 10
        for place in Swift.stride(from: 14, through: 10, by: -1) where rest >> place & 1 == 1 {
            rest ^= 0x537 << (place - 10)
        }
        return (format << 10 | rest) ^ 0x5412
    }
}
