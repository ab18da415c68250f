/// GIF files with a real dictionary coder, so that every path of the decoder is met.
struct GIFBuilder {
    var width: Int
    var height: Int
    var left = 0
    var top = 0
    var frameWidth: Int?
    var frameHeight: Int?
    var interlaced = false
    var transparentIndex: UInt8?
    var frames = 1
    /// Bits of a palette index, 2...8.
    var bits = 8

    /// What colour stands behind an index.
    static func colour(_ index: Int) -> [UInt8] {
        let low = UInt8(truncatingIfNeeded: index)
        return [low, low &* 3, 255 - low]
    }

    /// Runs and repeats: long dictionary strings, the code that is used before it is complete, a full dictionary.
    static func pattern(_ count: Int) -> [UInt8] {
        (0..<count).map { place in
            let slow = place / 7 * place / 5
            return UInt8(truncatingIfNeeded: slow + place / 300)
        }
    }

    func file(indexes: [UInt8]) -> [UInt8] {
        var result = Array("GIF89a".utf8)
        result += little(width)
        result += little(height)
        result += [0x80 | UInt8(bits - 1), 0, 0]
        for index in 0..<(1 << bits) { result += Self.colour(index) }
        for _ in 0..<frames { result += frame(indexes) }
        return result + [0x3B]
    }

    private func frame(_ indexes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = [0x21, 0xF9, 4, transparentIndex == nil ? 0 : 1, 10, 0, transparentIndex ?? 0, 0]
        result += [0x21, 0xFE, 2, 0x68, 0x69, 0, 0x2C]
        for side in [left, top, frameWidth ?? width, frameHeight ?? height] { result += little(side) }
        result += [interlaced ? 0x40 : 0, UInt8(bits)]
        return result + blocks(compress(indexes))
    }

    private func little(_ value: Int) -> [UInt8] { [UInt8(value & 255), UInt8(value >> 8 & 255)] }

    private func blocks(_ data: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for start in stride(from: 0, to: data.count, by: 255) {
            let part = data[start..<min(start + 255, data.count)]
            result += [UInt8(part.count)] + part
        }
        return result + [0]
    }

    private func compress(_ indexes: [UInt8]) -> [UInt8] {
        var out = BitsOut()
        let clear = 1 << bits
        var width = bits + 1
        var table: [[UInt8]: Int] = [:]
        var next = clear + 2
        out.put(clear, width)
        var current: [UInt8] = []
        func code(_ string: [UInt8]) -> Int { string.count == 1 ? Int(string[0]) : table[string] ?? 0 }
        for index in indexes {
            let longer = current + [index]
            if longer.count == 1 || table[longer] != nil {
                current = longer
                continue
            }
            out.put(code(current), width)
            if next < 4096 {
                table[longer] = next
                next += 1
                if next > 1 << width { width = min(12, width + 1) }
            } else {
                out.put(clear, width)
                table = [:]
                next = clear + 2
                width = bits + 1
            }
            current = [index]
        }
        if !current.isEmpty { out.put(code(current), width) }
        // The reader has entered one more string by now.
        if next < 4096, next + 1 > 1 << width { width = min(12, width + 1) }
        out.put(clear + 1, width)
        return out.finished()
    }
}

private struct BitsOut {
    private var bytes: [UInt8] = []
    private var buffer = 0
    private var have = 0

    mutating func put(_ code: Int, _ width: Int) {
        buffer |= code << have
        have += width
        while have >= 8 {
            bytes.append(UInt8(buffer & 255))
            buffer >>= 8
            have -= 8
        }
    }

    func finished() -> [UInt8] { have > 0 ? bytes + [UInt8(buffer & 255)] : bytes }
}
