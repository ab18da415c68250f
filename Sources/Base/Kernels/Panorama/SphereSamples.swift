import Foundation

/// A square picture of directions: (2x / (side - 1) - 1) right + (2y / (side - 1) - 1) down + ahead, looked up in a sphere
/// of packed colours by linear interpolation; columns wrap, rows end.
///
/// - Parameters:
///   - top: v of the sphere's upper border.
///   - face: right, down and ahead, three numbers each.
package func sampledSphere(
    _ sphere: [UInt8], width: Int, height: Int, top: Double, face: [Float], side: Int
) -> [UInt8] {
    precondition(width > 0 && height > 0 && sphere.count == width * height * 3 && face.count == 9 && side > 1)
    let scale = Float(width) / (2 * .pi)
    let upper = Float(top)
    return [UInt8](unsafeUninitializedCapacity: side * side * 3) { out, used in
        for y in 0..<side {
            let v = Float(2 * y) / Float(side - 1) - 1
            for x in 0..<side {
                let u = Float(2 * x) / Float(side - 1) - 1
                let (rx, ry, rz) = (
                    u * face[0] + v * face[3] + face[6], u * face[1] + v * face[4] + face[7],
                    u * face[2] + v * face[5] + face[8]
                )
                let across = (atan2(rx, rz) + .pi) * scale - 0.5
                let down = (atan2(ry, (rx * rx + rz * rz).squareRoot()) - upper) * scale - 0.5
                let (left, above) = (across.rounded(.down), min(max(down, 0), Float(height - 1)).rounded(.down))
                let (p, q) = (across - left, min(max(min(max(down, 0), Float(height - 1)) - above, 0), 1))
                let x0 = (Int(left) % width + width) % width
                let x1 = (x0 + 1) % width
                let (y0, y1) = (Int(above), min(Int(above) + 1, height - 1))
                for channel in 0..<3 {
                    let a = Float(sphere[(y0 * width + x0) * 3 + channel])
                    let b = Float(sphere[(y0 * width + x1) * 3 + channel])
                    let c = Float(sphere[(y1 * width + x0) * 3 + channel])
                    let d = Float(sphere[(y1 * width + x1) * 3 + channel])
                    let value = (a + (b - a) * p) * (1 - q) + (c + (d - c) * p) * q
                    out[(y * side + x) * 3 + channel] = UInt8(value + 0.5)
                }
            }
        }
        used = side * side * 3
    }
}
