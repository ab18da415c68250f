import Basics
import Kernels
import Testing

@Suite("Layers on a canvas")
struct LayerSheetTests {
    /// Photos of one noisy scene; `sprites` name a photo and a column where a dark square stands in it alone.
    static func sheet(
        count: Int = 3, width: Int = 90, height: Int = 30, wide: Int = 50, wraps: Bool = false,
        sprites: [(photo: Int, x: Int)] = []
    ) -> LayerSheet {
        let pieces = (0..<count).map { index -> SeamPiece in
            let x = wraps ? index * width / count : index * (width - wide) / max(1, count - 1)
            var rgb = [UInt8](repeating: 0, count: wide * height * 3)
            var depth = [UInt8](repeating: 0, count: wide * height)
            for at in 0..<(wide * height) {
                let (column, row) = (at % wide, at / wide)
                let on = (x + column) % width
                var value = 120 + (on * 31 + row * 17) % 23
                for sprite in sprites where sprite.photo == index {
                    if abs(on - sprite.x) <= 4, row >= 9, row <= 19 { value = 20 }
                }
                for channel in 0..<3 { rgb[at * 3 + channel] = UInt8(value + channel * 5) }
                let inner = min(column, wide - 1 - column, row, height - 1 - row)
                depth[at] = UInt8(min(255, 1 + inner * 8))
            }
            return SeamPiece(x: x, y: 0, width: wide, height: height, rgb: rgb, depth: depth)
        }
        return LayerSheet(pieces: pieces, width: width, height: height, wraps: wraps)
    }

    private static func dark(_ sheet: LayerSheet.Sheet) -> Int {
        stride(from: 0, to: sheet.rgb.count, by: 3).count { sheet.mask[$0 / 3] > 0 && sheet.rgb[$0] < 60 }
    }

    @Test("PANO-213 distances are those of trying all pixels, also round a closed canvas", arguments: 0..<12)
    func distances(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let (width, height, wraps) = (5 + seed, 4 + seed % 5, seed % 3 == 0)
        let mask = (0..<(width * height)).map { _ in UInt8(random.next() % 6 == 0 ? 0 : 1) }
        let found = squaredDistances(mask, width: width, height: height, wraps: wraps)
        for at in mask.indices {
            let (x, y) = (at % width, at / width)
            var least = mask[at] == 0 ? 0 : (min(y, height - 1 - y) + 1) * (min(y, height - 1 - y) + 1)
            if !wraps, mask[at] != 0 {
                let side = min(x, width - 1 - x) + 1
                least = min(least, side * side)
            }
            for other in mask.indices where mask[other] == 0 {
                var dx = abs(other % width - x)
                if wraps { dx = min(dx, width - dx) }
                let dy = other / width - y
                least = min(least, dx * dx + dy * dy)
            }
            #expect(Int(found[at] + 0.5) == least, "seed \(seed) at \(at)")
        }
    }

    @Test("PANO-213, PANO-211 shares of all photos sum to one: what all show alike comes out as it is")
    func sharesSumToOne() {
        let sheet = Self.sheet()
        for weights in [sheet.equalWeights, sheet.distances()] {
            let made = sheet.mean(weights)
            for piece in sheet.pieces {
                for at in piece.depth.indices where piece.depth[at] > 0 {
                    let on = sheet.place(piece, at % piece.width, at / piece.width)
                    #expect(made.rgb[on * 3] == piece.rgb[at * 3] && made.mask[on] == 255)
                }
            }
        }
    }

    @Test("PANO-211 the mean keeps ghosts: a thing in one of three photos is a third of itself")
    func meanHasGhosts() {
        let sheet = Self.sheet(count: 3, wide: 90, sprites: [(0, 40)])
        let made = sheet.mean(sheet.equalWeights)
        let (with, without) = (Int(made.rgb[(14 * 90 + 40) * 3]), Int(sheet.pieces[1].rgb[(14 * 90 + 40) * 3]))
        #expect(abs(without - with - (without - 20) / 3) <= 1)
    }

    @Test("PANO-212 the median drops what less than half of the photos show")
    func medianDropsMovers() {
        let sheet = Self.sheet(count: 3, wide: 90, sprites: [(0, 20), (1, 45), (2, 70)])
        #expect(Self.dark(sheet.median()) == 0)
        #expect(Self.dark(sheet.picked(sheet.heaviest(sheet.equalWeights))) > 0)
    }

