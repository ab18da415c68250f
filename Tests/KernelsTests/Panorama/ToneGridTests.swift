import Foundation
import Kernels
import Testing

@Suite("Tone over photos")
struct ToneGridTests {
    /// Three photos of one smooth scene, each darker towards its corners by up to `falloff`, with gains of their own.
    private static func sheet(falloff: Double, gains: [Double]) -> LayerSheet {
        let (width, height, wide) = (200, 90, 120)
        let pieces = gains.enumerated().map { index, gain -> SeamPiece in
            let x = index * 40
            var rgb = [UInt8](repeating: 0, count: wide * height * 3)
            var depth = [UInt8](repeating: 0, count: wide * height)
            for at in 0..<(wide * height) {
                let (column, row) = (at % wide, at / wide)
                let on = Double(x + column)
                let (dx, dy) = (Double(column) / 59.5 - 1, Double(row) / 44.5 - 1)
                let light = gain * (1 - falloff * (dx * dx + dy * dy) / 2)
                let scene = 110 + 40 * sin(on / 17) * cos(Double(row) / 11) + Double((column * 7 + row * 5) % 3)
                for channel in 0..<3 { rgb[at * 3 + channel] = UInt8(min(255, scene * light)) }
                let inner = min(1 - abs(dx), 1 - abs(dy))
                depth[at] = UInt8(1 + max(0, inner) * 254)
            }
            return SeamPiece(x: x, y: 0, width: wide, height: height, rgb: rgb, depth: depth)
        }
        return LayerSheet(pieces: pieces, width: width, height: height, wraps: false)
    }

    /// The mean step |ln a - ln b| along the seams.
    private static func step(_ pieces: [SeamPiece], _ labels: [Int16], _ width: Int, _ height: Int) -> Double {
        var (sum, count) = (0.0, 0.0)
        for y in 0..<height {
            for x in 0..<(width - 1) {
                let (a, b) = (Int(labels[y * width + x]), Int(labels[y * width + x + 1]))
                guard a != b, a >= 0, b >= 0, let p = pieces[a].place(x: x, y: y, canvasWidth: width),
                    let q = pieces[b].place(x: x, y: y, canvasWidth: width)
                else { continue }
                sum += abs(log(Double(pieces[a].rgb[p * 3]) / Double(pieces[b].rgb[q * 3])))
                count += 1
            }
        }
        return sum / max(1, count)
    }

    @Test("PANO-251 blocks of parabolas take away at least 70 % of the steps that a fall-off of 25 % leaves")
    func blocks() {
        let sheet = Self.sheet(falloff: 0.25, gains: [1, 1, 1])
        let labels = sheet.heaviest(sheet.distances())
        // Blocks of 32 pixels of photos four times as large.
        var transfer = BlockTransfer()
        transfer.block = 8
        let grids = transfer.grids(sheet.pieces, width: 200, height: 90, wraps: false)
        let before = Self.step(sheet.pieces, labels, 200, 90)
        let after = Self.step(zip(sheet.pieces, grids).map { $1.bent($0) }, labels, 200, 90)
        #expect(after < 0.3 * before, "\(before) to \(after)")
    }

    @Test("PANO-241, PANO-251 splines of gains take away steps of gain and fall-off along all seams")
    func splines() {
        let sheet = Self.sheet(falloff: 0.2, gains: [1, 0.75, 1.2])
        let labels = sheet.heaviest(sheet.distances())
        let grids = ToneSplines().grids(sheet.pieces, labels: labels, width: 200, height: 90, wraps: false)
        let before = Self.step(sheet.pieces, labels, 200, 90)
        let after = Self.step(zip(sheet.pieces, grids).map { $1.bent($0) }, labels, 200, 90)
        #expect(before > 0.1 && after < 0.15 * before, "\(before) to \(after)")
    }

    @Test("photos of one light are left as they are, by blocks and by splines")
    func nothingToDo() {
        let sheet = Self.sheet(falloff: 0, gains: [1, 1, 1])
        let labels = sheet.heaviest(sheet.distances())
        let all = [
            BlockTransfer().grids(sheet.pieces, width: 200, height: 90, wraps: false),
            ToneSplines().grids(sheet.pieces, labels: labels, width: 200, height: 90, wraps: false),
        ]
        for grids in all {
            for (piece, grid) in zip(sheet.pieces, grids) {
                #expect(zip(grid.bent(piece).rgb, piece.rgb).allSatisfy { abs(Int($0) - Int($1)) <= 3 })
            }
        }
    }

    @Test("a row of nodes is followed exactly: between nodes by a straight line, beyond the ends by the last node")
    func lines() {
        var grid = ToneGrid(width: 17, height: 9, cell: 8)
        #expect(grid.columns == 3 && grid.rows == 2)
        for node in 0..<6 { grid.nodes[node * 12 + 4] = Float(1 + node % 3) }
        var pixels = [Float](repeating: 0, count: 20 * 4)
        for at in 0..<20 { (pixels[at * 4], pixels[at * 4 + 3]) = (10, 1) }
        grid.bend(&pixels, at: 0, count: 20, line: grid.line(at: 3), x: -1, step: 1)
        #expect((0..<20).allSatisfy { abs(pixels[$0 * 4] - 10 * (1 + min(2, max(0, Float($0 - 1) / 8)))) < 1e-3 })
    }
}
