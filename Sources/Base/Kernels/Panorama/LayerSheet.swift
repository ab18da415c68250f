import Foundation

/// Photos that were warped onto one canvas, to be put together in any way.
package struct LayerSheet: Sendable {
    /// The photos: boxes of colours, depth over 0 where they show something.
    package let pieces: [SeamPiece]
    /// Columns of the canvas.
    package let width: Int
    /// Rows of the canvas.
    package let height: Int
    /// Whether its columns wrap.
    package let wraps: Bool

    /// A sheet; boxes must lie on it.
    package init(pieces: [SeamPiece], width: Int, height: Int, wraps: Bool) {
        precondition(width > 0 && height > 0 && pieces.count < Int(Int16.max))
        precondition(
            pieces.allSatisfy {
                $0.y + $0.height <= height && $0.width <= width && $0.x < width && (wraps || $0.x + $0.width <= width)
            })
        self.pieces = pieces
        self.width = width
        self.height = height
        self.wraps = wraps
    }

    /// Colours and mask of a canvas.
    package struct Sheet: Sendable, Hashable {
        /// Three bytes a pixel.
        package var rgb: [UInt8]
        /// 255 where any photo shows the pixel.
        package var mask: [UInt8]
    }

    /// Whether the boxes of two pieces overlap or touch.
    package func meet(_ first: Int, _ second: Int) -> Bool {
        let (a, b) = (pieces[first], pieces[second])
        guard a.y <= b.y + b.height, b.y <= a.y + a.height else { return false }
        return (wraps ? [-width, 0, width] : [0]).contains {
            a.x + $0 <= b.x + b.width && b.x <= a.x + $0 + a.width
        }
    }

    /// Where pixel (column, row) of a piece lies on the canvas.
    @inline(__always)
    package func place(_ piece: SeamPiece, _ column: Int, _ row: Int) -> Int {
        (piece.y + row) * width + (piece.x + column) % width
    }

    /// The photos' mean by weights, one a pixel of each piece (mean with equal weights, feathering with distances).
    package func mean(_ weights: [[Float]]) -> Sheet {
        precondition(weights.count == pieces.count)
        var sums = [SIMD4<Float>](repeating: .zero, count: width * height)
        for (piece, weights) in zip(pieces, weights) {
            for row in 0..<piece.height {
                for column in 0..<piece.width {
                    let at = row * piece.width + column
                    guard piece.depth[at] > 0, weights[at] > 0 else { continue }
                    let colour = SIMD4(
                        Float(piece.rgb[at * 3]), Float(piece.rgb[at * 3 + 1]), Float(piece.rgb[at * 3 + 2]), 1)
                    sums[place(piece, column, row)] += weights[at] * colour
                }
            }
        }
        return settled(sums)
    }

    /// Weighted sums as bytes.
    package func settled(_ sums: [SIMD4<Float>]) -> Sheet {
        var sheet = Sheet(
            rgb: [UInt8](repeating: 0, count: sums.count * 3), mask: [UInt8](repeating: 0, count: sums.count))
        for at in sums.indices where sums[at].w > 0 {
            let colour = sums[at] / sums[at].w
            for channel in 0..<3 { sheet.rgb[at * 3 + channel] = UInt8(min(max(colour[channel] + 0.5, 0), 255)) }
            sheet.mask[at] = 255
        }
        return sheet
    }

    /// Weight 1 wherever a photo shows something: the plain mean (PANO-211).
    package var equalWeights: [[Float]] { pieces.map { $0.depth.map { $0 > 0 ? 1 : 0 } } }

    /// The median a channel; of an even number the mean of the two in the middle (PANO-212).
    package func median() -> Sheet {
        var sheet = Sheet(
            rgb: [UInt8](repeating: 0, count: width * height * 3), mask: [UInt8](repeating: 0, count: width * height))
        var values = [[UInt8]](repeating: [], count: width * 3)
        for y in 0..<height {
            for at in values.indices { values[at].removeAll(keepingCapacity: true) }
            for piece in pieces where y >= piece.y && y < piece.y + piece.height {
                for column in 0..<piece.width {
                    let at = (y - piece.y) * piece.width + column
                    guard piece.depth[at] > 0 else { continue }
                    let x = (piece.x + column) % width
                    for channel in 0..<3 { values[x * 3 + channel].append(piece.rgb[at * 3 + channel]) }
                }
            }
            for x in 0..<width where !values[x * 3].isEmpty {
                sheet.mask[y * width + x] = 255
                for channel in 0..<3 {
                    let sorted = values[x * 3 + channel].sorted()
                    let (low, high) = (Int(sorted[(sorted.count - 1) / 2]), Int(sorted[sorted.count / 2]))
                    sheet.rgb[(y * width + x) * 3 + channel] = UInt8((low + high + 1) / 2)
                }
            }
        }
        return sheet
    }

    /// Weights: the distance of each pixel to the nearest that its photo does not show, exactly (PANO-213).
    package func distances() -> [[Float]] {
        pieces.map { piece in
            squaredDistances(
                piece.depth, width: piece.width, height: piece.height, wraps: wraps && piece.width == width
            ).map { $0.squareRoot() }
        }
    }

    /// The photo of the greatest weight a pixel, the first among equals; -1 where there is none (PANO-215).
    package func heaviest(_ weights: [[Float]]) -> [Int16] {
        precondition(weights.count == pieces.count)
        var labels = [Int16](repeating: -1, count: width * height)
        var best = [Float](repeating: -1, count: width * height)
        for (index, piece) in pieces.enumerated() {
            for row in 0..<piece.height {
                for column in 0..<piece.width {
                    let at = row * piece.width + column
                    guard piece.depth[at] > 0 else { continue }
                    let on = place(piece, column, row)
                    if weights[index][at] > best[on] {
                        best[on] = weights[index][at]
                        labels[on] = Int16(index)
                    }
                }
            }
        }
        return labels
    }

    /// Each pixel from the photo that its label names; -1 and photos that do not show it leave it empty.
    package func picked(_ labels: [Int16]) -> Sheet {
        precondition(labels.count == width * height)
        var sheet = Sheet(
            rgb: [UInt8](repeating: 0, count: labels.count * 3), mask: [UInt8](repeating: 0, count: labels.count))
        for (index, piece) in pieces.enumerated() {
            for row in 0..<piece.height {
                for column in 0..<piece.width {
                    let on = place(piece, column, row)
                    let at = row * piece.width + column
                    guard labels[on] == Int16(index), piece.depth[at] > 0 else { continue }
                    for channel in 0..<3 { sheet.rgb[on * 3 + channel] = piece.rgb[at * 3 + channel] }
                    sheet.mask[on] = 255
                }
            }
        }
        return sheet
    }

    /// Makes labels cover exactly what the photos cover: a label that is not valid there gives way to the heaviest photo.
    ///
    /// - Returns: How many pixels were changed.
    package func repair(_ labels: inout [Int16], _ weights: [[Float]]) -> Int {
        let sound = heaviest(weights)
        var changed = 0
        for y in 0..<height {
            for x in 0..<width {
                let at = y * width + x
                let label = Int(labels[at])
                if label >= 0, label < pieces.count, pieces[label].place(x: x, y: y, canvasWidth: width) != nil {
                    continue
                }
                if labels[at] != sound[at] { changed += 1 }
                labels[at] = sound[at]
            }
        }
        return changed
    }
}

