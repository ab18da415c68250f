internal import Imaging

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A part of the picture, turned and mirrored, all in one warp; beyond the edge the picture is reflected.
struct ResizedCrop: Augmentation {
    /// The share of the area that is left.
    var area = 0.45...1.0
    /// Width to height of the part; drawn evenly on a scale of logarithms.
    var ratio = 0.75...(4.0 / 3.0)
    /// Degrees.
    var rotation = -15.0...15.0
    /// How often left and right change places; 0 for pictures of text.
    var flip = 0.5

    func apply(
        to picture: inout AugmentedPicture, _ random: inout CounterRandom, _ context: AugmentationContext
    ) {
        let share = random.uniform(area)
        let shape = exp(random.uniform(log(ratio.lowerBound)...log(ratio.upperBound)))
        let angle = random.uniform(rotation)
        let isFlipped = random.chance(flip)
        let place = (x: random.unit(), y: random.unit())
        let target = picture.target
        picture.warp { frame in
            let (width, height) = (Double(frame.width), Double(frame.height))
            let size = (share * width * height).squareRoot()
            let crop = (width: min(width, size * shape.squareRoot()), height: min(height, size / shape.squareRoot()))
            let middle = (
                x: crop.width / 2 + place.x * (width - crop.width),
                y: crop.height / 2 + place.y * (height - crop.height)
            )
            return PlaneMap.translation(x: 0.5 - Double(target.width) / 2, y: 0.5 - Double(target.height) / 2)
                .then(
                    .scale(
                        x: (isFlipped ? -1 : 1) * crop.width / Double(target.width),
                        y: crop.height / Double(target.height))
                )
                .then(.rotation(degrees: angle))
                .then(.translation(x: middle.x - 0.5, y: middle.y - 0.5))
        }
    }
}

/// The picture seen from the side: its corners move by a share of the sides.
struct Perspective: Augmentation {
    var probability = 0.3
    var jitter = 0.08

    func apply(
        to picture: inout AugmentedPicture, _ random: inout CounterRandom, _ context: AugmentationContext
    ) {
        guard random.chance(probability) else { return }
        let moves = (0..<8).map { _ in random.uniform(-jitter...jitter) }
        let target = picture.target
        picture.warp { frame in
            let (width, height) = (Double(frame.width), Double(frame.height))
            let corners = [(0.0, 0.0), (1, 0), (1, 1), (0, 1)].enumerated().map { at, corner in
                ((corner.0 + moves[2 * at]) * width, (corner.1 + moves[2 * at + 1]) * height)
            }
            return PlaneMap.translation(x: 0.5, y: 0.5)
                .then(.scale(x: 1 / Double(target.width), y: 1 / Double(target.height)))
                .then(Self.square(to: corners))
                .then(.translation(x: -0.5, y: -0.5))
        }
    }

    /// The map from the unit square to four corners (Heckbert 1989, section 2.2.3).
    static func square(to corners: [(Double, Double)]) -> PlaneMap {
        let ((x0, y0), (x1, y1), (x2, y2), (x3, y3)) = (corners[0], corners[1], corners[2], corners[3])
        let sum = (x: x0 - x1 + x2 - x3, y: y0 - y1 + y2 - y3)
        let first = (x: x1 - x2, y: y1 - y2)
        let second = (x: x3 - x2, y: y3 - y2)
        let determinant = first.x * second.y - second.x * first.y
        let g = (sum.x * second.y - second.x * sum.y) / determinant
        let h = (first.x * sum.y - sum.x * first.y) / determinant
        return PlaneMap([
            x1 - x0 + g * x1, x3 - x0 + h * x3, x0,
            y1 - y0 + g * y1, y3 - y0 + h * y3, y0,
            g, h, 1,
        ]) ?? .identity
    }
}
