import Testing
import VisualSearch

@Suite("Several frames as one query")
struct FrameFusionTests {
    private typealias Frame = FrameFusion.Frame

    @Test("SCAN-002 the frames together find the item at least as often as the best frame of a clip")
    func planted() throws {
        var planted = Planted(seed: 11)
        let items = (0..<60).map { _ in planted.direction(24) }
        let gallery = try #require(UnitVectors(items.map { planted.near($0, noise: 0.9) }))
        func best(_ query: [Float]) -> Int? {
            (0..<gallery.count).max { gallery.similarity($0, to: query) < gallery.similarity($1, to: query) }
        }
        var found = (fused: 0, sharpest: 0)
        for clip in 0..<300 {
            let item = clip % items.count
            let sharpness = (0..<5).map { _ in 20 + 400 * planted.share() }
            // Blur scatters a view more; one clip in three has a frame of something else.
            var frames = sharpness.map { Frame(vector: planted.near(items[item], noise: 1.1 + 40 / $0), sharpness: $0) }
            if clip % 3 == 0 { frames[4] = Frame(vector: planted.direction(24), sharpness: 100) }
            let fused = try #require(FrameFusion(frames))
            let sharp = try #require(UnitVectors([frames.max { $0.sharpness < $1.sharpness }?.vector ?? []]))
            found.fused += best(fused.vector) == item ? 1 : 0
            found.sharpest += best(sharp[0]) == item ? 1 : 0
        }
        #expect(found.fused > found.sharpest, "\(found)")
    }

    @Test("SCAN-002 a frame of something else takes no part")
    func stranger() throws {
        var planted = Planted(seed: 3)
        let item = planted.direction(32)
        var frames = (0..<4).map { _ in Frame(vector: planted.near(item, noise: 0.3), sharpness: 50) }
        frames.insert(Frame(vector: planted.direction(32), sharpness: 60), at: 2)
        let fused = try #require(FrameFusion(frames))
        #expect(fused.used == [0, 1, 3, 4] && abs(fused.weights.reduce(0, +) - 1) < 1e-9)
        let length = fused.vector.reduce(0) { $0 + $1 * $1 }
        #expect(abs(length - 1) < 1e-5)
    }

    @Test("SCAN-002 one frame is itself; sharp and certain frames weigh more; what has no direction is left out")
    func edges() throws {
        let single = try #require(FrameFusion([Frame(vector: [3, 4], sharpness: 0)]))
        #expect(single.vector == [0.6, 0.8] && single.used == [0] && single.shown == 0)
        let pair = try #require(
            FrameFusion([Frame(vector: [1, 0], sharpness: 10), Frame(vector: [1, 0.2], sharpness: 200)]))
        #expect(pair.shown == 1 && pair.weights[1] > pair.weights[0])
        let sick = [
            Frame(vector: [0, 0], sharpness: 900), Frame(vector: [.nan, 1], sharpness: 900),
            Frame(vector: [1], sharpness: 900), Frame(vector: [0, 2], sharpness: .nan, boxScore: .nan),
        ]
        #expect(try #require(FrameFusion(sick)).used == [3])
        #expect(FrameFusion([]) == nil && FrameFusion([Frame(vector: [0, 0], sharpness: 1)]) == nil)
        let opposite = [Frame(vector: [1, 0], sharpness: 1), Frame(vector: [-1, 0], sharpness: 1)]
        #expect(try #require(FrameFusion(opposite)).used.count == 1)
    }
}
