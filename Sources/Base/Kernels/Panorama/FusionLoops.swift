import Foundation

/// How well each pixel of a picture is exposed: contrast · saturation · distance of all channels from the middle
/// (Mertens, Kautz and Van Reeth 2007, section 3.1; σ 0.2, all exponents 1).
package func exposureWeights(_ rgb: [UInt8], width: Int, height: Int) -> [Float] {
    precondition(width > 0 && height > 0 && rgb.count == width * height * 3)
    func grey(_ x: Int, _ y: Int) -> Float {
        let at = (min(max(y, 0), height - 1) * width + min(max(x, 0), width - 1)) * 3
        return (Float(rgb[at]) * 0.299 + Float(rgb[at + 1]) * 0.587 + Float(rgb[at + 2]) * 0.114) / 255
    }
    // exp(-(v - 0.5)² / 2σ²) of each byte.
    let middle = (0..<256).map { byte -> Float in
        let off = Float(byte) / 255 - 0.5
        return exp(-off * off / (2 * 0.2 * 0.2))
    }
    var out = [Float](repeating: 0, count: width * height)
    for y in 0..<height {
        for x in 0..<width {
            let at = (y * width + x) * 3
            let contrast = abs(4 * grey(x, y) - grey(x - 1, y) - grey(x + 1, y) - grey(x, y - 1) - grey(x, y + 1))
            let (r, g, b) = (Float(rgb[at]) / 255, Float(rgb[at + 1]) / 255, Float(rgb[at + 2]) / 255)
            let mean = (r + g + b) / 3
            let spread = ((r - mean) * (r - mean) + (g - mean) * (g - mean) + (b - mean) * (b - mean)) / 3
            let exposed = middle[Int(rgb[at])] * middle[Int(rgb[at + 1])] * middle[Int(rgb[at + 2])]
            // Grey and flat places still need a share.
            out[y * width + x] = (contrast + 0.02) * (spread.squareRoot() + 0.02) * exposed + 1e-12
        }
    }
    return out
}

/// sums += weights · values, `channels` values a weight.
package func addWeighted(_ sums: inout [Float], _ values: [Float], _ weights: [Float], channels: Int) {
    precondition(sums.count == values.count && values.count == weights.count * channels)
    for at in sums.indices { sums[at] += values[at] * weights[at / channels] }
}

/// How a picture was displaced against another, block by block, by the least sum of absolute differences.
package struct BlockFlow: Sendable {
    /// Side of a block.
    package var block = 16
    /// Most pixels of displacement each way around the common one.
    package var reach = 3

    /// The usual blocks.
    package init() {}

    /// The common displacement: the (dx, dy) with other(x + dx, y + dy) most like reference(x, y), from coarse to fine.
    package func common(_ reference: [UInt8], _ other: [UInt8], width: Int, height: Int, reach: Int = 16) -> (
        x: Int, y: Int
    ) {
        guard width >= 64, height >= 64, reach > 2 else {
            return best(reference, other, width, height, (0, 0), reach, (0, 0, width, height))
        }
        let (a, b) = (halved(reference, width, height), halved(other, width, height))
        let coarse = common(a, b, width: width / 2, height: height / 2, reach: reach / 2)
        return best(reference, other, width, height, (coarse.x * 2, coarse.y * 2), 1, (0, 0, width, height))
    }

    /// The displacement of each block, row by row.
    package func local(
        _ reference: [UInt8], _ other: [UInt8], width: Int, height: Int, around start: (x: Int, y: Int)
    ) -> [SIMD2<Int32>] {
        var out: [SIMD2<Int32>] = []
        for y in stride(from: 0, to: height, by: block) {
            for x in stride(from: 0, to: width, by: block) {
                let box = (x, y, min(width, x + block), min(height, y + block))
                let found = best(reference, other, width, height, start, reach, box)
                out.append(SIMD2(Int32(found.x), Int32(found.y)))
            }
        }
        return out
    }

    private func halved(_ grey: [UInt8], _ width: Int, _ height: Int) -> [UInt8] {
        let (w, h) = (width / 2, height / 2)
        return (0..<(w * h)).map { at in
            let from = at / w * 2 * width + at % w * 2
            let sum = Int(grey[from]) + Int(grey[from + 1]) + Int(grey[from + width]) + Int(grey[from + width + 1])
            return UInt8((sum + 2) / 4)
        }
    }

    private func best(
        _ a: [UInt8], _ b: [UInt8], _ width: Int, _ height: Int, _ start: (x: Int, y: Int), _ reach: Int,
        _ box: (Int, Int, Int, Int)
    ) -> (x: Int, y: Int) {
        var least = (cost: Float.infinity, x: start.x, y: start.y)
        // Nearest first: what is equally good stays where it was.
        let steps = (-reach...reach).sorted { (abs($0), $0) < (abs($1), $1) }
        for dy in steps {
            for dx in steps {
                let (sx, sy) = (start.x + dx, start.y + dy)
                var (sum, count) = (0, 0)
                for y in max(box.1, -sy)..<max(max(box.1, -sy), min(box.3, height - sy)) {
                    for x in max(box.0, -sx)..<max(max(box.0, -sx), min(box.2, width - sx)) {
                        sum += abs(Int(a[y * width + x]) - Int(b[(y + sy) * width + x + sx]))
                        count += 1
                    }
                }
                guard count * 2 > (box.2 - box.0) * (box.3 - box.1) else { continue }
                let cost = Float(sum) / Float(count) + 0.02 * Float(abs(dx) + abs(dy))
                if cost < least.cost { least = (cost, sx, sy) }
            }
        }
        return (least.x, least.y)
    }
}

