internal import Evaluation

/// Boxes from the distances of a place to their four sides, in pixels (Tian et al. 2019).
struct DecodeAnchorFree: Hashable, Sendable {
    private let strides: [Int]

    init(_ decode: ModelManifest.Decode) throws(InferenceError) {
        guard !decode.strides.isEmpty else {
            throw InferenceError(.invalidModel, "Heads without anchors need strides in the manifest.")
        }
        strides = decode.strides
    }

    func grid(height: Int, width: Int) -> DetectionGrid {
        DetectionGrid(strides: strides, anchors: 1, height: height, width: width)
    }

    func box(_ distances: [Float], _ cell: DetectionGrid.Cell) -> Box {
        Box(
            left: cell.x - distances[0], top: cell.y - distances[1], right: cell.x + distances[2],
            bottom: cell.y + distances[3])
    }
}
