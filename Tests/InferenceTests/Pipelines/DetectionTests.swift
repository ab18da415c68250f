import Evaluation
import Testing

@testable import Inference

@Suite("Boxes from what detectors say")
struct DetectionTests {
    private func decode(_ kind: String) -> ModelManifest.Decode {
        var decode = ModelManifest.Decode()
        (decode.kind, decode.strides) = (kind, [8, 16])
        if kind == "retina" { (decode.minSizes, decode.variances) = ([[16], [32]], [0.1, 0.2]) }
        return decode
    }

    /// Scores and boxes over 32 x 16 pixels: 8 places of 8 pixels and 2 of 16, times the anchors.
    private func tensors(
        _ anchors: Int, _ marks: [(place: Int, label: Int, score: Float, code: [Float])]
    ) throws -> (Tensor, Tensor) {
        let places = 10 * anchors
        var scores = [Float](repeating: 0.01, count: places * 2)
        var boxes = [Float](repeating: 0, count: places * 4)
        for mark in marks {
            scores[mark.place * 2 + mark.label] = mark.score
            for (index, number) in mark.code.enumerated() { boxes[mark.place * 4 + index] = number }
        }
        return (
            try Tensor(shape: [1, places, 2], .float32(scores)), try Tensor(shape: [1, places, 4], .float32(boxes))
        )
    }

    @Test("LEARN-001, SCAN-080 anchors stand at the middles of places, of three ratios; codes shift and grow them")
    func anchors() throws {
        // Place (row 1, column 2) of the first level, the square anchor; and the last anchor of the second level.
        let (scores, boxes) = try tensors(
            3, [(3 * 6 + 1, 0, 0.9, [0, 0, 0, 0]), (29, 1, 0.8, [5, 0, 0, 3.4657359])])
        let found = try DetectionDecoder(decode("retina")).detections(scores, boxes, height: 16, width: 32)
        #expect(found.map(\.label) == [0, 1] && found.map(\.score) == [0.9, 0.8])
        #expect(found[0].box == Box(left: 12, top: 4, right: 28, bottom: 20))
        // The anchor of ratio 2 is 22.63 x 45.25 at (24, 8): half its width to the right, twice as high.
        let expected: [Float] = [24, -37.25, 46.63, 53.25]
        let sides = [found[1].box.left, found[1].box.top, found[1].box.right, found[1].box.bottom]
        for (side, wanted) in zip(sides, expected) { #expect(abs(side - wanted) < 0.02) }
    }

    @Test("LEARN-003, SCAN-082 without anchors a place says how far its sides are; the same call decodes it")
    func anchorFree() throws {
        let (scores, boxes) = try tensors(1, [(5, 1, 0.7, [4, 2, 10, 3]), (9, 0, 0.6, [1, 1, 1, 1])])
        let found = try DetectionDecoder(decode("anchorFree")).detections(scores, boxes, height: 16, width: 32)
        #expect(
            found.map(\.box) == [
                Box(left: 8, top: 10, right: 22, bottom: 15), Box(left: 23, top: 7, right: 25, bottom: 9),
            ])
    }

    @Test("weak boxes, worse ones of the same class in the same place, and broken ones are dropped")
    func dropping() throws {
        var options = decode("anchorFree")
        (options.scoreThreshold, options.topK) = (0.5, 4)
        let (scores, boxes) = try tensors(
            1,
            [
                (0, 0, 0.9, [4, 4, 8, 8]), (1, 0, 0.8, [12, 4, 0, 8]), (2, 0, 0.4, [1, 1, 1, 1]),
                (1, 1, 0.7, [12, 4, 0, 8]), (7, 0, .nan, [1, 1, 1, 1]), (6, 0, 0.6, [.nan, 1, 1, 1]),
                (5, 0, 0.55, [2, 2, 2, 2]),
            ])
        let decoder = try DetectionDecoder(options)
        let found = try decoder.detections(scores, boxes, height: 16, width: 32)
        #expect(found.map(\.score) == [0.9, 0.7])
        #expect(found.map(\.label) == [0, 1])
    }

    @Test("findings come back in the picture's own pixels, cut at its edges")
    func placement() throws {
        let (scores, boxes) = try tensors(1, [(0, 0, 0.9, [10, 1, 4, 4])])
        let picture = PreparedPicture(
            tensor: try Tensor(shape: [1, 1, 16, 32], .float32([Float](repeating: 0, count: 512))),
            placement: PicturePlacement(scaleX: 0.5, scaleY: 0.5, cutLeft: 0, cutTop: 0, width: 60, height: 12))
        let found = try DetectionDecoder(decode("anchorFree")).detections(
            ["scores": scores, "boxes": boxes], in: picture)
        #expect(found.map(\.box) == [Box(left: 0, top: 6, right: 16, bottom: 12)])
    }

    @Test("outputs that do not fit are errors")
    func faults() throws {
        let (scores, boxes) = try tensors(1, [])
        let decoder = try DetectionDecoder(decode("anchorFree"))
        #expect(throws: InferenceError.self) { try decoder.detections(scores, boxes, height: 32, width: 32) }
        #expect(throws: InferenceError.self) { try decoder.detections(boxes, scores, height: 16, width: 32) }
        #expect(throws: InferenceError.self) { try decoder.detections(scores, boxes, height: 16, width: 32, at: 1) }
        var incomplete = decode("retina")
        incomplete.variances = []
        #expect(throws: InferenceError.self) { try DetectionDecoder(incomplete) }
        #expect(throws: InferenceError.self) { try DetectionDecoder(decode("yunet")) }
    }
}
