/// Writes QR codes, module by module, from the tables of ISO/IEC 18004; shares nothing with what reads them.
struct WrittenQR {
    enum Level: Int, CaseIterable {
        case low, medium, quartile, high

        fileprivate var bits: Int { [1, 0, 3, 2][rawValue] }
    }

    enum Mode {
        case digits, letters, bytes
    }

    let version: Int
    let level: Level
    let mask: Int
    private(set) var dark: [[Bool]] = []
    private var isFree: [[Bool]] = []

    var side: Int { 17 + 4 * version }

    /// All bytes, data bytes by level, and blocks by level (tables 7 and 9).
    private static let sizes: [(all: Int, data: [Int], blocks: [Int])] = [
        (26, [19, 16, 13, 9], [1, 1, 1, 1]), (44, [34, 28, 22, 16], [1, 1, 1, 1]),
        (70, [55, 44, 34, 26], [1, 1, 2, 2]), (100, [80, 64, 48, 36], [1, 2, 2, 4]),
        (134, [108, 86, 62, 46], [1, 2, 4, 4]), (172, [136, 108, 76, 60], [2, 4, 4, 4]),
        (196, [156, 124, 88, 66], [2, 4, 6, 5]), (242, [194, 154, 110, 86], [2, 4, 6, 6]),
        (292, [232, 182, 132, 100], [2, 5, 8, 8]), (346, [274, 216, 154, 122], [4, 5, 8, 8]),
    ]
    private static let alignments = [
        [], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50],
    ]

    /// How many bytes of text fit as bytes.
    static func room(version: Int, level: Level) -> Int {
        sizes[version - 1].data[level.rawValue] - (version < 10 ? 2 : 3)
    }

    init(_ text: String, version: Int, level: Level, mask: Int, mode: Mode = .bytes) {
        (self.version, self.level, self.mask) = (version, level, mask)
        dark = Array(repeating: Array(repeating: false, count: side), count: side)
        isFree = Array(repeating: Array(repeating: true, count: side), count: side)
        drawPatterns()
        drawBytes(Self.parted(Self.data(text, mode, version, level), version, level))
        drawFormat()
    }

    // MARK: Bytes

    static func data(_ text: String, _ mode: Mode, _ version: Int, _ level: Level) -> [UInt8] {
        var bits: [Bool] = []
        func add(_ value: Int, _ count: Int) {
            for place in (0..<count).reversed() { bits.append(value >> place & 1 == 1) }
        }
        switch mode {
        case .digits:
            add(1, 4)
            add(text.count, version < 10 ? 10 : 12)
            let digits = Array(text)
            for at in stride(from: 0, to: digits.count, by: 3) {
                let part = String(digits[at..<min(at + 3, digits.count)])
                add(Int(part) ?? 0, [0, 4, 7, 10][part.count])
            }
        case .letters:
            let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
            let values = text.compactMap { alphabet.firstIndex(of: $0) }
            add(2, 4)
            add(values.count, version < 10 ? 9 : 11)
            for at in stride(from: 0, to: values.count, by: 2) {
                if at + 1 < values.count { add(values[at] * 45 + values[at + 1], 11) } else { add(values[at], 6) }
            }
        case .bytes:
            add(4, 4)
            add(text.utf8.count, version < 10 ? 8 : 16)
            for byte in text.utf8 { add(Int(byte), 8) }
        }
        let room = sizes[version - 1].data[level.rawValue] * 8
        precondition(bits.count <= room, "the text does not fit")
        add(0, min(4, room - bits.count))
        add(0, (8 - bits.count % 8) % 8)
        var bytes = stride(from: 0, to: bits.count, by: 8).map { at in
            bits[at..<at + 8].reduce(UInt8(0)) { $0 << 1 | ($1 ? 1 : 0) }
        }
        var isFirst = true
        while bytes.count < room / 8 {
            bytes.append(isFirst ? 0xEC : 0x11)
            isFirst.toggle()
        }
        return bytes
    }

    /// Bytes with check bytes, block after block in turn.
    private static func parted(_ data: [UInt8], _ version: Int, _ level: Level) -> [UInt8] {
        let size = sizes[version - 1]
        let count = size.blocks[level.rawValue]
        let checks = (size.all - data.count) / count
        var blocks: [[UInt8]] = []
        var at = 0
        for block in 0..<count {
            let length = data.count / count + (block >= count - data.count % count ? 1 : 0)
            blocks.append(Array(data[at..<at + length]))
            at += length
        }
        let ends = blocks.map { remainder($0, checks: checks) }
        var all: [UInt8] = []
        for place in 0...data.count / count {
            all += blocks.compactMap { $0.indices.contains(place) ? $0[place] : nil }
        }
        for place in 0..<checks { all += ends.map { $0[place] } }
        return all
    }

    /// A product in the field of 256 elements, bit by bit.
    static func product(_ a: UInt8, _ b: UInt8) -> UInt8 {
        var value = 0
        for place in (0..<8).reversed() {
            value = value << 1 ^ (value >> 7 * 0x11D)
            value ^= Int(b) >> place & 1 == 1 ? Int(a) : 0
        }
        return UInt8(value)
    }

    /// The remainder of a division by the generator polynomial.
    static func remainder(_ data: [UInt8], checks: Int) -> [UInt8] {
        var generator: [UInt8] = Array(repeating: 0, count: checks - 1) + [1]
        var root: UInt8 = 1
        for _ in 0..<checks {
            for place in generator.indices {
                generator[place] = product(generator[place], root)
                if place + 1 < checks { generator[place] ^= generator[place + 1] }
            }
            root = product(root, 2)
        }
        var rest = [UInt8](repeating: 0, count: checks)
        for byte in data {
            let factor = byte ^ rest.removeFirst()
            rest.append(0)
            for place in rest.indices { rest[place] ^= product(generator[place], factor) }
        }
        return rest
    }

    // MARK: Modules

    private mutating func set(_ x: Int, _ y: Int, _ isDark: Bool) {
        guard dark.indices.contains(y), dark.indices.contains(x) else { return }
        dark[y][x] = isDark
        isFree[y][x] = false
    }

    private mutating func drawPatterns() {
        for place in 0..<side {
            set(place, 6, place % 2 == 0)
            set(6, place, place % 2 == 0)
        }
        for (x, y) in [(3, 3), (side - 4, 3), (3, side - 4)] {
            for dy in -4...4 {
                for dx in -4...4 {
                    let ring = max(abs(dx), abs(dy))
                    set(x + dx, y + dy, ring != 2 && ring != 4)
                }
            }
        }
        let places = Self.alignments[version - 1]
        for y in places {
            for x in places where !((x == 6 && y == 6) || (x == 6 && y > side - 8) || (x > side - 8 && y == 6)) {
                for dy in -2...2 { for dx in -2...2 { set(x + dx, y + dy, max(abs(dx), abs(dy)) != 1) } }
            }
        }
        // Room for what the code says about itself.
        for place in 0..<9 {
            set(place, 8, place == 6)
            set(8, place, place == 6)
        }
        for place in 0..<8 {
            set(side - 1 - place, 8, false)
            set(8, side - 1 - place, place == 7)
        }
        guard version >= 7 else { return }
        var rest = version << 12
        for place in (12..<18).reversed() where rest >> place & 1 == 1 { rest ^= 0x1F25 << (place - 12) }
        let bits = version << 12 | rest
        for place in 0..<18 {
            let (a, b) = (side - 11 + place % 3, place / 3)
            set(a, b, bits >> place & 1 == 1)
            set(b, a, bits >> place & 1 == 1)
        }
    }

    private mutating func drawBytes(_ bytes: [UInt8]) {
        var bit = 0
        var right = side - 1
        while right > 0 {
            if right == 6 { right = 5 }
            for step in 0..<side {
                let y = (right + 1) & 2 == 0 ? side - 1 - step : step
                for x in [right, right - 1] where isFree[y][x] {
                    let value = bit < bytes.count * 8 && bytes[bit / 8] >> UInt8(7 - bit % 8) & 1 == 1
                    dark[y][x] = value != isMasked(x, y)
                    bit += 1
                }
            }
            right -= 2
        }
    }

    private func isMasked(_ x: Int, _ y: Int) -> Bool {
        [
            (x + y) % 2, y % 2, x % 3, (x + y) % 3, (x / 3 + y / 2) % 2, x * y % 2 + x * y % 3,
            (x * y % 2 + x * y % 3) % 2, ((x + y) % 2 + x * y % 3) % 2,
        ][mask] == 0
    }

    private mutating func drawFormat() {
        let format = level.bits << 3 | mask
        var rest = format << 10
        for place in (10..<15).reversed() where rest >> place & 1 == 1 { rest ^= 0x537 << (place - 10) }
        let bits = (format << 10 | rest) ^ 0x5412
        for place in 0..<15 {
            let isSet = bits >> place & 1 == 1
            let (x, y) =
                place < 6
                ? (8, place) : place < 8 ? (8, place + 1) : place == 8 ? (7, 8) : (14 - place, 8)
            dark[y][x] = isSet
            if place < 8 { dark[8][side - 1 - place] = isSet } else { dark[side - 15 + place][8] = isSet }
        }
    }
}
