package import Kernels

/// What is done to tone after gains and fall-off: grids that change over each photo.
package struct ToneChange: Sendable {
    /// The photos' grids; empty where nothing more is done.
    package private(set) var grids: [ToneGrid] = []
    /// The photos on the small canvas after it.
    package private(set) var pieces: [SeamPiece]
    /// Steps along the seams after it.
    let measured: SeamMeasures

    /// Steps below which gains are enough, as shares.
    private static let enough = 0.02

    /// The change that a method makes of pieces whose gains were evened, on a canvas of `step` times smaller sides.
    init(
        _ method: ToneMethod, pieces: [SeamPiece], labels: [Int16], width: Int, height: Int, isClosed: Bool,
        step: Int
    ) {
        func measure(_ pieces: [SeamPiece]) -> SeamMeasures {
            SeamMeasures(pieces: pieces, labels: labels, width: width, height: height, isClosed: isClosed)
        }
        self.pieces = pieces
        let before = measure(pieces)
        var made: [ToneGrid] = []
        switch method {
        case .gains: break
        case .auto:
            let isEven = before.tone.stepMedian <= Self.enough && before.tone.worst <= 2 * Self.enough
            if !isEven {
                made = ToneSplines().grids(pieces, labels: labels, width: width, height: height, wraps: isClosed)
            }
        case .splines:
            made = ToneSplines().grids(pieces, labels: labels, width: width, height: height, wraps: isClosed)
        case .blocks:
            var transfer = BlockTransfer()
            transfer.block = max(6, transfer.block / step)
            made = transfer.grids(pieces, width: width, height: height, wraps: isClosed)
        }
        guard !made.isEmpty else {
            measured = before
            return
        }
        let bent = zip(pieces, made).map { $1.bent($0) }
        let after = measure(bent)
        // What makes nothing better is left.
        guard method != .auto || after.tone.stepMedian <= before.tone.stepMedian else {
            measured = before
            return
        }
        (grids, self.pieces, measured) = (made, bent, after)
    }

    /// The grids with their places, as the drawing takes them.
    var bends: [(x: Int, y: Int, width: Int, grid: ToneGrid)] {
        zip(pieces, grids).map { (x: $0.x, y: $0.y, width: $0.width, grid: $1) }
    }
}
