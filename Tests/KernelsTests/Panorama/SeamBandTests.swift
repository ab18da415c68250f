import Basics
import Kernels
import Testing

@Suite("Seams looked for at half the size first")
struct SeamBandTests {
    /// Soft photos that differ by soft things, each valid in a box of its own.
    private static func sheet(seed: UInt64, wraps: Bool) -> LayerSheet {
        var random = SeededRandom(seed: seed)
        let (width, height) = (161, 90)
        let waves = (0..<12).map { _ in
            (Float(random.next() % 100) / 300, Float(random.next() % 100) / 300, Float(random.next() % 628) / 100)
        }
        let pieces = (0..<3).map { index -> SeamPiece in
            let x = wraps ? index * 54 : index * 40
            let (w, h) = (80, height)
            var rgb: [UInt8] = []
            var depth: [UInt8] = []
            for row in 0..<h {
                for column in 0..<w {
                    let (u, v) = (Float((x + column) % width), Float(row))
                    var value: Float = 128
                    for (number, wave) in waves.enumerated() where number < 8 || number % 3 == index {
                        value += 14 * sine(wave.0 * u + wave.1 * v + wave.2)
                    }
                    let level = UInt8(min(max(value, 0), 255))
                    rgb += [level, 255 - level, level / 2]
                    depth.append(UInt8(min(255, 8 + 6 * min(column, w - 1 - column, row, h - 1 - row))))
                }
            }
            return SeamPiece(x: x, y: 0, width: w, height: h, rgb: rgb, depth: depth)
        }
        return LayerSheet(pieces: pieces, width: width, height: height, wraps: wraps)
    }

    /// A sine by its series, near enough for a picture.
    private static func sine(_ angle: Float) -> Float {
        var x = angle.truncatingRemainder(dividingBy: 2 * .pi)
        if x > .pi { x -= 2 * .pi }
        return x * (1 - x * x / 6 * (1 - x * x / 20 * (1 - x * x / 42)))
    }

    private static func deepest(_ sheet: LayerSheet) -> [Int16] {
        var labels = [Int16](repeating: -1, count: sheet.width * sheet.height)
        var best = [UInt8](repeating: 0, count: labels.count)
        for (number, piece) in sheet.pieces.enumerated() {
            for at in piece.depth.indices where piece.depth[at] > 0 {
                let place = sheet.place(piece, at % piece.width, at / piece.width)
                if piece.depth[at] > best[place] { (best[place], labels[place]) = (piece.depth[at], Int16(number)) }
            }
        }
        return labels
    }

    private static func chosen(_ sheet: LayerSheet, from start: [Int16], open: [UInt8]?, weight: Int) -> SeamLabels {
        var seams = SeamLabels(
            pieces: sheet.pieces, width: sheet.width, height: sheet.height, wraps: sheet.wraps, depthWeight: weight,
            labels: start, open: open)
        for _ in 0..<3 { for photo in sheet.pieces.indices { _ = seams.expand(photo) } }
        return seams
    }

    @Test("PANO-227 seams near those of half the size cost hardly more than the best of all", arguments: 0..<8)
    func band(seed: Int) {
        let sheet = Self.sheet(seed: UInt64(seed), wraps: seed % 2 == 1)
        let start = Self.deepest(sheet)
        let whole = Self.chosen(sheet, from: start, open: nil, weight: 40)
        let half = sheet.halved()
        let rough = Self.chosen(half, from: Self.deepest(half), open: nil, weight: 80).labels
        let band = SeamBand(sheet, rough: rough, fallback: start)
        let found = Self.chosen(sheet, from: band.labels, open: band.open, weight: 40)
        #expect(Double(found.energy) < 1.03 * Double(whole.energy), "seed \(seed)")
        let share = Double(band.open.count { $0 > 0 }) / Double(band.open.count)
        #expect(share < 0.4, "\(share) of the pixels")
        for at in found.labels.indices {
            #expect((found.labels[at] < 0) == (start[at] < 0))
            // Outside the band nothing was touched.
            if band.open[at] == 0 { #expect(found.labels[at] == band.labels[at]) }
            guard found.labels[at] >= 0 else { continue }
            let piece = sheet.pieces[Int(found.labels[at])]
            #expect(piece.place(x: at % sheet.width, y: at / sheet.width, canvasWidth: sheet.width) != nil)
        }
    }
}
