internal import CKernels

/// How the tone of a photo changes over its box on the small canvas: a + b z + c z² a channel, linear between nodes.
package struct ToneGrid: Sendable, Hashable {
    /// Nodes from left to right.
    package let columns: Int
    /// Nodes from top to bottom.
    package let rows: Int
    /// Pixels of the small canvas from node to node, across.
    package let stepAcross: Float
    /// Pixels of the small canvas from node to node, down.
    package let stepDown: Float
    /// Twelve numbers a node: a, b and c of red, green, blue and a spare.
    package var nodes: [Float]

    /// A grid over a box that changes nothing; the outer nodes stand on the outer pixels.
    package init(width: Int, height: Int, cell: Int) {
        precondition(width > 0 && height > 0 && cell > 0)
        columns = max(1, (width + cell - 2) / cell) + 1
        rows = max(1, (height + cell - 2) / cell) + 1
        stepAcross = max(1e-3, Float(width - 1) / Float(columns - 1))
        stepDown = max(1e-3, Float(height - 1) / Float(rows - 1))
        nodes = [Float](repeating: 0, count: columns * rows * 12)
        for node in 0..<(columns * rows) {
            for channel in 0..<3 { nodes[node * 12 + 4 + channel] = 1 }
        }
    }

    /// The nodes of one row of pixels, by linear interpolation; rows outside take the nearest.
    package func line(at y: Float) -> [Float] {
        let at = min(max(0, y / stepDown), Float(rows - 1))
        let upper = min(Int(at), rows - 2)
        let share = at - Float(upper)
        let (above, below) = (upper * columns * 12, (upper + 1) * columns * 12)
        return (0..<(columns * 12)).map { nodes[above + $0] + (nodes[below + $0] - nodes[above + $0]) * share }
    }

    /// Bends premultiplied pixels from `place` on: the first stands at `x` on the small canvas, the next at `x + step`.
    package func bend(
        _ pixels: inout [Float], at place: Int, count: Int, line: [Float], x: Float, step: Float
    ) {
        precondition(place >= 0 && count >= 0 && (place + count) * 4 <= pixels.count && line.count == columns * 12)
        pixels.withUnsafeMutableBufferPointer { pixels in
            guard let start = pixels.baseAddress else { return }
            vk_bend_pixels(start + place * 4, count, line, columns, x / stepAcross, step / stepAcross)
        }
    }

    /// A piece of the small canvas with its tone bent.
    package func bent(_ piece: SeamPiece) -> SeamPiece { bent(piece, x: 0, y: 0, step: 1) }

    /// A piece of the large canvas with its tone bent.
    ///
    /// - Parameters:
    ///   - box: The photo on the small canvas, which the grid belongs to.
    ///   - step: Pixels of the large canvas a pixel of the small one.
    ///   - width: Columns of the small canvas.
    package func bent(_ piece: SeamPiece, box: SeamPiece, step: Int, width: Int) -> SeamPiece {
        func small(_ pixel: Int) -> Float { (Float(pixel) + 0.5) / Float(step) - 0.5 }
        var x = small(piece.x) - Float(box.x)
        // One may begin just before the edge of a closed canvas and the other just after it.
        if x > Float(width) / 2 { x -= Float(width) }
        if x < -Float(width) / 2 { x += Float(width) }
        return bent(piece, x: x, y: small(piece.y) - Float(box.y), step: 1 / Float(step))
    }

    private func bent(_ piece: SeamPiece, x: Float, y: Float, step: Float) -> SeamPiece {
        var rgb = piece.rgb
        var row = [Float](repeating: 0, count: piece.width * 4)
        for line in 0..<piece.height {
            for column in 0..<piece.width {
                let at = line * piece.width + column
                for channel in 0..<3 { row[column * 4 + channel] = Float(piece.rgb[at * 3 + channel]) }
                row[column * 4 + 3] = piece.depth[at] > 0 ? 1 : 0
            }
            let nodes = self.line(at: y + Float(line) * step)
            bend(&row, at: 0, count: piece.width, line: nodes, x: x, step: step)
            for column in 0..<piece.width {
                let at = (line * piece.width + column) * 3
                for channel in 0..<3 { rgb[at + channel] = UInt8(min(255, row[column * 4 + channel] + 0.5)) }
            }
        }
        return SeamPiece(x: piece.x, y: piece.y, width: piece.width, height: piece.height, rgb: rgb, depth: piece.depth)
    }
}

extension SeamPiece {
    /// Where a pixel of the canvas lies in the piece, or nil where it shows nothing.
    package func place(x canvasX: Int, y canvasY: Int, canvasWidth: Int) -> Int? {
        let column = canvasX >= x ? canvasX - x : canvasX - x + canvasWidth
        let row = canvasY - y
        guard column < width, row >= 0, row < height else { return nil }
        let at = row * width + column
        return depth[at] > 0 ? at : nil
    }
}
