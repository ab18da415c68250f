/// Where the samples of a chroma plane lie between those of a luma plane.
package struct ChromaGrid: Sendable, Hashable {
    /// Luma columns a sample: 1 or 2.
    package let across: Int
    /// Luma rows a sample: 1 or 2.
    package let down: Int
    /// Half columns from the first luma sample to the first one here: 0, 1 or 2; 0 where `across` is 1.
    package let left: Int
    /// Half rows from the first luma sample to the first one here: 0, 1 or 2; 0 where `down` is 1.
    package let top: Int

    /// A grid.
    package init(across: Int, down: Int, left: Int, top: Int) {
        precondition((1...2).contains(across) && (1...2).contains(down))
        precondition((0...2).contains(left) && (0...2).contains(top))
        self.across = across
        self.down = down
        self.left = across == 1 ? 0 : left
        self.top = down == 1 ? 0 : top
    }

    /// Columns of a plane under so many luma columns.
    package func columns(_ width: Int) -> Int { (width + across - 1) / across }

    /// Rows of a plane under so many luma rows.
    package func rows(_ height: Int) -> Int { (height + down - 1) / down }
}

/// The numbers between R'G'B' and Y'CbCr: those of ITU-R BT.601 (section 2.5.1) or BT.709 (section 3.2), with samples of
/// the full range or of 16...235 and 16...240 (BT.601, table 2).
package struct VideoMatrix: Sendable, Hashable {
    /// The share of red in luma.
    package let red: Double
    /// The share of blue in luma.
    package let blue: Double
    /// The sample of black.
    package let black: Int
    /// Samples from black to white.
    package let lumaSpan: Double
    /// Samples from the least to the greatest chroma.
    package let chromaSpan: Double

    /// A matrix of the shares of red and blue.
    package init(red: Double, blue: Double, isFullRange: Bool) {
        self.red = red
        self.blue = blue
        black = isFullRange ? 0 : 16
        lumaSpan = isFullRange ? 255 : 219
        chromaSpan = isFullRange ? 255 : 224
    }
}

/// One packed row after another of R'G'B' out of three packed planes; chroma between its samples is bilinear.
///
/// - Parameters:
///   - planes: Luma, Cb and Cr, one after the other.
///   - width: Luma columns.
///   - height: Luma rows.
///   - grids: Where Cb and Cr lie; both have the same size.
///   - matrix: What the samples mean.
///   - target: `width` x `height` x 3 samples.
package func rgbFromPlanes(
    _ planes: Span<UInt8>, width: Int, height: Int, grids: (cb: ChromaGrid, cr: ChromaGrid), matrix: VideoMatrix,
    into target: inout MutableSpan<UInt8>
) {
    let (columns, rows) = (grids.cb.columns(width), grids.cb.rows(height))
    precondition(grids.cr.columns(width) == columns && grids.cr.rows(height) == rows)
    precondition(width > 0 && height > 0 && planes.count >= width * height + 2 * columns * rows)
    precondition(target.count >= width * height * 3)
    // Luma in 1/65536; chroma is 16 times its sample, so that 1/4096 gives the same.
    func fixed(_ value: Double) -> Int { Int(value.rounded()) }
    let luma = fixed(65_536 * 255 / matrix.lumaSpan)
    let unit = 4096 * 255 / matrix.chromaSpan
    let green = 1 - matrix.red - matrix.blue
    let redOfCr = fixed(unit * 2 * (1 - matrix.red))
    let blueOfCb = fixed(unit * 2 * (1 - matrix.blue))
    let greenOfCb = fixed(unit * 2 * (1 - matrix.blue) * matrix.blue / green)
    let greenOfCr = fixed(unit * 2 * (1 - matrix.red) * matrix.red / green)
    var blended = [Int](repeating: 0, count: 2 * columns)
    planes.withUnsafeBufferPointer { planes in
        target.withUnsafeMutableBufferPointer { target in
            blended.withUnsafeMutableBufferPointer { blended in
                for y in 0..<height {
                    let start = width * height
                    blendRows(planes, at: start, grids.cb, columns, rows, y, blended, 0)
                    blendRows(planes, at: start + columns * rows, grids.cr, columns, rows, y, blended, columns)
                    for x in 0..<width {
                        let light = (Int(planes[y * width + x]) - matrix.black) * luma + 32_768
                        let cb = blendColumns(blended, 0, grids.cb, columns, x) - 2048
                        let cr = blendColumns(blended, columns, grids.cr, columns, x) - 2048
                        let at = (y * width + x) * 3
                        target[at] = UInt8(min(255, max(0, (light + redOfCr * cr) >> 16)))
                        target[at + 1] = UInt8(min(255, max(0, (light - greenOfCb * cb - greenOfCr * cr) >> 16)))
                        target[at + 2] = UInt8(min(255, max(0, (light + blueOfCb * cb) >> 16)))
                    }
                }
            }
        }
    }
}

