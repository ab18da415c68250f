/// Pictures of several exposures moved onto the first by whole pixels, by what lies above the median of each
/// (Ward 2003). What leaves the picture is filled by its border.
package func alignedStack(_ stack: [[UInt8]], width: Int, height: Int) -> [[UInt8]] {
    precondition(width > 0 && height > 0 && stack.allSatisfy { $0.count == width * height * 3 })
    guard let first = stack.first else { return [] }
    let base = aboveMedian(first, width * height)
    return stack.enumerated().map { index, picture in
        guard index > 0 else { return picture }
        let step = BlockFlow().common(
            base, aboveMedian(picture, width * height), width: width, height: height, reach: 32)
        return moved(picture, width, height, step)
    }
}

/// How alike two pictures of different exposure are: the correlation of the ranks of their greens, after the common
/// displacement of up to an eighth of their width. 1 for one place, however light; 0 for unrelated ones.
package func rankCorrelation(_ a: [UInt8], _ b: [UInt8], width: Int, height: Int) -> Float {
    precondition(width > 0 && height > 0 && a.count == width * height * 3 && b.count == a.count)
    let (first, second) = (ranks(a, width * height), ranks(b, width * height))
    let step = BlockFlow().common(first, second, width: width, height: height, reach: max(1, width / 8))
    var sums = SIMD8<Double>.zero
    for y in max(0, -step.y)..<max(max(0, -step.y), min(height, height - step.y)) {
        for x in max(0, -step.x)..<max(max(0, -step.x), min(width, width - step.x)) {
            let (here, there) = (y * width + x, (y + step.y) * width + x + step.x)
            // Clipped places have no rank.
            guard isTold(a[here * 3 + 1]), isTold(b[there * 3 + 1]) else { continue }
            let (p, q) = (Double(first[here]), Double(second[there]))
            sums += SIMD8(1, p, q, p * p, q * q, p * q, 0, 0)
        }
    }
    guard sums[0] * 10 > Double(width * height) else { return 0 }
    let (mp, mq) = (sums[1] / sums[0], sums[2] / sums[0])
    let spread = (sums[3] / sums[0] - mp * mp) * (sums[4] / sums[0] - mq * mq)
    return spread > 1e-6 ? Float((sums[5] / sums[0] - mp * mq) / spread.squareRoot()) : 0
}

private func isTold(_ byte: UInt8) -> Bool { byte > 5 && byte < 250 }

/// The share of pixels that are darker, in 255ths; equal ones share the middle.
private func ranks(_ rgb: [UInt8], _ count: Int) -> [UInt8] {
    var histogram = [Int](repeating: 0, count: 256)
    for at in 0..<count { histogram[Int(rgb[at * 3 + 1])] += 1 }
    var table = [UInt8](repeating: 0, count: 256)
    var below = 0
    for byte in 0..<256 {
        table[byte] = UInt8((2 * below + histogram[byte]) * 255 / (2 * count))
        below += histogram[byte]
    }
    return (0..<count).map { table[Int(rgb[$0 * 3 + 1])] }
}

/// 255 where the green is above its median, else 0.
private func aboveMedian(_ rgb: [UInt8], _ count: Int) -> [UInt8] {
    var histogram = [Int](repeating: 0, count: 256)
    for at in 0..<count { histogram[Int(rgb[at * 3 + 1])] += 1 }
    var (sum, median) = (0, 0)
    while median < 255, sum + histogram[median] < count / 2 {
        sum += histogram[median]
        median += 1
    }
    return (0..<count).map { Int(rgb[$0 * 3 + 1]) > median ? 255 : 0 }
}

private func moved(_ rgb: [UInt8], _ width: Int, _ height: Int, _ step: (x: Int, y: Int)) -> [UInt8] {
    guard step != (0, 0) else { return rgb }
    var out = rgb
    for y in 0..<height {
        let sy = min(max(y + step.y, 0), height - 1)
        for x in 0..<width {
            let sx = min(max(x + step.x, 0), width - 1)
            for channel in 0..<3 { out[(y * width + x) * 3 + channel] = rgb[(sy * width + sx) * 3 + channel] }
        }
    }
    return out
}