    @Test("PANO-214 the p-norm feather is the feather for p = 1 and tends to the heaviest photo for large p")
    func pNorm() {
        var pieces = Self.sheet().pieces
        // Photos of different light, so that shares can be seen.
        pieces = pieces.enumerated().map { index, piece in
            SeamPiece(
                x: piece.x, y: 0, width: piece.width, height: piece.height,
                rgb: piece.rgb.map { UInt8(Int($0) + index * 20) }, depth: piece.depth)
        }
        let sheet = LayerSheet(pieces: pieces, width: 90, height: 30, wraps: false)
        let distances = sheet.distances()
        #expect(
            zip(sheet.mean(sheet.powers(of: distances, 1)).rgb, sheet.mean(distances).rgb).allSatisfy {
                abs(Int($0) - Int($1)) <= 1
            })
        let (hard, heaviest) = (sheet.mean(sheet.powers(of: distances, 60)), sheet.picked(sheet.heaviest(distances)))
        // Where one photo lies clearly deeper than the others.
        for at in 0..<(90 * 30) {
            let depths = sheet.pieces.indices.compactMap { index in
                sheet.pieces[index].place(x: at % 90, y: at / 90, canvasWidth: 90).map { distances[index][$0] }
            }.sorted(by: >)
            guard depths.count > 1, depths[0] > 1.2 * depths[1] else { continue }
            #expect(abs(Int(hard.rgb[at * 3]) - Int(heaviest.rgb[at * 3])) <= 1)
        }
        let soft = sheet.mean(sheet.powers(of: distances, 4))
        #expect(soft != hard && soft != sheet.mean(distances))
    }

    @Test("PANO-215 labels are the arg max of the weights everywhere", arguments: [false, true])
    func voronoi(wraps: Bool) {
        let sheet = Self.sheet(wraps: wraps)
        let weights = sheet.distances()
        let labels = sheet.heaviest(weights)
        for y in 0..<sheet.height {
            for x in 0..<sheet.width {
                let all = sheet.pieces.indices.compactMap { index in
                    sheet.pieces[index].place(x: x, y: y, canvasWidth: sheet.width).map { weights[index][$0] }
                }
                let label = Int(labels[y * sheet.width + x])
                guard let most = all.max() else {
                    #expect(label == -1)
                    continue
                }
                let mine = sheet.pieces[label].place(x: x, y: y, canvasWidth: sheet.width).map { weights[label][$0] }
                #expect(mine == most)
            }
        }
    }

    @Test("PANO-327 coverage is counted: labels that miss or name the wrong photo are found and repaired")
    func coverage() {
        let sheet = Self.sheet()
        let weights = sheet.distances()
        var labels = sheet.heaviest(weights)
        #expect(uncovered(labels, sheet) == 0)
        labels[5] = -1
        labels[89] = 0
        #expect(uncovered(labels, sheet) == 2)
        #expect(sheet.repair(&labels, weights) == 2)
        #expect(uncovered(labels, sheet) == 0)
    }

    @Test("PANO-236 two bands: low tones are mixed, edges come from one photo")
    func twoBands() {
        let sheet = Self.sheet()
        let weights = sheet.distances()
        let labels = sheet.heaviest(weights)
        let same = sheet.twoBands(labels: labels, weights: weights)
        let picked = sheet.picked(labels)
        // One scene, one light: nothing changes but by rounding.
        #expect(zip(same.rgb, picked.rgb).allSatisfy { abs(Int($0) - Int($1)) <= 8 })
        #expect(same.mask == picked.mask)
    }

    @Test(
        "PANO-328 rolling a closed canvas and rolling back changes nothing in means, medians, labels and bands",
        arguments: [1, 17, 64])
    func rolls(by columns: Int) {
        let sheet = Self.sheet(wraps: true, sprites: [(0, 20), (1, 50)])
        let rolled = LayerSheet(
            pieces: sheet.pieces.map {
                SeamPiece(
                    x: ($0.x + columns) % sheet.width, y: $0.y, width: $0.width, height: $0.height, rgb: $0.rgb,
                    depth: $0.depth)
            }, width: sheet.width, height: sheet.height, wraps: true)
        func back<Value>(_ values: [Value], _ samples: Int = 1) -> [Value] {
            (0..<values.count).map { at in
                let (pixel, channel) = (at / samples, at % samples)
                let (x, y) = (pixel % sheet.width, pixel / sheet.width)
                return values[(y * sheet.width + (x + columns) % sheet.width) * samples + channel]
            }
        }
        let (weights, turned) = (sheet.distances(), rolled.distances())
        #expect(weights == turned)
        #expect(back(rolled.mean(turned).rgb, 3) == sheet.mean(weights).rgb)
        #expect(back(rolled.median().rgb, 3) == sheet.median().rgb)
        #expect(back(rolled.heaviest(turned)) == sheet.heaviest(weights))
        let (labels, moved) = (sheet.heaviest(weights), rolled.heaviest(turned))
        #expect(
            back(rolled.twoBands(labels: moved, weights: turned).rgb, 3)
                == sheet.twoBands(labels: labels, weights: weights).rgb)
        let (here, there) = (
            GradientBlend().blended(sheet, labels: labels), GradientBlend().blended(rolled, labels: moved)
        )
        #expect(zip(back(there.rgb, 3), here.rgb).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
        var (a, b) = (seams(sheet, labels), seams(rolled, moved))
        for photo in 0..<3 {
            _ = a.expand(photo)
            _ = b.expand(photo)
        }
        #expect(a.energy == b.energy)
    }

    private func seams(_ sheet: LayerSheet, _ labels: [Int16]) -> SeamLabels {
        SeamLabels(
            pieces: sheet.pieces, width: sheet.width, height: sheet.height, wraps: sheet.wraps, depthWeight: 40,
            labels: labels)
    }
}
