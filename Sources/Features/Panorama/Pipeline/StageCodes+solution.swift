internal import Basics

/// Solved groups as bytes.
extension StageCodes {
    static let solution = "solution-2"

    static func bytes(_ group: SolvedGroup) -> [UInt8] {
        var out = ByteWriter()
        put(group.geometry, into: &out)
        out.text(group.model)
        out.count(group.evidence.count)
        for name in group.evidence.keys.sorted() {
            out.text(name)
            out.number(group.evidence[name] ?? 0)
        }
        out.count(group.residuals.count)
        for value in group.residuals { out.number(value) }
        out.count(group.edges.count)
        for (edge, median) in group.edges {
            put(edge, into: &out)
            out.number(median)
        }
        out.count(group.dropped.count)
        for edge in group.dropped { put(edge, into: &out) }
        out.number(group.expected ?? -1)
        out.text(group.cause?.rawValue ?? "")
        out.count(group.open.count)
        for overlap in group.open {
            out.count(overlap.first)
            out.count(overlap.second)
            out.number(overlap.deviation)
        }
        return out.bytes
    }

    private static func put(_ geometry: GroupGeometry, into out: inout ByteWriter) {
        switch geometry {
        case .rotation(let cameras):
            out.byte(0)
            out.count(cameras.count)
            for (photo, camera) in cameras.sorted(by: { $0.key < $1.key }) {
                out.count(photo)
                out.matrix(camera.rotation)
                out.number(camera.focal)
                out.number(camera.lens)
            }
        case .plane(let kind, let reference, let maps):
            out.byte(1)
            out.text(kind.rawValue)
            out.count(reference)
            out.count(maps.count)
            for (photo, map) in maps.sorted(by: { $0.key < $1.key }) {
                out.count(photo)
                out.matrix(map)
            }
        }
    }

    private static func put(_ edge: MatchEdge, into out: inout ByteWriter) {
        out.count(edge.first)
        out.count(edge.second)
        out.byte(edge.isPinned ? 1 : 0)
        out.count(edge.matches)
        out.matrix(edge.homography)
        out.count(edge.pairs.count)
        for value in edge.pairs { out.number(value) }
    }

    /// The solution of the photos with these numbers; nil for bytes of another form or about other photos.
    static func solution(_ bytes: [UInt8], photos: [Int]) -> SolvedGroup? {
        var input = ByteReader(bytes)
        return try? solution(&input, photos)
    }

    private static func solution(_ input: inout ByteReader, _ photos: [Int]) throws(ByteError) -> SolvedGroup {
        let geometry = try geometry(&input, photos)
        let model = try input.text()
        var evidence: [String: Double] = [:]
        for _ in 0..<(try input.size(12)) {
            let name = try input.text()
            evidence[name] = try input.number()
        }
        var residuals: [Double] = []
        for _ in 0..<(try input.size(8)) { residuals.append(try input.number()) }
        var edges: [(edge: MatchEdge, median: Double)] = []
        for _ in 0..<(try input.size(8)) {
            let edge = try edge(&input, photos)
            edges.append((edge, try input.number()))
        }
        var dropped: [MatchEdge] = []
        for _ in 0..<(try input.size(8)) { dropped.append(try edge(&input, photos)) }
        let expected = try input.number()
        let cause = try input.text()
        var open: [OpenOverlap] = []
        for _ in 0..<(try input.size(16)) {
            let (first, second) = (try input.count(), try input.count())
            guard first < second, photos.contains(first), photos.contains(second) else { throw .malformed }
            open.append(OpenOverlap(first: first, second: second, deviation: try input.number()))
        }
        guard input.isAtEnd, cause.isEmpty || MismatchCause(rawValue: cause) != nil else { throw .malformed }
        return SolvedGroup(
            photos: photos, geometry: geometry, model: model, evidence: evidence, residuals: residuals, edges: edges,
            dropped: dropped, expected: expected >= 0 ? expected : nil, cause: MismatchCause(rawValue: cause),
            open: open)
    }

    private static func geometry(_ input: inout ByteReader, _ photos: [Int]) throws(ByteError) -> GroupGeometry {
        guard try input.byte() == 1 else {
            var cameras: [Int: Camera] = [:]
            for _ in 0..<(try input.size(92)) {
                let photo = try input.count()
                let rotation = try input.matrix()
                let camera = Camera(rotation: rotation, focal: try input.number(), lens: try input.number())
                guard camera.focal > 0 else { throw .malformed }
                cameras[photo] = camera
            }
            guard cameras.keys.sorted() == photos.sorted() else { throw .malformed }
            return .rotation(cameras)
        }
        guard let kind = PlanarKind(rawValue: try input.text()) else { throw .malformed }
        let reference = try input.count()
        var maps: [Int: Matrix3] = [:]
        for _ in 0..<(try input.size(76)) {
            let photo = try input.count()
            maps[photo] = try input.matrix()
        }
        guard maps.keys.sorted() == photos.sorted(), maps[reference] != nil else { throw .malformed }
        return .plane(kind, reference: reference, maps)
    }

    private static func edge(_ input: inout ByteReader, _ photos: [Int]) throws(ByteError) -> MatchEdge {
        let (first, second) = (try input.count(), try input.count())
        let isPinned = try input.byte() == 1
        let matches = try input.count()
        let map = try input.matrix()
        let count = try input.size(8)
        guard count % 4 == 0, first < second, photos.contains(first), photos.contains(second) else { throw .malformed }
        var pairs: [Double] = []
        for _ in 0..<count { pairs.append(try input.number()) }
        return MatchEdge(
            first: first, second: second, pairs: pairs, homography: map, matches: matches, isPinned: isPinned)
    }
}

extension ByteWriter {
    fileprivate mutating func text(_ value: String) {
        count(value.utf8.count)
        bytes(value.utf8)
    }

    fileprivate mutating func matrix(_ value: Matrix3) { for number in value.values { self.number(number) } }
}

extension ByteReader {
    fileprivate mutating func text() throws(ByteError) -> String {
        let count = try count()
        guard count <= remaining else { throw .malformed }
        return String(decoding: try bytes(count), as: UTF8.self)
    }

    /// How many things of at least so many bytes follow.
    fileprivate mutating func size(_ bytes: Int) throws(ByteError) -> Int {
        let count = try count()
        guard count <= remaining / bytes else { throw .malformed }
        return count
    }

    fileprivate mutating func matrix() throws(ByteError) -> Matrix3 {
        var values: [Double] = []
        for _ in 0..<9 { values.append(try number()) }
        guard let matrix = Matrix3(values) else { throw .malformed }
        return matrix
    }
}
