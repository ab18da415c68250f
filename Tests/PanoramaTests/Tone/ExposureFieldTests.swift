import Foundation
import Kernels
import Testing

@testable import Panorama

@Suite("Light of a finished panorama")
struct ExposureFieldTests {
    /// Photos side by side, each overlapping the next by half, on a canvas 800 wide.
    private static let pieces = (0..<8).map { number in
        SeamPiece(
            x: number * 100, y: 0, width: 200, height: 120, rgb: [UInt8](repeating: 90, count: 200 * 120 * 3),
            depth: [UInt8](repeating: 255, count: 200 * 120))
    }

    /// Gains from shade to sun and back.
    private static func tones(span: Float) -> [PhotoTone] {
        (0..<8).map { number in
            var tone = PhotoTone()
            let log = span / 2 * cos(Float(number) / 8 * 2 * .pi)
            tone.gains = [exp(log), exp(log), exp(log)]
            return tone
        }
    }

    private static func row(_ field: ExposureField, y: Float) -> [Float] {
        var row = [Float](repeating: 0, count: 800)
        field.fill(&row, at: 0, count: 800, x: 0, pace: 1, y: y)
        return row
    }

    @Test("photos that are nearly alike need none")
    func none() {
        let field = ExposureField(
            Self.pieces, tones: Self.tones(span: 0.5), width: 800, height: 120, isClosed: true)
        #expect(field == nil)
    }

    @Test("where gains span two stops and more, gain times factor spans under one, smoothly and all around")
    func round() throws {
        let tones = Self.tones(span: 1.8)
        let field = try #require(
            ExposureField(Self.pieces, tones: tones, width: 800, height: 120, isClosed: true))
        let row = Self.row(field, y: 60)
        let lights = (0..<8).map { log(tones[$0].gains[0] * row[($0 * 100 + 100) % 800]) }
        let span = try #require(lights.max()) - (try #require(lights.min()))
        #expect(span < 0.9 && span > 0.2, "\(span)")
        for index in 0..<800 {
            #expect(abs(log(row[(index + 1) % 800] / row[index])) < 0.016)
        }
        // What was brightened most is darkened most.
        #expect(row[100] < 1 && row[500] > 1)
        // Columns beyond the edge of a closed canvas are those of the other side.
        var beyond: [Float] = [0, 0]
        field.fill(&beyond, at: 0, count: 2, x: -50, pace: 850, y: 60)
        #expect(abs(beyond[0] - row[750]) < 1e-4 && abs(beyond[1] - row[0]) < 1e-4)
    }

    @Test("an open canvas has a factor everywhere, also past its edges")
    func open() throws {
        let field = try #require(
            ExposureField(
                Array(Self.pieces.prefix(5)),
                tones: (0..<5).map { number in
                    var tone = PhotoTone()
                    tone.gains = [Float](repeating: exp(0.5 * Float(number) - 1), count: 3)
                    return tone
                }, width: 600, height: 120, isClosed: false))
        var row = [Float](repeating: 0, count: 700)
        for y in [Float(-20), 0, 119, 300] {
            field.fill(&row, at: 0, count: 700, x: -50, pace: 1, y: y)
            #expect(row.allSatisfy { $0 > 0.2 && $0 < 5 })
            #expect(row[60] > row[640])
        }
    }
}

@Suite("Room for what is bright")
struct HeadroomTests {
    /// A photo of two greys, the brighter one on a share of its rows.
    private static func piece(_ dark: UInt8, _ bright: UInt8, rows: Int) -> (piece: SeamPiece, radii: [Float]) {
        let rgb = (0..<(90 * 60 * 3)).map { $0 / (90 * 3) < rows ? bright : dark }
        let piece = SeamPiece(
            x: 0, y: 0, width: 90, height: 60, rgb: rgb, depth: [UInt8](repeating: 255, count: 90 * 60))
        return (piece, [Float](repeating: 0, count: 90 * 60))
    }

    private static func factor(_ pieces: [(piece: SeamPiece, radii: [Float])], gain: Float) -> Float {
        var tone = PhotoTone()
        tone.gains = [gain, gain, gain]
        return Headroom.factor(pieces, tones: pieces.map { _ in tone }, exposure: nil)
    }

    @Test("a wall that gains would burn keeps its light; what the camera burnt, or a speck, darkens nothing")
    func factor() {
        #expect(Self.factor([Self.piece(90, 200, rows: 20)], gain: 1) == 1)
        #expect(abs(Self.factor([Self.piece(90, 200, rows: 20)], gain: 1.5) * 1.5 * 200 - 250) < 2)
        #expect(Self.factor([Self.piece(90, 255, rows: 20)], gain: 1.5) == 1)
        #expect(Self.factor([Self.piece(90, 200, rows: 0)], gain: 1.5) == 1)
        #expect(Self.factor([Self.piece(90, 240, rows: 60)], gain: 3) == 0.6)
        #expect(Self.factor([], gain: 1) == 1)
    }
}
