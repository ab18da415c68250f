internal import Basics
internal import Kernels

extension StitchPhoto {
    /// What a stage about this photo alone depends on; nil for photos without an identity.
    func stageKey(_ stage: String) -> String? {
        guard let identity else { return nil }
        guard let mask, !mask.areas.isEmpty else { return "\(stage)|\(identity)" }
        let areas = mask.areas.map { area in
            area.kind.rawValue + area.points.map { "\($0)" }.joined()
        }
        return "\(stage)|\(identity)|\(areas.joined(separator: ";"))"
    }
}

/// Finished stages as bytes. Whatever was kept, reading it back is checked: it may be cut short or of another version.
enum StageCodes {
    static func key(_ detector: PointDetector) -> String {
        "points-3 \(detector.megapixels) \(detector.doublesBelow) \(detector.limit) \(detector.contrast) \(detector.edgeRatio) "
            + "\(detector.finder.rawValue) \(detector.code.rawValue) \(detector.normalisesShape)"
    }

    static let pairs = "pair-2"

    // MARK: Photos

    static func bytes(_ photo: ReadPhoto) -> [UInt8] {
        var out = ByteWriter()
        out.number(photo.magnification)
        out.count(photo.width)
        out.count(photo.height)
        out.number(photo.focalHint ?? -1)
        out.bigEndian(photo.fingerprint, width: 8)
        let reason = photo.refusal?.rawValue ?? ""
        out.count(reason.utf8.count)
        out.bytes(reason.utf8)
        let body = photo.body ?? ""
        out.count(body.utf8.count)
        out.bytes(body.utf8)
        guard let points = photo.points else {
            out.byte(0)
            return out.bytes
        }
        out.byte(1)
        out.number(points.width)
        out.number(points.height)
        out.count(points.count)
        for value in points.x + points.y { out.bigEndian(UInt64(value.bitPattern), width: 4) }
        for value in points.codes.squaredLengths { out.bigEndian(UInt64(UInt32(bitPattern: value)), width: 4) }
        out.bytes(points.codes.rows)
        return out.bytes
    }

    static func photo(_ bytes: [UInt8]) -> ReadPhoto? {
        var input = ByteReader(bytes)
        return try? photo(&input)
    }

    private static func photo(_ input: inout ByteReader) throws(ByteError) -> ReadPhoto {
        let magnification = try input.number()
        let (width, height) = (try input.count(), try input.count())
        let hint = try input.number()
        let fingerprint = try input.bigEndian(width: 8)
        let reason = String(decoding: try input.bytes(try input.count()), as: UTF8.self)
        let refusal = PhotoReason(rawValue: reason)
        guard refusal != nil || reason.isEmpty else { throw .malformed }
        let body = String(decoding: try input.bytes(try input.count()), as: UTF8.self)
        let points = try input.byte() == 1 ? try points(&input) : nil
        guard input.isAtEnd, points != nil || refusal != nil, magnification > 0 else { throw .malformed }
        return ReadPhoto(
            points: points, magnification: magnification, width: width, height: height,
            focalHint: hint > 0 ? hint : nil, body: body.isEmpty ? nil : body, fingerprint: fingerprint,
            refusal: refusal)
    }

    private static func points(_ input: inout ByteReader) throws(ByteError) -> PhotoPoints {
        let (width, height) = (try input.number(), try input.number())
        let count = try input.count()
        // Two places, a length and 128 values each.
        guard width > 0, height > 0, count == input.remaining / 140, input.remaining == count * 140 else {
            throw .malformed
        }
        var places: [Float] = []
        places.reserveCapacity(count * 2)
        for _ in 0..<(count * 2) {
            let value = Float(bitPattern: UInt32(truncatingIfNeeded: try input.bigEndian(width: 4)))
            guard value.isFinite else { throw .malformed }
            places.append(value)
        }
        var lengths: [Int32] = []
        for _ in 0..<count {
            let value = Int32(bitPattern: UInt32(truncatingIfNeeded: try input.bigEndian(width: 4)))
            guard (0...(128 * 127 * 127)).contains(value) else { throw .malformed }
            lengths.append(value)
        }
        let rows = try input.bytes(count * 128)
        guard rows.allSatisfy({ $0 < 128 }) else { throw .malformed }
        return PhotoPoints(
            x: Array(places.prefix(count)), y: Array(places.suffix(count)),
            codes: PackedCodes(rows: rows, norms: lengths), width: width, height: height)
    }

    // MARK: Pairs

    static func bytes(_ outcome: PairOutcome) -> [UInt8] {
        var out = ByteWriter()
        out.count(outcome.matches)
        out.count(outcome.inliers)
        guard let edge = outcome.edge else {
            out.byte(0)
            return out.bytes
        }
        out.byte(1)
        let map = edge.homography
        for row in [map.first, map.second, map.third] { for value in [row.x, row.y, row.z] { out.number(value) } }
        out.count(edge.pairs.count)
        for value in edge.pairs { out.number(value) }
        return out.bytes
    }

    static func outcome(_ bytes: [UInt8], _ first: Int, _ second: Int) -> PairOutcome? {
        var input = ByteReader(bytes)
        return try? outcome(&input, first, second)
    }

    private static func outcome(
        _ input: inout ByteReader, _ first: Int, _ second: Int
    ) throws(ByteError) -> PairOutcome {
        let (matches, inliers) = (try input.count(), try input.count())
        guard try input.byte() == 1 else {
            guard input.isAtEnd else { throw .malformed }
            return PairOutcome(edge: nil, matches: matches, inliers: inliers)
        }
        var rows: [Vector3] = []
        for _ in 0..<3 { rows.append(Vector3(try input.number(), try input.number(), try input.number())) }
        let count = try input.count()
        guard count % 4 == 0, input.remaining == count * 8, count == inliers * 4 else { throw .malformed }
        var pairs: [Double] = []
        for _ in 0..<count { pairs.append(try input.number()) }
        let edge = MatchEdge(
            first: first, second: second, pairs: pairs, homography: Matrix3(rows: rows[0], rows[1], rows[2]),
            matches: matches)
        return PairOutcome(edge: edge, matches: matches, inliers: inliers)
    }
}

extension ByteWriter {
    mutating func number(_ value: Double) { bigEndian(value.bitPattern, width: 8) }
    mutating func count(_ value: Int) { bigEndian(UInt64(max(0, value)), width: 4) }
}

extension ByteReader {
    mutating func number() throws(ByteError) -> Double {
        let value = Double(bitPattern: try bigEndian(width: 8))
        guard value.isFinite else { throw .malformed }
        return value
    }

    mutating func count() throws(ByteError) -> Int { Int(try bigEndian(width: 4)) }
}