extension LayerSheet {
    /// Weights to a power, against the greatest of their pixel: 1 is the plain feather, large ones tend to the heaviest
    /// photo alone (PANO-214).
    package func powers(of weights: [[Float]], _ power: Float) -> [[Float]] {
        precondition(weights.count == pieces.count)
        var most = [Float](repeating: 0, count: width * height)
        for (piece, weights) in zip(pieces, weights) {
            for at in weights.indices {
                let on = place(piece, at % piece.width, at / piece.width)
                most[on] = max(most[on], weights[at])
            }
        }
        return zip(pieces, weights).map { piece, weights in
            weights.indices.map { at in
                let top = most[place(piece, at % piece.width, at / piece.width)]
                return weights[at] > 0 ? pow(weights[at] / top, power) : 0
            }
        }
    }
}

/// The coverage invariant: labels are set exactly where a photo shows something, and name one that does (PANO-327).
///
/// - Returns: Pixels at which they do not.
package func uncovered(_ labels: [Int16], _ sheet: LayerSheet) -> Int {
    precondition(labels.count == sheet.width * sheet.height)
    var covered = [UInt8](repeating: 0, count: labels.count)
    for (index, piece) in sheet.pieces.enumerated() {
        for row in 0..<piece.height {
            for column in 0..<piece.width where piece.depth[row * piece.width + column] > 0 {
                let on = sheet.place(piece, column, row)
                covered[on] |= labels[on] == Int16(index) ? 3 : 1
            }
        }
    }
    var wrong = 0
    for at in labels.indices where covered[at] != (labels[at] >= 0 ? 3 : 0) { wrong += 1 }
    return wrong
}
