/// Squared distances from each pixel to the nearest zero of a mask, exactly, by lower envelopes of parabolas
/// (Felzenszwalb and Huttenlocher 2012). What lies outside the mask counts as zero.
///
/// - Parameter wraps: Whether column `width` is column 0 again.
package func squaredDistances(_ mask: [UInt8], width: Int, height: Int, wraps: Bool = false) -> [Float] {
    precondition(width > 0 && height > 0 && mask.count == width * height)
    var across = [Float](repeating: 0, count: width * height)
    let far = Float(width + height) * 4
    for y in 0..<height {
        // Distance in the row, both ways; a wrapped row is run through twice.
        let turns = wraps ? 2 : 1
        var last = wraps ? far : 0
        for step in 0..<(turns * width) {
            last = mask[y * width + step % width] == 0 ? 0 : min(far, last + 1)
            across[y * width + step % width] = last
        }
        last = wraps ? far : 0
        for step in (0..<(turns * width)).reversed() {
            last = mask[y * width + step % width] == 0 ? 0 : min(far, last + 1)
            across[y * width + step % width] = min(across[y * width + step % width], last)
        }
    }
    return downwards(across.map { $0 * $0 }, width: width, height: height)
}

/// min over rows r of f(r) + (y - r)², with zeros above and below.
private func downwards(_ squares: [Float], width: Int, height: Int) -> [Float] {
    var out = squares
    let count = height + 2
    var values = [Float](repeating: 0, count: count)
    var hull = [Int](repeating: 0, count: count)
    var bounds = [Float](repeating: 0, count: count + 1)
    for x in 0..<width {
        for y in 0..<height { values[y + 1] = squares[y * width + x] }
        values[count - 1] = 0
        var last = 0
        hull[0] = 0
        (bounds[0], bounds[1]) = (-.infinity, .infinity)
        for q in 1..<count {
            func meeting(_ v: Int) -> Float {
                ((values[q] + Float(q * q)) - (values[v] + Float(v * v))) / Float(2 * (q - v))
            }
            // The first bound is minus infinity: the loop ends there.
            while meeting(hull[last]) <= bounds[last] { last -= 1 }
            let meet = meeting(hull[last])
            last += 1
            hull[last] = q
            bounds[last] = meet
            bounds[last + 1] = .infinity
        }
        var part = 0
        for y in 1...height {
            while bounds[part + 1] < Float(y) { part += 1 }
            let v = hull[part]
            out[(y - 1) * width + x] = values[v] + Float((y - v) * (y - v))
        }
    }
    return out
}
