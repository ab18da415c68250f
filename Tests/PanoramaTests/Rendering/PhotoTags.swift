import Foundation

/// EXIF that a camera would write, to be put into a JPEG.
struct PhotoTags {
    var orientation: Int?
    var make: String?
    var model: String?
    var time: String?
    var exposure: (UInt32, UInt32)?
    /// Text of the tag for the body's serial number.
    var serial: String?
    /// Degrees of latitude and longitude.
    var place: (Int, Int)?
    /// Focal length in millimetres, pixels an inch of the sensor and the width those are of.
    var sensor: (millimetres: (UInt32, UInt32), density: (UInt32, UInt32), width: Int)?

    private enum Value {
        case short(Int)
        case long(Int)
        case text(String)
        case ratios([(UInt32, UInt32)])

        var type: Int {
            switch self {
            case .text: 2
            case .short: 3
            case .long: 4
            case .ratios: 5
            }
        }

        var count: Int {
            switch self {
            case .text(let text): text.utf8.count + 1
            case .ratios(let ratios): ratios.count
            default: 1
            }
        }

        var bytes: [UInt8] {
            switch self {
            case .short(let value): big(value, 2) + [0, 0]
            case .long(let value): big(value, 4)
            case .text(let text): Array(text.utf8) + [0]
            case .ratios(let ratios): ratios.flatMap { big(Int($0.0), 4) + big(Int($0.1), 4) }
            }
        }
    }

    private static func big(_ value: Int, _ width: Int) -> [UInt8] {
        (0..<width).map { UInt8(value >> ((width - 1 - $0) * 8) & 255) }
    }

    /// One directory at a place of the block, with its values behind it.
    private static func directory(_ entries: [(Int, Value)], at start: Int) -> [UInt8] {
        var head = big(entries.count, 2)
        var values: [UInt8] = []
        let after = start + 2 + entries.count * 12 + 4
        for (tag, value) in entries.sorted(by: { $0.0 < $1.0 }) {
            head += big(tag, 2) + big(value.type, 2) + big(value.count, 4)
            if value.bytes.count <= 4 {
                head += value.bytes + [UInt8](repeating: 0, count: 4 - value.bytes.count)
            } else {
                head += big(after + values.count, 4)
                values += value.bytes + (value.bytes.count % 2 == 0 ? [] : [0])
            }
        }
        return head + big(0, 4) + values
    }

    /// The JPEG with these tags in front.
    func added(to jpeg: [UInt8]) -> [UInt8] {
        var inner: [(Int, Value)] = []
        if let exposure { inner.append((0x829A, .ratios([exposure]))) }
        if let time { inner.append((0x9003, .text(time))) }
        if let serial { inner.append((0xA431, .text(serial))) }
        if let sensor {
            inner += [
                (0x920A, .ratios([sensor.millimetres])), (0xA002, .long(sensor.width)),
                (0xA20E, .ratios([sensor.density])), (0xA210, .short(2)),
            ]
        }
        var first: [(Int, Value)] = []
        if let make { first.append((0x010F, .text(make))) }
        if let model { first.append((0x0110, .text(model))) }
        if let orientation { first.append((0x0112, .short(orientation))) }
        let pointers = [(0x8769, Value.long(0))] + (place == nil ? [] : [(0x8825, Value.long(0))])
        let innerAt = 8 + Self.directory(first + pointers, at: 8).count
        let innerBytes = Self.directory(inner, at: innerAt)
        let placeAt = innerAt + innerBytes.count
        var told: [(Int, Value)] = [(0x8769, .long(innerAt))]
        var placeBytes: [UInt8] = []
        if let place {
            told.append((0x8825, .long(placeAt)))
            placeBytes = Self.directory(
                [
                    (1, .text("N")), (2, .ratios([(UInt32(place.0), 1), (30, 1), (0, 1)])), (3, .text("E")),
                    (4, .ratios([(UInt32(place.1), 1), (15, 1), (0, 1)])),
                ], at: placeAt)
        }
        let tiff = [0x4D, 0x4D, 0, 42] + Self.big(8, 4) + Self.directory(first + told, at: 8) + innerBytes + placeBytes
        let body = Array("Exif".utf8) + [0, 0] + tiff
        return Array(jpeg[0..<2]) + [0xFF, 0xE1] + Self.big(body.count + 2, 2) + body + Array(jpeg[2...])
    }
}
