/// EXIF blocks with everything that is read: camera, time, lens, place.
struct FullExif {
    var bigEndian = true
    var make = "Vitrine"
    var model = "Test 1"
    var taken = "2026:11:21 05:15:00"
    var focalLength: (over: Int, under: Int) = (35, 10)
    var focalLength35 = 24
    var orientation = 1

    func tiff() -> [UInt8] {
        // First directory: 5 entries from 8; its data; then the EXIF directory; then its data.
        let firstEnd = 8 + 2 + 5 * 12 + 4
        let makeAt = firstEnd
        let modelAt = makeAt + make.utf8.count + 1
        let innerAt = (modelAt + model.utf8.count + 2) / 2 * 2
        let innerEnd = innerAt + 2 + 3 * 12 + 4
        var block: [UInt8] = (bigEndian ? [0x4D, 0x4D, 0, 0x2A] : [0x49, 0x49, 0x2A, 0]) + long(8)
        block += short(5)
        block += entry(0x010F, 2, make.utf8.count + 1, long(makeAt))
        block += entry(0x0110, 2, model.utf8.count + 1, long(modelAt))
        block += entry(0x0112, 3, 1, short(orientation) + short(0))
        block += entry(0x8769, 4, 1, long(innerAt))
        block += entry(0x8825, 4, 1, long(innerAt)) + long(0)
        block += Array(make.utf8) + [0] + Array(model.utf8) + [0]
        while block.count < innerAt { block.append(0) }
        block += short(3)
        block += entry(0x9003, 2, taken.utf8.count + 1, long(innerEnd + 8))
        block += entry(0x920A, 5, 1, long(innerEnd))
        block += entry(0xA405, 3, 1, short(focalLength35) + short(0)) + long(0)
        return block + long(focalLength.over) + long(focalLength.under) + Array(taken.utf8) + [0]
    }

    /// A JPEG with this block in its EXIF segment.
    func inside(_ file: [UInt8]) -> [UInt8] {
        let body = Array("Exif\0\0".utf8) + tiff()
        let length = body.count + 2
        return file[..<2] + [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + body + file[2...]
    }

    private func entry(_ tag: Int, _ type: Int, _ count: Int, _ value: [UInt8]) -> [UInt8] {
        short(tag) + short(type) + long(count) + value
    }

    private func short(_ value: Int) -> [UInt8] {
        let bytes = [UInt8(value >> 8 & 255), UInt8(value & 255)]
        return bigEndian ? bytes : bytes.reversed()
    }

    private func long(_ value: Int) -> [UInt8] {
        bigEndian ? short(value >> 16) + short(value & 0xFFFF) : short(value & 0xFFFF) + short(value >> 16)
    }
}
