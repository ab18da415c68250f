package import Kernels

/// By how much a whole panorama is darkened so that gains burn nothing that a photo still showed.
package enum Headroom {
    /// The share of the pixels that may be burnt.
    private static let burnt = 0.005
    /// No panorama is darkened more.
    private static let least = Float(0.6)
    /// Above this a camera had clipped it already.
    private static let clipped = UInt8(245)

    /// The factor for the gains of all photos, 0.6 to 1.
    package static func factor(
        _ pieces: [(piece: SeamPiece, radii: [Float])], tones: [PhotoTone], exposure: ExposureField?
    ) -> Float {
        var counts = [Int](repeating: 0, count: 1024)
        var all = 0
        for ((piece, radii), tone) in zip(pieces, tones) {
            var light = [Float](repeating: 1, count: piece.width)
            for row in stride(from: 0, to: piece.height, by: 3) {
                exposure?.fill(
                    &light, at: 0, count: piece.width, x: Float(piece.x), pace: 1, y: Float(piece.y + row))
                for at in stride(from: row * piece.width, to: (row + 1) * piece.width, by: 3) where piece.depth[at] > 0
                {
                    all += 1
                    let colour = (piece.rgb[at * 3], piece.rgb[at * 3 + 1], piece.rgb[at * 3 + 2])
                    guard max(colour.0, colour.1, colour.2) < clipped else { continue }
                    let fall = max(1 + radii[at] * (tone.falloff.x + tone.falloff.y * radii[at]), 0.2)
                    let top = max(
                        Float(colour.0) * tone.gains[0], Float(colour.1) * tone.gains[1],
                        Float(colour.2) * tone.gains[2])
                    counts[min(max(0, Int(top / fall * light[at % piece.width])), counts.count - 1)] += 1
                }
            }
        }
        var (level, above) = (counts.count - 1, 0)
        while level > 250 {
            above += counts[level]
            if Double(above) > burnt * Double(all) { break }
            level -= 1
        }
        return max(least, min(1, 250 / Float(level)))
    }
}
