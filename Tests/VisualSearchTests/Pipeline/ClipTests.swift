import Foundation
import Imaging
import Testing

@testable import VisualSearch

@Suite("Clips of moving things")
struct ClipTests {
    /// How far the thing moves during the exposure of each frame, in pixels: a hand that comes to rest twice.
    private static let speeds = [13, 9, 5, 2, 4, 9, 14, 8, 3, 1, 4, 10]

    /// A clip as a camera records it: the thing passes by, light changes, motion smears, every frame is compressed.
    private static func clip(_ seed: UInt64) throws -> [[UInt8]] {
        let photo = try Photos.photo(seed: seed, width: 96, height: 72).floats()
        var place = -18
        return try speeds.enumerated().map { number, speed in
            place += speed / 3
            let light = 0.78 + 0.03 * Float(number % 7)
            var values = [Float](repeating: 0, count: photo.values.count)
            for y in 0..<photo.height {
                for x in 0..<photo.width {
                    for channel in 0..<3 {
                        var sum: Float = 0
                        for step in 0..<speed {
                            let from = min(max(x + place + step - speed / 2, 0), photo.width - 1)
                            sum += photo.values[(y * photo.width + from) * 3 + channel]
                        }
                        values[(y * photo.width + x) * 3 + channel] = sum / Float(speed) * light
                    }
                }
            }
            let frame = try FloatImage(width: photo.width, height: photo.height, channels: 3, values: values)
            return try Image(frame).encoded(as: .jpeg(quality: 45))
        }
    }

    /// The five frames that the page would send, the sharpest first.
    private static func burst(_ clip: [[UInt8]]) throws -> [[UInt8]] {
        let measured = try clip.map { (bytes: $0, sharpness: try Image.decode($0).image.sharpness()) }
        return measured.sorted { $0.sharpness > $1.sharpness }.prefix(Catalogue.photosPerScan).map(\.bytes)
    }

    @Test("SCAN-002 frames of a recorded clip as one scan find the thing at least as well as the best of them alone")
    func recorded() async throws {
        let shop = try Shop()
        try await shop.with { catalogue in
            for seed in 1...24 as ClosedRange<UInt64> {
                try await catalogue.put(ItemDraft(sku: "\(seed)", category: "bags"), pictures: [Goods.upload(seed)])
            }
            func place(_ answer: ScanAnswer, _ seed: UInt64) -> Int {
                answer.similar.firstIndex { $0.style == "\(seed)" } ?? 24
            }
            var (fused, sharpest, poorest) = ([Int](), [Int](), [Int]())
            for seed in stride(from: 1, through: 23, by: 2) as StrideThrough<UInt64> {
                let clip = try Self.clip(seed)
                let burst = try Self.burst(clip)
                fused.append(place(try await catalogue.beginScan(burst).answer(), seed))
                sharpest.append(place(try await catalogue.scan(burst[0]), seed))
                poorest.append(place(try await catalogue.scan(clip[6]), seed))
            }
            func first(_ places: [Int]) -> Int { places.count { $0 == 0 } }
            func sum(_ places: [Int]) -> Int { places.reduce(0, +) }
            let seen = "fused \(fused), sharpest \(sharpest), poorest \(poorest)"
            #expect(first(fused) >= first(sharpest) && sum(fused) <= sum(sharpest), "\(seen)")
            #expect(sum(fused) <= sum(poorest), "\(seen)")
        }
    }
}
