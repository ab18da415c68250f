internal import Foundation
public import Imaging

/// The built-in feature `floor/1`: where colours lie and which way edges run.
///
/// Needs no model and no training, so that a catalogue works from its first picture on. It is the floor that trained
/// models have to beat: it sees colour and outline, and nothing of what a thing is. 192 values of unit length: twice 24
/// colours (of everything, of the middle) and 16 cells of 9 directions of edges.
public struct FloorFeature: PictureEmbedder {
    /// `floor/1`, 192 values.
    public let space = EmbeddingSpace(name: "floor/1", dimensions: Self.colours * 2 + Self.cells * Self.directions)

    static let side = 64
    private static let colours = 24
    private static let cells = 16
    private static let directions = 9
    /// The share of a vector's squared length that colours have.
    private static let colourShare: Float = 0.85
    /// How much a grey pixel counts beside a coloured one, and a white one: most pictures of goods stand on white.
    private static let greyWeight: Float = 0.3
    private static let whiteWeight: Float = 0.02
    /// How much a column or a row counts: what stands in the middle is meant.
    private static let falloff: [Float] = (0..<side).map { at in
        let far = (Float(at) - 31.5) / 24
        return exp(-far * far)
    }

    /// The feature.
    public init() {}

    /// The vector of a picture.
    public func vector(of picture: Image) throws -> [Float] {
        let small = try picture.flattened().converted(to: .rgb8)
            .resized(width: Self.side, height: Self.side, by: .area)
        let values =
            Self.unit(Self.colour(small), squared: Self.colourShare)
            + Self.unit(Self.edges(small), squared: 1 - Self.colourShare)
        return Self.unit(values, squared: 1)
    }

    // MARK: Colour

    /// Two histograms, of the whole picture and of its middle: 18 hues of two saturations and 6 greys, each pixel
    /// shared between its two nearest hues.
    private static func colour(_ image: Image) -> [Float] {
        var counts = [Float](repeating: 0, count: colours * 2)
        image.withPixels { pixels in
            for y in 0..<side {
                for x in 0..<side {
                    let at = y * image.stride + x * 3
                    let bins = bins(
                        red: Float(pixels[at]), green: Float(pixels[at + 1]), blue: Float(pixels[at + 2]))
                    let isMiddle = (16..<48).contains(x) && (16..<48).contains(y)
                    let place = falloff[x] * falloff[y]
                    for (bin, weight) in bins {
                        counts[bin] += weight * place
                        if isMiddle { counts[colours + bin] += weight }
                    }
                }
            }
        }
        // Square roots: the inner product is then Bhattacharyya's coefficient, which large plain areas do not rule.
        return counts.map { $0.squareRoot() }
    }

    private static func bins(red: Float, green: Float, blue: Float) -> [(Int, Float)] {
        let high = max(red, green, blue)
        let span = high - min(red, green, blue)
        guard span > 24, span * 6 > high else {
            let grey = min(5, Int(high / 43))
            return [(18 + grey, grey == 5 ? whiteWeight : greyWeight)]
        }
        let sixth: Float =
            high == red ? (green - blue) / span : high == green ? 2 + (blue - red) / span : 4 + (red - green) / span
        // Nine hues, vivid or pale.
        let hue = (sixth < 0 ? sixth + 6 : sixth) * 1.5
        let low = Int(hue) % 9
        let part = hue - Float(Int(hue))
        let row = span * 2 > high ? 0 : 9
        return [(row + low, 1 - part), (row + (low + 1) % 9, part)]
    }

    // MARK: Edges

    /// Directions of brightness over 4 x 4 cells, weighted by strength (Dalal and Triggs 2005, without blocks).
    private static func edges(_ image: Image) -> [Float] {
        let grey = image.converted(to: .gray8)
        var sums = [Float](repeating: 0, count: cells * directions)
        grey.withPixels { pixels in
            for y in 1..<(side - 1) {
                for x in 1..<(side - 1) {
                    let at = y * grey.stride + x
                    let across = Float(pixels[at + 1]) - Float(pixels[at - 1])
                    let down = Float(pixels[at + grey.stride]) - Float(pixels[at - grey.stride])
                    let strength = (across * across + down * down).squareRoot()
                    guard strength > 4 else { continue }
                    // Opposite directions are one: dark on light and light on dark.
                    let angle = atan2(down, across)
                    let turn = (angle < 0 ? angle + .pi : angle) / .pi * Float(directions)
                    let low = Int(turn) % directions
                    let part = turn - Float(Int(turn))
                    let cell = ((y * 4) / side * 4 + (x * 4) / side) * directions
                    sums[cell + low] += strength * (1 - part)
                    sums[cell + (low + 1) % directions] += strength * part
                }
            }
        }
        // What a cell has of all directions alike is taken away: it is common to most pictures and tells none apart.
        for cell in stride(from: 0, to: sums.count, by: directions) {
            let roots = sums[cell..<cell + directions].map { $0.squareRoot() }
            let mean = roots.reduce(0, +) / Float(directions)
            for (at, root) in roots.enumerated() { sums[cell + at] = root - mean }
        }
        return sums
    }

    /// Scaled to a squared length; what has no length stays as it is.
    private static func unit(_ values: [Float], squared: Float) -> [Float] {
        let length = values.reduce(0) { $0 + $1 * $1 }
        guard length > 0 else { return values }
        let scale = (squared / length).squareRoot()
        return values.map { $0 * scale }
    }
}
