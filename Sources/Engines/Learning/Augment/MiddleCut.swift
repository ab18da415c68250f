internal import Imaging

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Cuts the thing out that stands in the middle of a photograph.
///
/// What grabCut does with mixtures of Gaussians and a minimal cut (Rother et al. 2004, section 3) is done here with soft
/// histograms and mean field steps over the eight neighbours, which takes some milliseconds and no draw: the middle is
/// item, the border is ground, and colours decide between them in three rounds.
enum MiddleCut {
    /// The side of the small picture that is looked at, and of masks.
    static let side = 64

    /// What is held for item from the start: an ellipse in the middle, by its half axes as shares of half a side.
    struct Core: Hashable, Sendable {
        var across: Float
        var down: Float

        /// For one piece out of many.
        static let small = Core(across: 0.2, down: 0.3)
        /// For a package in a hand.
        static let large = Core(across: 0.32, down: 0.5)
    }

    /// Shares of the picture that a thing may have.
    static let shares = 0.03...0.8

    /// How much neighbours of the same colour want to agree.
    private static let agreement: Float = 1.25

    /// 255 on the thing, 0 elsewhere, ``side`` pixels wide and high; nil if nothing of a usable size is found.
    static func mask(of image: Image, core: Core) throws -> Image? {
        let small = try image.resized(width: side, height: side, by: .area).converted(to: .rgb8)
        let colours = small.withPixels { pixels in
            (0..<(side * side)).map { at -> Colour in
                let from = at / side * small.stride + 3 * (at % side)
                return Colour(
                    red: Float(pixels[from]) / 255, green: Float(pixels[from + 1]) / 255,
                    blue: Float(pixels[from + 2]) / 255)
            }
        }
        let chances = Field(colours, core: core).solved()
        let grid = MaskGrid(chances.map { $0 > 0.5 }, side: side).opened().largest().filled()
        guard shares.contains(Double(grid.count) / Double(side * side)) else { return nil }
        return try Image(
            width: side, height: side, format: .gray8, bytes: grid.cells.map { $0 ? 255 : 0 })
    }

    /// A colour, 0...1 a channel.
    struct Colour: Hashable, Sendable {
        var red: Float
        var green: Float
        var blue: Float

        func distance(_ other: Colour) -> Float {
            let (r, g, b) = (red - other.red, green - other.green, blue - other.blue)
            return r * r + g * g + b * b
        }
    }

    /// The chances of the item at each pixel, and what moves them.
    private struct Field {
        private let colours: [Colour]
        private var chances: [Float]
        /// 1 for certain item, 0 for certain ground, negative for open.
        private let fixed: [Float]
        /// Four weights a pixel: to the right, below, below right, below left.
        private let ties: [Float]

        init(_ colours: [Colour], core: Core) {
            self.colours = colours
            var chances: [Float] = []
            var fixed: [Float] = []
            for at in 0..<colours.count {
                let x = (Float(at % side) + 0.5) / Float(side) * 2 - 1
                let y = (Float(at / side) + 0.5) / Float(side) * 2 - 1
                func ellipse(_ across: Float, _ down: Float) -> Float {
                    x * x / (across * across) + y * y / (down * down)
                }
                let beyond = x * x * x * x / 0.4096 + y * y * y * y / 0.8145
                let certain: Float = beyond >= 1 ? 0 : ellipse(core.across, core.down) < 1 ? 1 : -1
                fixed.append(certain)
                chances.append(
                    certain >= 0 ? certain : ellipse(max(0.55, 2 * core.across), 0.85) < 1 ? 0.9 : 0.1)
            }
            (self.chances, self.fixed, ties) = (chances, fixed, Self.ties(colours))
        }

        /// How alike neighbours are, by the mean difference of this picture.
        private static func ties(_ colours: [Colour]) -> [Float] {
            let steps: [(x: Int, y: Int)] = [(1, 0), (0, 1), (1, 1), (-1, 1)]
            var distances = [Float](repeating: -1, count: 4 * colours.count)
            var sum: Float = 0
            var count: Float = 0
            for at in 0..<colours.count {
                for (number, step) in steps.enumerated() {
                    let (x, y) = (at % side + step.x, at / side + step.y)
                    guard (0..<side).contains(x), y < side else { continue }
                    let distance = colours[at].distance(colours[y * side + x])
                    distances[4 * at + number] = distance
                    sum += distance
                    count += 1
                }
            }
            let scale = 1 / (2 * sum / max(count, 1) + 1e-9)
            return distances.enumerated().map { at, distance in
                distance < 0 ? 0 : exp(-scale * distance) * (at % 4 < 2 ? 1 : 0.70710678)
            }
        }

        /// The chances after three rounds of learning colours and eight steps of agreement each.
        func solved() -> [Float] {
            var field = self
            let places = colours.map(ColourTable.Place.init)
            for _ in 0..<3 {
                let item = ColourTable(places, weights: field.chances)
                let ground = ColourTable(places, weights: field.chances.map { 1 - $0 })
                let votes = places.map { place in
                    max(-4, min(4, log(item[place] + 1e-4) - log(ground[place] + 1e-4)))
                }
                for _ in 0..<8 { field.step(votes) }
            }
            return field.chances
        }

        private mutating func step(_ votes: [Float]) {
            var pull = [Float](repeating: 0, count: chances.count)
            let offsets = [1, side, side + 1, side - 1]
            for at in 0..<chances.count {
                for number in 0..<4 {
                    let tie = ties[4 * at + number]
                    guard tie > 0 else { continue }
                    let other = at + offsets[number]
                    pull[at] += tie * (2 * chances[other] - 1)
                    pull[other] += tie * (2 * chances[at] - 1)
                }
            }
            for at in 0..<chances.count where fixed[at] < 0 {
                let force = max(-30, min(30, votes[at] + agreement * pull[at]))
                chances[at] = 1 / (1 + exp(-force))
            }
        }
    }
}
