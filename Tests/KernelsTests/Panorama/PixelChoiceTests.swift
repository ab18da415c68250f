import Basics
import Kernels
import Testing

@Suite("Choice of pixels")
struct PixelChoiceTests {
    @Test("PANO-221 the path costs as little as the shortest one through the whole field", arguments: 0..<12)
    func pathIsShortest(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let (width, height) = (1 + Int(random.next() % 9), 1 + Int(random.next() % 12))
        let costs = (0..<(width * height)).map { _ in Float(random.next() % 50) }
        // Bellman and Ford's relaxation over all steps to the three pixels below.
        var least = (0..<(width * height)).map { $0 < width ? costs[$0] : Float.infinity }
        for _ in 0..<height {
            for at in 0..<(width * max(0, height - 1)) {
                for dx in -1...1 where (0..<width).contains(at % width + dx) {
                    let to = at + width + dx
                    least[to] = min(least[to], least[at] + costs[to])
                }
            }
        }
        let path = seamPath(costs, width: width, height: height)
        #expect(path.cost == least[((height - 1) * width)...].min())
        #expect(zip(path.columns, path.columns.dropFirst()).allSatisfy { abs($0 - $1) <= 1 })
        #expect(path.columns.enumerated().reduce(Float(0)) { $0 + costs[$1.offset * width + $1.element] } == path.cost)
    }

    @Test("PANO-221, PANO-327 paths through overlaps cover everything and go around a thing", arguments: [false, true])
    func pathLabels(wraps: Bool) {
        let sheet = LayerSheetTests.sheet(wraps: wraps, sprites: [(0, 38)])
        let labels = sheet.pathLabels()
        #expect(uncovered(labels, sheet) == 0 && Set(labels) == [0, 1, 2])
        // All of it or nothing.
        #expect([0, 9].contains(Self.darkColumns(sheet, labels).count))
    }

    @Test("PANO-226 covers weigh as little as the best of all subsets, and touch every edge", arguments: 0..<30)
    func coverIsExact(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let count = 2 + Int(random.next() % 11)
        let weights = (0..<count).map { _ in Float(1 + random.next() % 20) }
        var edges: [(Int, Int)] = []
        for a in 0..<count {
            for b in (a + 1)..<max(a + 1, count) where random.next() % 3 == 0 { edges.append((a, b)) }
        }
        func isCover(_ set: Int) -> Bool { edges.allSatisfy { set >> $0.0 & 1 == 1 || set >> $0.1 & 1 == 1 } }
        func weight(_ set: Int) -> Float { (0..<count).reduce(0) { set >> $1 & 1 == 1 ? $0 + weights[$1] : $0 } }
        let best = (0..<(1 << count)).filter(isCover).map(weight).min()
        let cover = vertexCover(weights: weights, edges: edges)
        let set = cover.indices.reduce(0) { cover[$1] ? $0 | 1 << $1 : $0 }
        #expect(isCover(set) && weight(set) == best, "seed \(seed)")
    }

    @Test("PANO-226 large graphs are covered within twice what an exact cover of pairs needs")
    func largeCover() {
        var random = SeededRandom(seed: 9)
        let weights = (0..<60).map { _ in Float(1 + random.next() % 9) }
        // A ring with chords: one component of over 24 vertices.
        let edges = (0..<60).map { ($0, ($0 + 1) % 60) } + (0..<20).map { ($0, $0 + 30) }
        let cover = vertexCover(weights: weights, edges: edges)
        #expect(edges.allSatisfy { cover[$0.0] || cover[$0.1] })
        // Pairs without common vertices each need one of theirs.
        let bound = stride(from: 0, to: 60, by: 2).reduce(Float(0)) { $0 + min(weights[$1], weights[$1 + 1]) }
        let spent = cover.indices.reduce(Float(0)) { cover[$1] ? $0 + weights[$1] : $0 }
        #expect(spent <= 2 * max(bound, weights.reduce(0, +) / 2))
    }

    @Test("PANO-225 each thing that moved is one region in each photo that shows its place")
    func regionsOfDifference() {
        let sheet = LayerSheetTests.sheet(count: 2, wide: 70, sprites: [(0, 32), (1, 58)])
        let regions = DifferenceRegions().regions(sheet, weights: sheet.distances())
        #expect(regions.map(\.photo) == [0, 0, 1, 1])
        for region in regions {
            let columns = region.pixels.map { $0 % 90 }
            let middle = columns.reduce(0, +) / columns.count
            #expect(abs(middle - 32) <= 1 || abs(middle - 58) <= 1)
            #expect(!region.isCut && (80...200).contains(region.pixels.count))
        }
    }

