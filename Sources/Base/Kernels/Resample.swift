internal import CKernels
import Foundation

/// The window of a resampling filter. Shrinking widens it by the scale, so that no pixel is passed over.
package enum ResampleWindow: Sendable, Hashable, CaseIterable {
    /// A triangle over 2 pixels.
    case bilinear
    /// Keys' cubic over 4 pixels with a = -1/2 (Keys 1981).
    case bicubic
    /// Lanczos over 6 pixels (Duchon 1979).
    case lanczos3

    /// Half of its width in pixels.
    var radius: Double {
        switch self {
        case .bilinear: 1
        case .bicubic: 2
        case .lanczos3: 3
        }
    }

    func weight(_ distance: Double) -> Double {
        let x = abs(distance)
        guard x < radius else { return 0 }
        switch self {
        case .bilinear: return 1 - x
        case .bicubic: return x < 1 ? (1.5 * x - 2.5) * x * x + 1 : ((-0.5 * x + 2.5) * x - 4) * x + 2
        case .lanczos3:
            guard x > 0 else { return 1 }
            let angle = Double.pi * x
            return 3 * sin(angle) * sin(angle / 3) / (angle * angle)
        }
    }
}

/// What each target place of one axis takes from the source axis.
package struct ResampleAxis: Sendable {
    /// First source place of each target place.
    let starts: [Int32]
    /// `taps` weights a target place, which sum to 1 (to 16,384 as whole numbers); zero past the source.
    let floats: [Float]
    let integers: [Int16]
    let taps: Int

    /// Weights for a window; `multiple` rounds the number of taps up with zeros.
    init(source: Int, target: Int, window: ResampleWindow, multiple: Int) {
        let scale = Double(source) / Double(target)
        let stretch = max(1, scale)
        let radius = window.radius * stretch
        let most = min(source, Int((2 * radius).rounded(.up)) + 1)
        taps = (most + multiple - 1) / multiple * multiple
        var starts: [Int32] = []
        var floats = [Float](repeating: 0, count: target * taps)
        var integers = [Int16](repeating: 0, count: target * taps)
        for index in 0..<target {
            let centre = (Double(index) + 0.5) * scale
            let first = max(0, min(source - 1, Int((centre - radius + 0.5).rounded(.down))))
            let end = max(first + 1, min(source, Int((centre + radius + 0.5).rounded(.down)), first + most))
            let raw = (first..<end).map { window.weight((Double($0) + 0.5 - centre) / stretch) }
            let sum = raw.reduce(0, +)
            starts.append(Int32(first))
            let parts = raw.map { $0 / sum }
            let whole = integerWeights(parts)
            for place in parts.indices {
                floats[index * taps + place] = Float(parts[place])
                integers[index * taps + place] = whole[place]
            }
        }
        self.starts = starts
        self.floats = floats
        self.integers = integers
    }
}

/// Resamples 8-bit pixels to another size, columns first; packed target.
package func resample(
    _ source: Span<UInt8>, _ from: Raster, into target: inout MutableSpan<UInt8>, _ to: Raster,
    window: ResampleWindow, variant: KernelVariant = .best
) {
    precondition(from.samples == to.samples && source.count >= from.span && target.count >= to.span)
    let across = ResampleAxis(
        source: from.width, target: to.width, window: window, multiple: from.samples == 1 ? 8 : 4)
    let down = ResampleAxis(source: from.height, target: to.height, window: window, multiple: 1)
    let code = variant.code
    // A row that may be read past its end, and the rows that were resampled across.
    let slack = across.taps * from.samples + 16
    let padded = UnsafeMutablePointer<UInt8>.allocate(capacity: from.rowCount + slack)
    let between = UnsafeMutablePointer<UInt8>.allocate(capacity: to.rowCount * from.height)
    defer {
        padded.deallocate()
        between.deallocate()
    }
    (padded + from.rowCount).initialize(repeating: 0, count: slack)
    source.withUnsafeBufferPointer { source in
        guard let rows = source.baseAddress else { return }
        for y in 0..<from.height {
            padded.update(from: rows + y * from.stride, count: from.rowCount)
            vk_resample_columns_u8(
                padded, between + y * to.rowCount, across.starts, across.integers, across.taps, to.width,
                Int32(to.samples), code)
        }
    }
    target.withUnsafeMutableBufferPointer { target in
        guard let out = target.baseAddress else { return }
        for y in 0..<to.height {
            let first = Int(down.starts[y])
            let taps = min(down.taps, from.height - first)
            let rows: [UnsafePointer<UInt8>?] = (0..<taps).map { UnsafePointer(between + (first + $0) * to.rowCount) }
            down.integers.withUnsafeBufferPointer { weights in
                guard let weights = weights.baseAddress else { return }
                vk_weighted_rows_u8(rows, weights + y * down.taps, taps, out + y * to.stride, to.rowCount, code)
            }
        }
    }
}

/// Resamples float pixels to another size, columns first; packed target.
package func resample(
    _ source: Span<Float>, _ from: Raster, into target: inout MutableSpan<Float>, _ to: Raster,
    window: ResampleWindow, variant: KernelVariant = .best
) {
    precondition(from.samples == to.samples && source.count >= from.span && target.count >= to.span)
    let across = ResampleAxis(source: from.width, target: to.width, window: window, multiple: 1)
    let down = ResampleAxis(source: from.height, target: to.height, window: window, multiple: 1)
    let code = variant.code
    let slack = across.taps * from.samples
    let padded = UnsafeMutablePointer<Float>.allocate(capacity: from.rowCount + slack)
    let between = UnsafeMutablePointer<Float>.allocate(capacity: to.rowCount * from.height)
    defer {
        padded.deallocate()
        between.deallocate()
    }
    (padded + from.rowCount).initialize(repeating: 0, count: slack)
    source.withUnsafeBufferPointer { source in
        guard let rows = source.baseAddress else { return }
        for y in 0..<from.height {
            padded.update(from: rows + y * from.stride, count: from.rowCount)
            vk_resample_columns_f32(
                padded, between + y * to.rowCount, across.starts, across.floats, across.taps, to.width,
                Int32(to.samples))
        }
    }
    target.withUnsafeMutableBufferPointer { target in
        guard let out = target.baseAddress else { return }
        for y in 0..<to.height {
            let first = Int(down.starts[y])
            let taps = min(down.taps, from.height - first)
            let rows: [UnsafePointer<Float>?] = (0..<taps).map { UnsafePointer(between + (first + $0) * to.rowCount) }
            down.floats.withUnsafeBufferPointer { weights in
                guard let weights = weights.baseAddress else { return }
                vk_weighted_rows_f32(rows, weights + y * down.taps, taps, out + y * to.stride, to.rowCount, code)
            }
        }
    }
}