/// A picture moved onto the reference, with the reference's own light, at this picture's exposure, wherever it shows
/// something else.
///
/// - Parameters:
///   - table: This picture's bytes at the reference's exposure.
///   - back: The reference's bytes at this picture's exposure.
package func consistentPicture(
    reference: [UInt8], other: [UInt8], table: [UInt8], back: [UInt8], width: Int, height: Int, tolerance: Int,
    margin: Int
) -> [UInt8] {
    precondition(reference.count == width * height * 3 && other.count == reference.count)
    precondition(table.count == 256 && back.count == 256)
    func grey(_ rgb: [UInt8], _ table: [UInt8]?) -> [UInt8] {
        (0..<(width * height)).map { at in
            let (r, g, b) = (Int(rgb[at * 3]), Int(rgb[at * 3 + 1]), Int(rgb[at * 3 + 2]))
            let value = UInt8((r * 2 + g * 5 + b) / 8)
            return table.map { $0[Int(value)] } ?? value
        }
    }
    let (a, b) = (grey(reference, nil), grey(other, table))
    let flow = BlockFlow()
    let common = flow.common(a, b, width: width, height: height)
    let local = flow.local(a, b, width: width, height: height, around: common)
    let columns = (width + flow.block - 1) / flow.block
    var moved = [UInt8](repeating: 0, count: reference.count)
    var believed = [UInt8](repeating: 1, count: width * height)
    for y in 0..<height {
        for x in 0..<width {
            let at = y * width + x
            let step = local[y / flow.block * columns + x / flow.block]
            let (sx, sy) = (x + Int(step.x), y + Int(step.y))
            guard sx >= 0, sx < width, sy >= 0, sy < height else {
                believed[at] = 0
                continue
            }
            for channel in 0..<3 {
                let here = reference[at * 3 + channel]
                let there = other[(sy * width + sx) * 3 + channel]
                moved[at * 3 + channel] = there
                if differs(here, there, table, back, tolerance) { believed[at] = 0 }
            }
        }
    }
    let far = squaredDistances(believed, width: width, height: height)
    let limit = Float(margin * margin)
    for y in 0..<height {
        for x in 0..<width {
            let at = y * width + x
            // The border of the picture counts as far in the field; it is no doubt by itself.
            let isNearBorder = min(min(x, width - 1 - x), min(y, height - 1 - y)) < margin
            guard believed[at] == 0 || (far[at] <= limit && !isNearBorder) else { continue }
            for channel in 0..<3 { moved[at * 3 + channel] = back[Int(reference[at * 3 + channel])] }
        }
    }
    return moved
}

/// Whether two bytes of different exposures cannot be the same light; clipped ones only bound it.
private func differs(_ here: UInt8, _ there: UInt8, _ table: [UInt8], _ back: [UInt8], _ tolerance: Int) -> Bool {
    if here >= 251 { return Int(there) < Int(back[250]) - tolerance }
    if here <= 4 { return Int(there) > Int(back[5]) + tolerance }
    if there >= 251 { return Int(back[Int(here)]) < 251 - 2 * tolerance }
    if there <= 4 { return Int(back[Int(here)]) > 4 + 2 * tolerance }
    return abs(Int(table[Int(there)]) - Int(here)) > tolerance
}