/// Four times the chroma at a luma row.
private func blendRows(
    _ planes: UnsafeBufferPointer<UInt8>, at start: Int, _ grid: ChromaGrid, _ columns: Int, _ rows: Int, _ y: Int,
    _ out: UnsafeMutableBufferPointer<Int>, _ to: Int
) {
    // In quarters of a chroma row.
    let place = grid.down == 1 ? 4 * y : 2 * y - grid.top
    let (first, share) = (place >> 2, place & 3)
    let above = start + min(rows - 1, max(0, first)) * columns
    let below = start + min(rows - 1, max(0, first + 1)) * columns
    for x in 0..<columns { out[to + x] = Int(planes[above + x]) * (4 - share) + Int(planes[below + x]) * share }
}

/// Sixteen times the chroma at a luma column.
@inline(__always)
private func blendColumns(
    _ row: UnsafeMutableBufferPointer<Int>, _ start: Int, _ grid: ChromaGrid, _ columns: Int, _ x: Int
) -> Int {
    let place = grid.across == 1 ? 4 * x : 2 * x - grid.left
    let (first, share) = (place >> 2, place & 3)
    let left = row[start + min(columns - 1, max(0, first))]
    let right = row[start + min(columns - 1, max(0, first + 1))]
    return left * (4 - share) + right * share
}

/// Three packed planes of R'G'B' rows: luma, Cb and Cr. Chroma between luma samples is the mean of two, chroma upon one
/// the mean of it (twice) and its neighbours.
///
/// - Parameters: As for `rgbFromPlanes`, the other way round.
package func planesFromRGB(
    _ source: Span<UInt8>, width: Int, height: Int, grids: (cb: ChromaGrid, cr: ChromaGrid), matrix: VideoMatrix,
    into target: inout MutableSpan<UInt8>
) {
    let (columns, rows) = (grids.cb.columns(width), grids.cb.rows(height))
    precondition(grids.cr.columns(width) == columns && grids.cr.rows(height) == rows)
    precondition(width > 0 && height > 0 && source.count >= width * height * 3)
    precondition(target.count >= width * height + 2 * columns * rows)
    let green = 1 - matrix.red - matrix.blue
    let (span, unit) = (Float(matrix.lumaSpan / 255), Float(matrix.chromaSpan / 255))
    let (red, blue) = (Float(matrix.red), Float(matrix.blue))
    let (overBlue, overRed) = (Float(0.5 / (1 - matrix.blue)) * unit, Float(0.5 / (1 - matrix.red)) * unit)
    var chroma = [Float](repeating: 0, count: 2 * width * height)
    source.withUnsafeBufferPointer { source in
        target.withUnsafeMutableBufferPointer { target in
            chroma.withUnsafeMutableBufferPointer { chroma in
                for at in 0..<(width * height) {
                    let (r, g, b) = (Float(source[at * 3]), Float(source[at * 3 + 1]), Float(source[at * 3 + 2]))
                    let light = red * r + Float(green) * g + blue * b
                    target[at] = UInt8(min(255, max(0, Float(matrix.black) + span * light + 0.5)))
                    chroma[at] = (b - light) * overBlue
                    chroma[width * height + at] = (r - light) * overRed
                }
                let start = width * height
                gather(UnsafeBufferPointer(chroma), 0, grids.cb, width, height, target, start)
                gather(UnsafeBufferPointer(chroma), start, grids.cr, width, height, target, start + columns * rows)
            }
        }
    }
}

private func gather(
    _ chroma: UnsafeBufferPointer<Float>, _ from: Int, _ grid: ChromaGrid, _ width: Int, _ height: Int,
    _ target: UnsafeMutableBufferPointer<UInt8>, _ to: Int
) {
    let (columns, rows) = (grid.columns(width), grid.rows(height))
    for y in 0..<rows {
        let (top, downShares) = taps(y, step: grid.down, offset: grid.top)
        for x in 0..<columns {
            let (left, acrossShares) = taps(x, step: grid.across, offset: grid.left)
            var sum: Float = 0
            for j in 0..<3 where downShares[j] > 0 {
                let row = min(height - 1, max(0, top + j)) * width
                for i in 0..<3 where acrossShares[i] > 0 {
                    let column = min(width - 1, max(0, left + i))
                    sum += chroma[from + row + column] * downShares[j] * acrossShares[i]
                }
            }
            target[to + y * columns + x] = UInt8(min(255, max(0, 128.5 + sum)))
        }
    }
}

/// The first of three samples that a chroma sample is made of, and their shares.
private func taps(_ index: Int, step: Int, offset: Int) -> (first: Int, shares: SIMD3<Float>) {
    if step == 1 { return (index, SIMD3(1, 0, 0)) }
    if offset == 1 { return (2 * index, SIMD3(0.5, 0.5, 0)) }
    return (2 * index + offset / 2 - 1, SIMD3(0.25, 0.5, 0.25))
}

/// Each sample replaced by what a table of 256 has in its place.
package func mapSamples(_ samples: inout MutableSpan<UInt8>, by table: Span<UInt8>) {
    precondition(table.count >= 256)
    for at in samples.indices { samples[at] = table[Int(samples[at])] }
}
