internal import CKernels

/// Filters 8-bit pixels by a row of weights across and a row of weights down, both of odd length; packed target.
///
/// Weights are in 1/16,384; the result of each pass is rounded and clamped to 0...255.
package func convolve(
    _ source: Span<UInt8>, _ from: Raster, into target: inout MutableSpan<UInt8>, across: [Int16], down: [Int16],
    border: BorderRule, fill: UInt8 = 0, variant: KernelVariant = .best
) {
    precondition(across.count % 2 == 1 && down.count % 2 == 1)
    precondition(source.count >= from.span && target.count >= from.rowCount * from.height)
    let code = variant.code
    let between = UnsafeMutablePointer<UInt8>.allocate(capacity: from.rowCount * from.height)
    let padded = PaddedRow<UInt8>(from, radius: across.count / 2, border: border, fill: fill)
    defer { padded.deallocate() }
    let outside = UnsafeMutablePointer<UInt8>.allocate(capacity: from.rowCount)
    outside.initialize(repeating: fill, count: from.rowCount)
    defer {
        between.deallocate()
        outside.deallocate()
    }
    source.withUnsafeBufferPointer { source in
        guard let rows = source.baseAddress else { return }
        for y in 0..<from.height {
            padded.take(rows + y * from.stride)
            vk_weighted_rows_u8(
                padded.shifted(count: across.count), across, across.count, between + y * from.rowCount, from.rowCount,
                code)
        }
    }
    target.withUnsafeMutableBufferPointer { target in
        guard let out = target.baseAddress else { return }
        for y in 0..<from.height {
            let rows = verticalRows(between, from, at: y, taps: down.count, border: border, outside: outside)
            vk_weighted_rows_u8(rows, down, down.count, out + y * from.rowCount, from.rowCount, code)
        }
    }
}

/// Filters float pixels by a row of weights across and a row of weights down, both of odd length; packed target.
package func convolve(
    _ source: Span<Float>, _ from: Raster, into target: inout MutableSpan<Float>, across: [Float], down: [Float],
    border: BorderRule, fill: Float = 0, variant: KernelVariant = .best
) {
    precondition(across.count % 2 == 1 && down.count % 2 == 1)
    precondition(source.count >= from.span && target.count >= from.rowCount * from.height)
    let code = variant.code
    let between = UnsafeMutablePointer<Float>.allocate(capacity: from.rowCount * from.height)
    let padded = PaddedRow<Float>(from, radius: across.count / 2, border: border, fill: fill)
    defer { padded.deallocate() }
    let outside = UnsafeMutablePointer<Float>.allocate(capacity: from.rowCount)
    outside.initialize(repeating: fill * across.reduce(0, +), count: from.rowCount)
    defer {
        between.deallocate()
        outside.deallocate()
    }
    source.withUnsafeBufferPointer { source in
        guard let rows = source.baseAddress else { return }
        for y in 0..<from.height {
            padded.take(rows + y * from.stride)
            vk_weighted_rows_f32(
                padded.shifted(count: across.count), across, across.count, between + y * from.rowCount, from.rowCount,
                code)
        }
    }
    target.withUnsafeMutableBufferPointer { target in
        guard let out = target.baseAddress else { return }
        for y in 0..<from.height {
            let rows = verticalRows(between, from, at: y, taps: down.count, border: border, outside: outside)
            vk_weighted_rows_f32(rows, down, down.count, out + y * from.rowCount, from.rowCount, code)
        }
    }
}

private func verticalRows<Value>(
    _ rows: UnsafeMutablePointer<Value>, _ raster: Raster, at y: Int, taps: Int, border: BorderRule,
    outside: UnsafeMutablePointer<Value>
) -> [UnsafePointer<Value>?] {
    (0..<taps).map { tap in
        guard let row = border.index(y + tap - taps / 2, count: raster.height) else { return UnsafePointer(outside) }
        return UnsafePointer(rows + row * raster.rowCount)
    }
}

/// The median of the square of `radius` around each sample; packed target, edges replicated.
package func median(
    _ source: Span<UInt8>, _ from: Raster, into target: inout MutableSpan<UInt8>, radius: Int,
    variant: KernelVariant = .best
) {
    precondition(from.samples == 1 && (1...127).contains(radius))
    precondition(source.count >= from.span && target.count >= from.rowCount * from.height)
    let side = 2 * radius + 1
    let code = variant.code
    let lines = (0..<side).map { _ in PaddedRow<UInt8>(from, radius: radius, border: .replicate, fill: 0) }
    defer { lines.forEach { $0.deallocate() } }
    source.withUnsafeBufferPointer { source in
        target.withUnsafeMutableBufferPointer { target in
            guard let rows = source.baseAddress, let out = target.baseAddress else { return }
            for y in 0..<from.height {
                // Only one row is new at each step: lines are used in turn.
                for line in (y == 0 ? 0 : side - 1)..<side {
                    let row = min(max(y + line - radius, 0), from.height - 1)
                    lines[(y + line) % side].take(rows + row * from.stride)
                }
                let here = (0..<side).map { lines[(y + $0) % side] }
                if radius == 1 {
                    let nine = here.flatMap { $0.shifted(count: 3) }
                    vk_median9_u8(nine, out + y * from.width, from.width, code)
                } else {
                    let centred: [UnsafePointer<UInt8>?] = here.map { UnsafePointer($0.start + radius) }
                    vk_median_row_u8(centred, Int32(radius), out + y * from.width, from.width)
                }
            }
        }
    }
}

/// A row with `radius` pixels of border on both sides, in memory of its own.
private struct PaddedRow<Value> {
    let start: UnsafeMutablePointer<Value>
    private let raster: Raster
    private let radius: Int
    private let border: BorderRule
    private let fill: Value

    init(_ raster: Raster, radius: Int, border: BorderRule, fill: Value) {
        self.raster = raster
        self.radius = radius
        self.border = border
        self.fill = fill
        let count = (raster.width + 2 * radius) * raster.samples
        start = .allocate(capacity: count)
        start.initialize(repeating: fill, count: count)
    }

    func deallocate() { start.deallocate() }

    func take(_ row: UnsafePointer<Value>) {
        let samples = raster.samples
        (start + radius * samples).update(from: row, count: raster.rowCount)
        for place in 0..<radius {
            put(place - radius, row)
            put(raster.width + place, row)
        }
    }

    private func put(_ x: Int, _ row: UnsafePointer<Value>) {
        guard let inside = border.index(x, count: raster.width) else { return }
        for sample in 0..<raster.samples {
            start[(x + radius) * raster.samples + sample] = row[inside * raster.samples + sample]
        }
    }

    /// The row moved by 0, 1, 2... pixels.
    func shifted(count: Int) -> [UnsafePointer<Value>?] {
        (0..<count).map { UnsafePointer(start + $0 * raster.samples) }
    }
}
