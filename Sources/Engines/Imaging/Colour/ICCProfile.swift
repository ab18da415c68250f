/// A colour profile as far as it is understood here: three primaries and three curves, or one grey curve.
///
/// Layout: ICC.1:2022 (profile version 4.4), sections 7 (header, tag table), 9.2 and 10 (tags and their types).
struct ICCProfile: Sendable, Hashable {
    /// Columns are the primaries' XYZ under D50, row-major.
    let primaries: [Double]?
    /// Light of each 8-bit sample, 0...1, for each channel: one table for grey, three for colour.
    let curves: [[Float]]
    /// What the profile calls itself, where that is plain text.
    let name: String?

    private static let maximumTags = 100
    private static let maximumCurve = 4096
    private static let maximumName = 64

    /// Why a profile is not used; colours are then taken as sRGB.
    enum Refusal: Error, Hashable {
        case damaged, lookupTable, otherColours
    }

    static func read(_ view: ByteView) throws(Refusal) -> ICCProfile {
        do {
            guard view.has("acsp", at: 36) else { throw Refusal.damaged }
            let tags = try tagTable(view)
            if view.has("GRAY", at: 16) {
                guard let curve = tags["kTRC"] else { throw Refusal.lookupTable }
                return ICCProfile(primaries: nil, curves: [try curveTable(curve)], name: name(tags))
            }
            guard view.has("RGB ", at: 16) else { throw Refusal.otherColours }
            guard view.has("XYZ ", at: 20), let red = tags["rXYZ"], let green = tags["gXYZ"], let blue = tags["bXYZ"],
                let redCurve = tags["rTRC"], let greenCurve = tags["gTRC"], let blueCurve = tags["bTRC"]
            else { throw Refusal.lookupTable }
            let columns = [try xyz(red), try xyz(green), try xyz(blue)]
            let primaries = (0..<9).map { columns[$0 % 3][$0 / 3] }
            let curves = [try curveTable(redCurve), try curveTable(greenCurve), try curveTable(blueCurve)]
            return ICCProfile(primaries: primaries, curves: curves, name: name(tags))
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw .damaged
        }
    }

    private static func tagTable(_ view: ByteView) throws -> [String: ByteView] {
        let count = try view.u32be(128)
        guard count <= maximumTags else { throw Refusal.damaged }
        var tags: [String: ByteView] = [:]
        for index in 0..<count {
            let at = 132 + index * 12
            let letters = try view.slice(at, 4)
            let name = String(decoding: letters.bytes[letters.range], as: UTF8.self)
            // A tag that reaches outside is as good as none.
            if let body = try? view.slice(try view.u32be(at + 4), try view.u32be(at + 8)) { tags[name] = body }
        }
        return tags
    }

    private static func fixed(_ view: ByteView, _ at: Int) throws -> Double {
        Double(Int32(truncatingIfNeeded: try view.u32be(at))) / 65_536
    }

    private static func xyz(_ tag: ByteView) throws -> [Double] {
        guard tag.has("XYZ ") else { throw Refusal.damaged }
        return [try fixed(tag, 8), try fixed(tag, 12), try fixed(tag, 16)]
    }

    // MARK: Curves

    private static func curveTable(_ tag: ByteView) throws -> [Float] {
        if tag.has("para") { return try parametric(tag) }
        guard tag.has("curv") else { throw Refusal.damaged }
        let count = try tag.u32be(8)
        guard count <= maximumCurve else { throw Refusal.damaged }
        if count == 0 { return (0..<256).map { Float($0) / 255 } }
        if count == 1 {
            let gamma = Double(try tag.u16be(12)) / 256
            return try finite((0..<256).map { SRGB.power(Double($0) / 255, gamma) })
        }
        var points: [Double] = []
        for index in 0..<count { points.append(Double(try tag.u16be(12 + index * 2)) / 65_535) }
        return (0..<256).map { sample in
            let place = Double(sample) / 255 * Double(count - 1)
            let below = min(Int(place), count - 2)
            let part = place - Double(below)
            return Float(points[below] * (1 - part) + points[below + 1] * part)
        }
    }

    /// Section 10.18: five forms with one to seven numbers.
    private static func parametric(_ tag: ByteView) throws -> [Float] {
        let form = try tag.u16be(8)
        let counts = [1, 3, 4, 5, 7]
        guard form < counts.count else { throw Refusal.damaged }
        var n: [Double] = []
        for index in 0..<counts[form] { n.append(try fixed(tag, 12 + index * 4)) }
        func value(_ x: Double) -> Double {
            switch form {
            case 0: return SRGB.power(x, n[0])
            case 1: return n[1] * x + n[2] >= 0 ? SRGB.power(n[1] * x + n[2], n[0]) : 0
            case 2: return n[1] * x + n[2] >= 0 ? SRGB.power(n[1] * x + n[2], n[0]) + n[3] : n[3]
            case 3: return x >= n[4] ? SRGB.power(n[1] * x + n[2], n[0]) : n[3] * x
            default: return x >= n[4] ? SRGB.power(n[1] * x + n[2], n[0]) + n[5] : n[3] * x + n[6]
            }
        }
        return try finite((0..<256).map { value(Double($0) / 255) })
    }

    private static func finite(_ values: [Double]) throws -> [Float] {
        guard values.allSatisfy({ $0.isFinite }) else { throw Refusal.damaged }
        return values.map { Float(min(max($0, 0), 1)) }
    }

    // MARK: Name

    /// The description: plain text of version 2 ('desc'), or the first record of version 4 ('mluc').
    private static func name(_ tags: [String: ByteView]) -> String? {
        guard let tag = tags["desc"] else { return nil }
        var letters: [UInt8] = []
        if tag.has("desc"), let count = try? tag.u32be(8), let text = try? tag.slice(12, min(count, maximumName)) {
            letters = Array(text.bytes[text.range].prefix { $0 != 0 })
        } else if tag.has("mluc"), let length = try? tag.u32be(20), let start = try? tag.u32be(24),
            let text = try? tag.slice(start, min(length, maximumName * 2))
        {
            // UTF-16, of which the plain letters are enough here.
            letters = stride(from: 1, to: text.count, by: 2).compactMap { try? text.u8($0) }
        }
        let plain = letters.filter { (32..<127).contains($0) }
        return plain.isEmpty ? nil : String(decoding: plain, as: UTF8.self)
    }
}
