internal import CKernels

/// A photo on the small canvas on which seams are found.
package struct SeamPiece: Sendable {
    /// Left column on the canvas; the box may run over the right edge of a closed canvas.
    package let x: Int
    /// Upper row.
    package let y: Int
    /// Width of the box.
    package let width: Int
    /// Height of the box.
    package let height: Int
    /// Three bytes a pixel.
    package let rgb: [UInt8]
    /// How deep inside the photo a pixel lies: 0 outside, 255 in the middle.
    package let depth: [UInt8]

    /// A piece; sizes must agree.
    package init(x: Int, y: Int, width: Int, height: Int, rgb: [UInt8], depth: [UInt8]) {
        precondition(x >= 0 && y >= 0 && width > 0 && height > 0)
        precondition(rgb.count == width * height * 3 && depth.count == width * height)
        self.x = x
        self.y = y
        self.width = width
        self.height = height
        self.rgb = rgb
        self.depth = depth
    }
}

/// Labels of a small canvas that are improved by expansion moves (Boykov, Veksler and Zabih 2001).
package struct SeamLabels {
    private let pieces: [SeamPiece]
    private let wraps: Bool
    private let depthWeight: Int32
    /// All pieces' data costs and gradients in one row each; empty without.
    private let data: [Int32]
    private let edges: [UInt8]
    private let open: [UInt8]
    /// Width of the canvas.
    package let width: Int
    /// Height of the canvas.
    package let height: Int
    /// The photo a pixel, -1 where there is none.
    package private(set) var labels: [Int16]

    /// Labels to start from: each must be valid where it stands.
    ///
    /// - Parameters:
    ///   - data: What each pixel of each piece costs besides, at most 50,000,000; nil for nothing.
    ///   - edges: Lengths of gradients of each piece, by which costs of seams are divided; nil for whole costs.
    ///   - open: 0 for pixels of the canvas whose labels stay; nil where all may change.
    package init(
        pieces: [SeamPiece], width: Int, height: Int, wraps: Bool, depthWeight: Int, labels: [Int16],
        data: [[Int32]]? = nil, edges: [[UInt8]]? = nil, open: [UInt8]? = nil
    ) {
        precondition(open.map { $0.count == width * height } ?? true)
        precondition(data.map { zip($0, pieces).allSatisfy { $0.count == $1.depth.count } } ?? true)
        precondition(edges.map { zip($0, pieces).allSatisfy { $0.count == $1.depth.count } } ?? true)
        self.data = data.map { $0.flatMap { $0 } } ?? []
        self.open = open ?? []
        self.edges = edges.map { $0.flatMap { $0 } } ?? []
        precondition(labels.count == width * height && pieces.count < Int(Int16.max) && width > 0 && height > 0)
        precondition(
            pieces.allSatisfy { piece in
                piece.y + piece.height <= height && piece.width <= width && piece.x < width
                    && (wraps || piece.x + piece.width <= width)
            })
        precondition(labels.allSatisfy { $0 < Int16(pieces.count) })
        self.pieces = pieces
        self.width = width
        self.height = height
        self.wraps = wraps
        self.depthWeight = Int32(depthWeight)
        self.labels = labels
    }

    /// Offers one photo everywhere it is valid; whether labels changed.
    package mutating func expand(_ photo: Int) -> Bool {
        precondition(pieces.indices.contains(photo))
        guard edges.isEmpty else { return expandChecked(photo) }
        return move(photo)
    }

    /// Divided costs are no metric: a move that raises the energy is taken back.
    private mutating func expandChecked(_ photo: Int) -> Bool {
        let (before, kept) = (energy, labels)
        guard move(photo) else { return false }
        if energy < before { return true }
        labels = kept
        return false
    }

    private mutating func move(_ photo: Int) -> Bool {
        let open = open
        return withRaw { raw, labels, shape in
            open.withUnsafeBufferPointer { open in
                vk_expand_label(
                    raw, Int32(shape.count), labels, open.isEmpty ? nil : open.baseAddress, Int32(shape.width),
                    Int32(shape.height), shape.wraps ? 1 : 0, Int32(photo), shape.weight) == 1
            }
        }
    }

    /// The sum of all seam and depth costs.
    package var energy: Int {
        var copy = self
        return copy.withRaw { raw, labels, shape in
            Int(
                vk_label_energy(
                    raw, Int32(shape.count), labels, Int32(shape.width), Int32(shape.height), shape.wraps ? 1 : 0,
                    shape.weight))
        }
    }

    private struct Shape {
        let count: Int
        let width: Int
        let height: Int
        let wraps: Bool
        let weight: Int32
    }

    /// Lends all pieces at once: nested calls, one a piece.
    private mutating func withRaw<Result>(
        _ body: (UnsafePointer<vk_piece>?, UnsafeMutablePointer<Int16>?, Shape) -> Result
    ) -> Result {
        let shape = Shape(count: pieces.count, width: width, height: height, wraps: wraps, weight: depthWeight)
        var raw: [vk_piece] = []
        raw.reserveCapacity(pieces.count)
        var start = 0
        func next(
            _ index: Int, _ labels: UnsafeMutablePointer<Int16>?, _ data: UnsafePointer<Int32>?,
            _ edges: UnsafePointer<UInt8>?
        ) -> Result {
            guard index < pieces.count else {
                return raw.withUnsafeBufferPointer { body($0.baseAddress, labels, shape) }
            }
            let piece = pieces[index]
            return piece.rgb.withUnsafeBufferPointer { rgb in
                piece.depth.withUnsafeBufferPointer { depth in
                    raw.append(
                        vk_piece(
                            x: Int32(piece.x), y: Int32(piece.y), width: Int32(piece.width),
                            height: Int32(piece.height), rgb: rgb.baseAddress, depth: depth.baseAddress,
                            data: data.map { $0 + start }, edges: edges.map { $0 + start }))
                    start += piece.depth.count
                    return next(index + 1, labels, data, edges)
                }
            }
        }
        return data.withUnsafeBufferPointer { data in
            edges.withUnsafeBufferPointer { edges in
                labels.withUnsafeMutableBufferPointer {
                    next(
                        0, $0.baseAddress, data.isEmpty ? nil : data.baseAddress,
                        edges.isEmpty ? nil : edges.baseAddress)
                }
            }
        }
    }
}

