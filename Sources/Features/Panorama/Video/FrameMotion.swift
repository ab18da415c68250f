import Foundation
package import Imaging
internal import Kernels

/// A frame as motions are measured on it: luma, a whole number of times smaller.
package struct FramePlane: Sendable {
    /// The small picture.
    package let picture: AlignmentPicture
    /// Pixels of the frame a pixel of the picture.
    let factor: Int
    /// From the middle of the frame to the middle of what the picture shows of it, in pixels of the frame.
    let offset: (x: Double, y: Double)
    /// Size of the frame.
    let width: Int
    let height: Int

    /// A frame with at most so many pixels on its long side.
    ///
    /// - Throws: `ImageError` for a size that no picture has.
    package init(_ luma: Image, side: Int) throws(ImageError) {
        let factor = max(1, (max(luma.width, luma.height) + side - 1) / max(16, side))
        // Long thin frames keep one pixel at least.
        let (columns, rows) = (max(1, luma.width / factor), max(1, luma.height / factor))
        let box = PixelBox(
            x: 0, y: 0, width: min(luma.width, columns * factor), height: min(luma.height, rows * factor))
        let small = try luma.cropped(to: box).resized(width: columns, height: rows)
        picture = try AlignmentPicture(small.floats())
        self.factor = factor
        offset = (-Double(luma.width - box.width) / 2, -Double(luma.height - box.height) / 2)
        width = luma.width
        height = luma.height
    }
}

/// How a camera moved between neighbouring frames of a clip, measured by brightness: the hierarchical direct alignment
/// of ``DirectAlignment`` from the motion before, and from the shift of ``PhaseCorrelation`` where that leads nowhere.
package struct FrameMotion: Sendable {
    /// What may change.
    package var motion = DirectMotion.turnAndScale
    /// Most pixels on the long side of the planes.
    package var side = 320
    /// Least normalised correlation of two frames that show the same.
    package var leastCorrelation = 0.7

    /// A measurement with the usual settings.
    package init() {}

    /// What was found about two frames.
    package enum Found: Sendable {
        /// The map from the first to the second, in pixels of the frames from their middles.
        case moved(Matrix3)
        /// Neither shows anything that could be told apart; they are alike.
        case blank
        /// The second shows something else.
        case cut
    }

    /// The map between two frames of one size.
    ///
    /// - Parameters:
    ///   - first: The earlier frame.
    ///   - second: The later one.
    ///   - start: Where the search begins, in pixels of the frames; the motion before is a good guess.
    package func between(_ first: FramePlane, _ second: FramePlane, start: Matrix3 = .identity) -> Found {
        guard first.width == second.width, first.height == second.height else { return .cut }
        let factor = Double(first.factor)
        let away = Matrix3(rows: Vector3(1, 0, -first.offset.x), Vector3(0, 1, -first.offset.y), Vector3(0, 0, 1))
        let back = Matrix3(rows: Vector3(1, 0, first.offset.x), Vector3(0, 1, first.offset.y), Vector3(0, 0, 1))
        var starts = [(away * start * back).resized(1 / factor)]
        if start != .identity { starts.append(.identity) }
        var best: DirectAlignment.Result?
        for start in starts where (best?.correlation ?? 0) < leastCorrelation {
            best = better(best, aligned(first.picture, second.picture, start))
        }
        // A frame that moved far, or a false minimum.
        if (best?.correlation ?? 0) < 0.85,
            let shift = try? PhaseCorrelation().shift(first.picture, second.picture)
        {
            let jump = Matrix3(rows: Vector3(1, 0, shift.x), Vector3(0, 1, shift.y), Vector3(0, 0, 1))
            best = better(best, aligned(first.picture, second.picture, jump))
        }
        guard let best, best.correlation >= leastCorrelation else {
            return Self.areBlank(first.picture, second.picture) ? .blank : .cut
        }
        return .moved(back * best.map.resized(factor) * away)
    }

    private func better(_ a: DirectAlignment.Result?, _ b: DirectAlignment.Result?) -> DirectAlignment.Result? {
        guard let a, let b else { return a ?? b }
        return b.correlation > a.correlation ? b : a
    }

    private func aligned(
        _ first: AlignmentPicture, _ second: AlignmentPicture, _ start: Matrix3
    ) -> DirectAlignment.Result? {
        // People who walk through the frame do not move the camera: a robust loss.
        var alignment = DirectAlignment(.turnAndScale)
        alignment.loss = .huber
        alignment.solvesGain = true
        alignment.slopeNoise = 2.0 / 255
        alignment.levels = 5
        alignment.leastOverlap = 0.4
        guard let found = try? alignment.align(first, second, start: start), Self.isPossible(found) else { return nil }
        guard motion != .turnAndScale, found.correlation >= leastCorrelation else { return found }
        alignment.motion = motion
        alignment.levels = 2
        guard let finer = try? alignment.align(first, second, start: found.map), Self.isPossible(finer) else {
            return found
        }
        return finer.correlation >= found.correlation - 0.01 ? finer : found
    }

    /// Whether a camera may have moved so within a frame: scale 0.8...1.25, a turn of up to 20 degrees, light up to twofold.
    /// What lies beyond is a map that makes two scenes alike.
    private static func isPossible(_ found: DirectAlignment.Result) -> Bool {
        let m = found.map.values
        let (scale, turn) = (hypot(m[0], m[3]), abs(atan2(m[3], m[0])))
        return (0.8...1.25).contains(scale) && turn < 20 * .pi / 180 && (-0.5...1).contains(found.gain)
    }

    /// Whether both are nearly of one light, the same in both: under 3 levels of 8 bits of deviation.
    private static func areBlank(_ a: AlignmentPicture, _ b: AlignmentPicture) -> Bool {
        let sums = shiftMoments(a.plane, b.plane, shiftX: 0, shiftY: 0)
        guard sums.weight > 0 else { return false }
        let (meanA, meanB) = (sums.a / sums.weight, sums.b / sums.weight)
        let spread = max(sums.aa / sums.weight - meanA * meanA, sums.bb / sums.weight - meanB * meanB)
        return spread < 1.4e-4 && abs(meanA - meanB) < 0.1
    }
}
