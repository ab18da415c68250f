import Basics
import Imaging
import Testing

@testable import Learning

@Suite struct PieceFinderTests {
    private static let side = 96

    /// Round red things, brightest in their middle, on a dark ground.
    private func pile(_ centres: [(x: Int, y: Int)], radius: Int = 11) throws -> Image {
        var bytes: [UInt8] = []
        for y in 0..<Self.side {
            for x in 0..<Self.side {
                let inside = centres.map { centre in
                    let (across, down) = (x - centre.x, y - centre.y)
                    return 1 - Double(across * across + down * down) / Double(radius * radius)
                }
                let height = max(0, inside.max() ?? 0)
                bytes += [UInt8(40 + 190 * height), UInt8(30 + 20 * height), 30]
            }
        }
        return try Image(width: Self.side, height: Self.side, format: .rgb8, bytes: bytes)
    }

    private let rows = [22, 48, 74].flatMap { y in [22, 48, 74].map { x in (x: x, y: y) } }

    @Test("LEARN-033 single pieces of a pile are found with their places and sizes")
    func pieces() throws {
        let pieces = try PieceFinder.pieces(of: pile(rows))
        #expect(pieces.count >= 4)
        for piece in pieces {
            let (x, y) = (piece.x * Double(Self.side), piece.y * Double(Self.side))
            let nearest = rows.map { centre in
                let (across, down) = (x - Double(centre.x), y - Double(centre.y))
                return (across * across + down * down).squareRoot()
            }.min()
            #expect(try #require(nearest) < 4, "\(piece)")
            #expect((5.0...18).contains(piece.radius * Double(Self.side)), "\(piece)")
        }
    }

    @Test("One thing alone and a picture without things have no pieces")
    func none() throws {
        #expect(try PieceFinder.pieces(of: pile([(x: 48, y: 48)])).isEmpty)
        #expect(try PieceFinder.pieces(of: pile([])).isEmpty)
    }

    @Test("A merchant view of a pile shows one piece on white", arguments: 0..<6)
    func view(seed: UInt64) throws {
        let list = try JSON(parsing: #"[{"type": "merchantView", "p": 1, "pieces": 1}]"#).arrayValue
        let step = try #require(try AugmentationRegistry.make(list ?? []).steps.first as? MerchantView)
        let size = ImageSize(width: 48, height: 48)
        let context = AugmentationContext(
            index: 0, sample: Sample(id: "a", image: .bytes([])), pictures: PictureCache(samples: [], least: size))
        let picture = AugmentedPicture(image: try pile(rows), boxes: [], target: size, fit: .stretch)
        let image = try Augmenter([step]).applied(to: picture, seed: seed, epoch: 0, context).image
        let middle = try #require(image.pixel(x: 24, y: 24))
        #expect(middle.red > 130 && middle.green < 80, "\(middle)")
        for (x, y) in [(0, 0), (47, 0), (0, 47), (47, 47)] {
            #expect(try #require(image.pixel(x: x, y: y)).green >= 150)
        }
    }

    @Test("A blur keeps the mean and an even picture, and spreads a point as wide as it says")
    func blur() {
        let flat = Gaussian.blurred([Float](repeating: 0.5, count: 16), side: 4, deviation: 3)
        #expect(flat.allSatisfy { abs($0 - 0.5) < 1e-5 })
        var point = [Float](repeating: 0, count: 41 * 41)
        point[20 * 41 + 20] = 1
        let spread = Gaussian.blurred(point, side: 41, deviation: 3)
        #expect(abs(spread.reduce(0, +) - 1) < 1e-4)
        let variance = spread.indices.reduce(0.0) { sum, at in
            let across = Double(at % 41 - 20)
            return sum + across * across * Double(spread[at])
        }
        #expect(abs(variance.squareRoot() - 3) < 0.5)
    }
}