    @Test("PANO-226, PANO-327 of two copies of a place one is kept whole; what a border cuts goes first")
    func coverLabels() {
        // The thing at 22 is cut by the second photo's left border, whole in the first.
        let sheet = LayerSheetTests.sheet(count: 2, wide: 70, sprites: [(0, 22), (1, 22), (1, 50)])
        let weights = sheet.distances()
        let regions = DifferenceRegions().regions(sheet, weights: weights)
        let chosen = sheet.coverLabels(regions, weights: weights)
        #expect(uncovered(chosen.labels, sheet) == 0)
        let here = Set((9...19).flatMap { y in (46...54).map { chosen.labels[y * 90 + $0] } })
        #expect(here.count == 1)
        for (region, isDropped) in zip(regions, chosen.dropped) where region.isCut { #expect(isDropped) }
    }

    private static func labels(_ sheet: LayerSheet, data: [[Int32]]? = nil, edges: [[UInt8]]? = nil) -> [Int16] {
        var seams = SeamLabels(
            pieces: sheet.pieces, width: sheet.width, height: sheet.height, wraps: sheet.wraps, depthWeight: 40,
            labels: sheet.heaviest(sheet.distances()), data: data, edges: edges)
        var energy = seams.energy
        for _ in 0..<3 {
            for photo in sheet.pieces.indices {
                _ = seams.expand(photo)
                #expect(seams.energy <= energy)
                energy = seams.energy
            }
        }
        return seams.labels
    }

    private static func darkColumns(_ sheet: LayerSheet, _ labels: [Int16]) -> [Int] {
        let made = sheet.picked(labels)
        return (0..<sheet.width).filter { made.rgb[(14 * sheet.width + $0) * 3] < 60 }
    }

    @Test("PANO-228 the most likely picture is without the walker, the least likely shows it whole, once")
    func likelihood() {
        let sheet = LayerSheetTests.sheet(count: 3, width: 90, wide: 90, sprites: [(0, 30), (1, 52), (2, 70)])
        let surprise = sheet.surprise()
        let likely = surprise.map { $0.map { Int32(min(12, $0) * 60) } }
        #expect(Self.darkColumns(sheet, Self.labels(sheet, data: likely)).isEmpty)
        let one = LayerSheetTests.sheet(count: 3, width: 90, wide: 90, sprites: [(1, 52)])
        let unlikely = one.surprise().map { $0.map { Int32((12 - min(12, $0)) * 60) } }
        #expect(Self.darkColumns(one, Self.labels(one, data: unlikely)) == Array(48...56))
    }

    @Test("PANO-228 what is painted for a photo is taken from it")
    func painted() {
        let sheet = LayerSheetTests.sheet(count: 2, width: 90, wide: 90, sprites: [(1, 40)])
        var data = sheet.pieces.map { $0.depth.map { _ in Int32(0) } }
        for y in 5..<25 { for x in 30..<50 { data[0][y * 90 + x] = 20_000_000 } }
        let labels = Self.labels(sheet, data: data)
        #expect((5..<25).allSatisfy { y in (30..<50).allSatisfy { labels[y * 90 + $0] == 1 } })
        #expect(Self.darkColumns(sheet, labels) == Array(36...44))
    }

    @Test(
        "PANO-229, PANO-227 seams keep away from things that only one photo shows, in both forms of their cost",
        arguments: 0..<20)
    func seamsAvoidSprites(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let sheet = LayerSheetTests.sheet(
            count: 2, wide: 66,
            sprites: [
                (Int(random.next() % 2), 32 + Int(random.next() % 8)),
                (Int(random.next() % 2), 52 + Int(random.next() % 6)),
            ])
        for edges in [nil, sheet.gradients()] {
            let labels = Self.labels(sheet, edges: edges)
            #expect(uncovered(labels, sheet) == 0)
            // Whole or not at all: 9 columns a thing.
            let runs = Self.darkColumns(sheet, labels).count
            #expect(runs % 9 == 0, "seed \(seed)")
        }
    }
}
