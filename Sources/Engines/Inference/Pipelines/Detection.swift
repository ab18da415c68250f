public import Evaluation

/// Something that a detector found.
public struct Detection: Hashable, Sendable {
    /// Where it is, in pixels.
    public var box: Box
    /// How sure the detector is, 0...1.
    public var score: Float
    /// The class, from 0.
    public var label: Int

    /// A finding.
    public init(box: Box, score: Float, label: Int) {
        self.box = box
        self.score = score
        self.label = label
    }
}

/// Makes boxes of what a detector of this project says: `scores` [n, places, classes] between 0 and 1, and `boxes`
/// [n, places, 4], with places in the order of levels, rows, columns and, where there are any, anchors.
public struct DetectionDecoder: Hashable, Sendable {
    /// The names of the outputs.
    public static let outputs = (scores: "scores", boxes: "boxes")

    private enum Kind: Hashable {
        case retina(DecodeRetina)
        case anchorFree(DecodeAnchorFree)
    }

    private let kind: Kind
    private let decode: ModelManifest.Decode

    /// A decoder for what a manifest says.
    ///
    /// - Throws: `.invalidModel` for a kind of heads that is not this project's, or when numbers are missing.
    public init(_ decode: ModelManifest.Decode) throws(InferenceError) {
        self.decode = decode
        switch decode.kind {
        case "retina": kind = .retina(try DecodeRetina(decode))
        case "anchorFree": kind = .anchorFree(try DecodeAnchorFree(decode))
        default: throw InferenceError(.invalidModel, "Heads of the kind '\(decode.kind)' are not decoded here.")
        }
    }

    /// What was found in one picture, best first, in its own pixels.
    ///
    /// - Throws: `.failed` when an output is missing or has another shape than such heads give.
    public func detections(
        _ outputs: [String: Tensor], in picture: PreparedPicture
    ) throws(InferenceError) -> [Detection] {
        guard let scores = outputs[Self.outputs.scores], let boxes = outputs[Self.outputs.boxes] else {
            throw InferenceError(.failed, "The detector gave no scores and boxes.")
        }
        let shape = picture.tensor.shape
        let found = try detections(scores, boxes, height: shape[2], width: shape[3])
        return found.compactMap { detection in
            var moved = detection
            moved.box = picture.placement.original(detection.box)
            return moved.box.area > 0 ? moved : nil
        }
    }

    /// What was found in the picture of a place in the batch, best first, in pixels of the input.
    ///
    /// - Throws: `.failed` when the outputs do not fit the height and width of the input.
    public func detections(
        _ scores: Tensor, _ boxes: Tensor, height: Int, width: Int, at index: Int = 0
    ) throws(InferenceError) -> [Detection] {
        let grid = grid(height: height, width: width)
        guard let sure = scores.floats, let codes = boxes.floats, scores.shape.count == 3, scores.shape[2] > 0,
            boxes.shape == [scores.shape[0], scores.shape[1], 4], scores.shape[1] == grid.places,
            (0..<scores.shape[0]).contains(index)
        else {
            throw InferenceError(
                .failed, "The detector gave scores \(scores.shape) and boxes \(boxes.shape) for \(grid.places) places.")
        }
        let (places, classes) = (scores.shape[1], scores.shape[2])
        let candidates = best(sure[index * places * classes..<(index + 1) * places * classes])
        let found = candidates.compactMap { candidate -> Detection? in
            let (place, label) = (candidate.offset / classes, candidate.offset % classes)
            let start = (index * places + place) * 4
            let box = box(Array(codes[start..<start + 4]), grid.cell(place))
            return box.area > 0 ? Detection(box: box, score: candidate.score, label: label) : nil
        }
        let kept = Box.suppressed(
            found.map(\.box), scores: found.map(\.score), labels: found.map(\.label), limit: decode.nmsIoU)
        return kept.map { found[$0] }
    }

    /// The best scores from the threshold on and where they stand, best first, at most ``ModelManifest/Decode/topK``.
    private func best(_ scores: ArraySlice<Float>) -> [(offset: Int, score: Float)] {
        let floor = decode.scoreThreshold
        let passed = scores.enumerated().filter { $0.element >= floor && $0.element.isFinite }
        return passed.sorted { ($1.element, $0.offset) < ($0.element, $1.offset) }.prefix(decode.topK)
            .map { ($0.offset, $0.element) }
    }

    private func grid(height: Int, width: Int) -> DetectionGrid {
        switch kind {
        case .retina(let retina): retina.grid(height: height, width: width)
        case .anchorFree(let free): free.grid(height: height, width: width)
        }
    }

    private func box(_ code: [Float], _ cell: DetectionGrid.Cell) -> Box {
        switch kind {
        case .retina(let retina): retina.box(code, cell)
        case .anchorFree(let free): free.box(code, cell)
        }
    }
}

/// The places of a detector's levels over an input.
struct DetectionGrid: Hashable, Sendable {
    /// A place: its level, which of its anchors, and its middle in pixels.
    struct Cell: Hashable {
        let level: Int
        let anchor: Int
        let x: Float
        let y: Float
    }

    private struct Level: Hashable {
        let first: Int
        let columns: Int
        let stride: Int
    }

    /// How many places there are.
    let places: Int
    private let anchors: Int
    private let levels: [Level]

    init(strides: [Int], anchors: Int, height: Int, width: Int) {
        var next = 0
        var levels: [Level] = []
        for stride in strides {
            let columns = (width + stride - 1) / stride
            levels.append(Level(first: next, columns: columns, stride: stride))
            next += columns * ((height + stride - 1) / stride) * anchors
        }
        (places, self.anchors, self.levels) = (next, anchors, levels)
    }

    func cell(_ place: Int) -> Cell {
        let index = levels.lastIndex { $0.first <= place && $0.columns > 0 } ?? 0
        let level = levels[index]
        let (cell, anchor) = ((place - level.first) / anchors, (place - level.first) % anchors)
        let columns = max(level.columns, 1)
        return Cell(
            level: index, anchor: anchor, x: (Float(cell % columns) + 0.5) * Float(level.stride),
            y: (Float(cell / columns) + 0.5) * Float(level.stride))
    }
}
