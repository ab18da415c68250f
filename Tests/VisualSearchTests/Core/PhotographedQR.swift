import Foundation
import Imaging

/// How a camera sees a flat code.
struct PhotographedQR {
    /// Pixels a module in the middle.
    var module = 4.0
    /// Degrees by which it is turned.
    var angle = 0.0
    /// How much nearer one side is: 0 seen from the front, 0.3 strongly from the side.
    var tilt = 0.0
    /// Deviation of the noise in grey levels.
    var noise = 0.0
    /// How much the light falls from one side to the other.
    var shade = 0.0
    var dark = 40.0
    var light = 210.0
    var isMirrored = false
    /// Share of the modules that are covered by a light spot in the middle.
    var spot = 0.0

    func picture(_ code: WrittenQR, seed: UInt64) -> PrintedCode.Picture {
        let side = Double(code.side)
        let reach = Int((side + 8) * module * 1.5)
        var planted = Planted(seed: seed)
        var pixels = [UInt8](repeating: 0, count: reach * reach)
        let (cosine, sine) = (cos(angle * .pi / 180), sin(angle * .pi / 180))
        let half = Double(reach) / 2
        for y in 0..<reach {
            for x in 0..<reach {
                var sum = 0.0
                for sub in 0..<4 {
                    let px = (Double(x) - half + 0.25 + 0.5 * Double(sub % 2)) / module
                    let py = (Double(y) - half + 0.25 + 0.5 * Double(sub / 2)) / module
                    let (turnedX, turnedY) = (px * cosine + py * sine, py * cosine - px * sine)
                    // A plane that leans away: what is farther is smaller.
                    let depth = 1 - tilt * turnedX / side
                    let (u, v) = (turnedX / depth + side / 2, turnedY / depth + side / 2)
                    sum += isDark(code, isMirrored ? side - u : u, v) ? dark : light
                }
                let value = sum / 4 * (1 - shade * Double(x) / Double(reach))
                pixels[y * reach + x] = UInt8(min(max(value + (noise > 0 ? noise * planted.normal() : 0), 0), 255))
            }
        }
        return PrintedCode.Picture(pixels: pixels, width: reach, height: reach)
    }

    private func isDark(_ code: WrittenQR, _ x: Double, _ y: Double) -> Bool {
        let (column, row) = (Int(x.rounded(.down)), Int(y.rounded(.down)))
        guard code.dark.indices.contains(row), code.dark.indices.contains(column) else { return false }
        let middle = Double(code.side) / 2
        let radius = (spot / .pi).squareRoot() * Double(code.side)
        if spot > 0, hypot(x - middle, y - middle) < radius { return false }
        return code.dark[row][column]
    }
}
