import Foundation
package import Imaging
internal import Kernels

/// A way of looking for points.
package struct PointLook: Sendable, Hashable {
    /// Least contrast of a point.
    package let contrast: Float
    /// Whether each point's surroundings are made alike in all directions first.
    package let normalisesShape: Bool

    /// A way of looking; see its parts.
    package init(contrast: Float, normalisesShape: Bool = false) {
        self.contrast = contrast
        self.normalisesShape = normalisesShape
    }
}

/// Finds points that can be found again at other scales and turns, spread evenly over a photo.
package struct PointDetector: Sendable {
    /// Pixels at which points are looked for.
    package var megapixels = 0.6
    /// No more points than this.
    package var limit = 2000
    /// Least contrast of a point, samples 0...1 (Lowe 2004: 0.04 over the scales of an octave).
    package var contrast: Float = 0.04 / 3
    /// Greatest ratio of curvatures.
    package var edgeRatio: Float = 10
    /// Below this many megapixels the picture is doubled first.
    package var doublesBelow = 0.3
    /// Where points come from.
    package var finder = PointFinder.scaleSpace
    /// What points are told apart by.
    package var code = PointCode.gradients
    /// Whether each point's surroundings are made alike in all directions first, for slanted views; several times slower.
    package var normalisesShape = false

    /// Whether codes are kept as they were before rounding as well (`PhotoPoints.roots`), to measure what that loses.
    package var keepsRoots = false

    /// A detector with the usual settings.
    package init() {}

    private struct Found: Hashable {
        var point: ScalePoint
        var octave: Int
        var x: Float
        var y: Float
    }

    /// The points of a picture.
    ///
    /// - Parameters:
    ///   - image: Any size; it is shrunk to `megapixels`.
    ///   - scale: Matching pixels a pixel of `image`: places come out in those, from the middle.
    /// - Throws: `ImageError` for a picture that cannot be shrunk.
    package func points(of image: Image, scale: Double) throws(ImageError) -> PhotoPoints {
        try points(of: image, scale: scale, contrasts: [contrast])[0]
    }

    /// The points of a picture by each of these least contrasts, from one scale space.
    ///
    /// - Parameter contrasts: In falling order; where one gives as many points as the limit allows, the rest is left out.
    /// - Throws: `ImageError` for a picture that cannot be shrunk.
    package func points(of image: Image, scale: Double, contrasts: [Float]) throws(ImageError) -> [PhotoPoints] {
        let looks = contrasts.map { PointLook(contrast: $0, normalisesShape: normalisesShape) }
        return try points(of: image, scale: scale, looks: looks).compactMap { $0 }
    }

    /// The points of a picture by several ways of looking at it, from one scale space.
    ///
    /// - Parameters:
    ///   - looks: Where one finds as many points as the limit allows, fainter ones find nothing more and give nil.
    ///   - most: As many points of each are taken, spread evenly; nil for the limit.
    /// - Throws: `ImageError` for a picture that cannot be shrunk.
    package func points(
        of image: Image, scale: Double, looks: [PointLook], most: Int? = nil
    ) throws(ImageError) -> [PhotoPoints?] {
        let size = Self.size(image.width, image.height, megapixels: megapixels)
        let small = try image.converted(to: .gray8).resized(width: size.width, height: size.height)
        let doubles = Double(size.width * size.height) < doublesBelow * 1e6
        let space = try ScaleSpace(small.floats(), doubles: doubles)
        var known: [Float: [Found]] = [:]
        var full: Float = 0
        var sets: [[Found]?] = []
        for look in looks {
            guard look.contrast >= full else {
                sets.append(nil)
                continue
            }
            var finder = self
            finder.contrast = look.contrast
            let found = known[look.contrast] ?? finder.found(in: space)
            known[look.contrast] = found
            if found.count >= limit { full = look.contrast }
            let points = found.map { ($0.x, $0.y, $0.point.response, $0) }
            sets.append(EvenSpread.choose(points, limit: most ?? limit, size: size))
        }
        var out = [PhotoPoints?](repeating: nil, count: looks.count)
        for isShaped in [false, true] {
            let own = looks.indices.filter { looks[$0].normalisesShape == isShaped && sets[$0] != nil }
            guard !own.isEmpty else { continue }
            var coder = self
            coder.normalisesShape = isShaped
            let made = coder.described(own.compactMap { sets[$0] }, in: space, image: image, small: size, scale: scale)
            for (look, points) in zip(own, made) { out[look] = points }
        }
        return out
    }

    /// The size of at most so many megapixels with the shape of a picture.
    package static func size(_ width: Int, _ height: Int, megapixels: Double) -> (width: Int, height: Int) {
        let scale = min(1, (megapixels * 1e6 / (Double(width) * Double(height))).squareRoot())
        return (max(1, Int((Double(width) * scale).rounded())), max(1, Int((Double(height) * scale).rounded())))
    }

    private func found(in space: ScaleSpace) -> [Found] {
        if finder == .corners { return corners(in: space) }
        var all: [Found] = []
        for (index, octave) in space.octaves.enumerated() {
            let (width, height) = (octave.levels[0].width, octave.levels[0].height)
            let points = scalePoints(
                octave.differences, width: width, height: height, contrast: contrast, edgeRatio: edgeRatio,
                limit: 20_000)
            var seen = Set<[Int32]>()
            for point in points {
                // Refinement can lead two starts to one place.
                let key = [Int32(point.x * 2), Int32(point.y * 2), Int32(point.layer.rounded())]
                guard seen.insert(key).inserted else { continue }
                let x = Float(octave.origin) + point.x * Float(octave.step)
                let y = Float(octave.origin) + point.y * Float(octave.step)
                all.append(Found(point: point, octave: index, x: x, y: y))
            }
        }
        return all
    }

    /// Corners of the finest level that is not doubled, as points of its blur.
    private func corners(in space: ScaleSpace) -> [Found] {
        guard let index = space.octaves.firstIndex(where: { $0.step >= 1 }) else { return [] }
        let octave = space.octaves[index]
        // The level is blurred by 1.6 pixels already: hardly more is wanted for the derivatives.
        var harris = HarrisCorners()
        harris.derivativeSigma = 0.5
        harris.least = 1e-6
        guard let found = try? harris.corners(octave.levels[0]) else { return [] }
        return found.map { corner in
            Found(
                point: ScalePoint(x: corner.x, y: corner.y, layer: 1, response: corner.strength), octave: index,
                x: Float(octave.origin) + corner.x * Float(octave.step),
                y: Float(octave.origin) + corner.y * Float(octave.step))
        }
    }

    /// Each point is described once, however many of the sets it is in.
    private func described(
        _ sets: [[Found]], in space: ScaleSpace, image: Image, small: (width: Int, height: Int), scale: Double
    ) -> [PhotoPoints] {
        let across = Double(image.width) / Double(small.width) * scale
        let down = Double(image.height) / Double(small.height) * scale
        let chosen = sets.count == 1 ? sets[0] : Self.union(sets)
        var (x, y): ([Float], [Float]) = ([], [])
        var codes: [UInt8] = []
        var norms: [Int32] = []
        var roots: [Float] = []
        var owners: [Found] = []
        let groups = Dictionary(grouping: chosen) { [$0.octave, Self.level($0.point)] }
        for key in groups.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let level = space.octaves[key[0]].levels[key[1]]
            let field = level.withValues { GradientField($0, width: level.width, height: level.height) }
            let coder = PointCoder(
                field: field, level: level, code: code, normalisesShape: normalisesShape)
            for found in groups[key] ?? [] {
                let sigma = Float(ScaleSpace.sigma * pow(2, Double(found.point.layer) / Double(ScaleSpace.scales)))
                let count = coder.append(found.point, sigma: sigma, codes: &codes, norms: &norms)
                if keepsRoots { roots += coder.roots(found.point, sigma: sigma) }
                for _ in 0..<count {
                    x.append(Float((Double(found.x) - Double(small.width - 1) / 2) * across))
                    y.append(Float((Double(found.y) - Double(small.height - 1) / 2) * down))
                    owners.append(found)
                }
            }
        }
        var points = PhotoPoints(
            x: x, y: y, codes: PackedCodes(rows: codes, norms: norms), width: Double(image.width) * scale,
            height: Double(image.height) * scale)
        if roots.count == x.count * 128 { points.roots = roots }
        guard sets.count > 1 else { return [points] }
        return sets.map { set in
            let own = Set(set)
            return points.kept { own.contains(owners[$0]) }
        }
    }

    /// All points of the sets once, in the order that each of them has.
    private static func union(_ sets: [[Found]]) -> [Found] {
        Set(sets.joined()).sorted { a, b in
            if a.point.response != b.point.response { return a.point.response > b.point.response }
            return (a.y, a.x, a.octave, a.point.layer) < (b.y, b.x, b.octave, b.point.layer)
        }
    }

    /// The level of blur that a point's gradients are taken from.
    private static func level(_ point: ScalePoint) -> Int {
        min(max(Int(point.layer.rounded()), 1), ScaleSpace.scales)
    }
}