/// Capacities of a grid whose nodes touch their four neighbours, for a least cut.
package struct GridCapacities: Sendable {
    /// Over 0: from the source; under 0: to the sink.
    package var terminal: [Int32]
    /// From a node to its right neighbour.
    package var right: [Int32]
    /// From the right neighbour back.
    package var left: [Int32]
    /// From a node to its lower neighbour.
    package var down: [Int32]
    /// From the lower neighbour back.
    package var up: [Int32]

    /// A grid of so many nodes without capacities.
    package init(count: Int) {
        terminal = [Int32](repeating: 0, count: count)
        right = terminal
        left = terminal
        down = terminal
        up = terminal
    }
}

/// The least cut of a grid (Boykov and Kolmogorov 2004): its flow, and 1 for nodes on the sink's side.
package func leastCut(
    _ capacities: GridCapacities, width: Int, height: Int, wraps: Bool = false
) -> (flow: Int, side: [UInt8])? {
    precondition(width > 0 && height > 0 && capacities.terminal.count == width * height)
    var grid = capacities
    var side = [UInt8](repeating: 0, count: width * height)
    let flow = vk_grid_cut(
        Int32(width), Int32(height), wraps ? 1 : 0, &grid.terminal, &grid.right, &grid.left, &grid.down, &grid.up,
        &side)
    return flow < 0 ? nil : (Int(flow), side)
}

/// The largest upright rectangle of non-zero bytes, or nil when there is none.
package func largestRectangle(_ mask: Span<UInt8>, width: Int, height: Int) -> (
    x: Int, y: Int, width: Int, height: Int
)? {
    precondition(width > 0 && height > 0 && mask.count >= width * height)
    var out: (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
    let done = mask.withUnsafeBufferPointer { mask in
        withUnsafeMutablePointer(to: &out) { out in
            out.withMemoryRebound(to: Int32.self, capacity: 4) {
                vk_largest_rectangle(mask.baseAddress, width, height, $0)
            }
        }
    }
    return done == 1 && out.2 > 0 && out.3 > 0 ? (Int(out.0), Int(out.1), Int(out.2), Int(out.3)) : nil
}
