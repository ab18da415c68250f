import Testing

@testable import Learning

@Suite("Detectors: anchors, codes, matches, losses")
struct DetectionTests {
    private let grid = AnchorGrid(strides: [8, 16], sizes: [[16], [32]])

    @Test("anchors stand at the middles of places, in the order of levels, rows, columns, ratios")
    func anchors() {
        let boxes = grid.boxes(height: 16, width: 24)
        #expect(boxes.shape == [(6 + 2) * 3, 4] && grid.countPerPlace == 3)
        let rows = Oracle.rows(boxes.doubles, 4)
        #expect(rows[1] == [-4, -4, 12, 12])
        let root = 2.0.squareRoot()
        let flat: [Double] = [20 - 8 * root, 12 - 8 / root, 20 + 8 * root, 12 + 8 / root]
        #expect(agree(rows[15], flat, 1e-6))
        #expect(rows[3 * 7 + 1] == [8, -8, 40, 24])
    }

    @Test("codes go there and back, and equal the formula")
    func coder() throws {
        let coder = BoxCoder()
        let anchors = Tensor([0, 0, 10, 20, 5, 5, 15, 10], shape: [2, 4])
        let boxes = Tensor([2, 4, 14, 12, 6, 4, 9, 30], shape: [2, 4])
        let codes = coder.encode(boxes, anchors: anchors)
        let first: [Double] = [3, -1, Oracle.log(1.2) / 0.2, Oracle.log(0.4) / 0.2]
        let second: [Double] = [-2.5, 19, Oracle.log(0.3) / 0.2, Oracle.log(5.2) / 0.2]
        let expected = first + second
        #expect(agree(codes.host().doubles, expected, 1e-5))
        #expect(agree(coder.decode(codes, anchors: anchors).host().doubles, boxes.host().doubles, 1e-5))
    }

    @Test("overlaps of half and more find, of less than 0.4 are background, between them neither")
    func matching() {
        let box = TargetBox(left: 0, top: 0, right: 10, bottom: 10, label: 3)
        // Overlaps 1, 0.6, 0.45, 0.3, 0.
        let anchors = Tensor(
            [0, 0, 10, 10, 0, 0, 10, 6, 0, 0, 10, 4.5, 0, 0, 10, 3, 20, 20, 30, 30], shape: [5, 4])
        let (labels, boxes) = AnchorMatcher().match([box], anchors: anchors)
        #expect(labels.host().ints == [3, 3, -2, -1, -1])
        #expect(boxes[1].host().doubles == [0, 0, 10, 10])
    }

    @Test("a box that no anchor fits well is found by its best one; blurred boxes are neither found nor missed")
    func forced() {
        let thin = TargetBox(left: 0, top: 0, right: 10, bottom: 1, label: 2)
        let blurred = TargetBox(left: 20, top: 20, right: 30, bottom: 30, label: FocalLoss.Target.ignored)
        let flat = TargetBox(left: 5, top: 5, right: 5, bottom: 9, label: 1)
        let anchors = Tensor([0, 0, 10, 10, 0, 0, 10, 8, 20, 20, 30, 29, 40, 40, 50, 50], shape: [4, 4])
        let (labels, boxes) = AnchorMatcher().match([thin, blurred, flat], anchors: anchors)
        #expect(labels.host().ints == [-1, 2, -2, -1])
        #expect(boxes[1].host().doubles == [0, 0, 10, 1])
        #expect(AnchorMatcher().match([], anchors: anchors).labels.host().ints == [-1, -1, -1, -1])
    }

    @Test("without anchors: places near the middle, on the level of the size, of several boxes the smallest")
    func points() {
        let matcher = PointMatcher(strides: [8, 16])
        let places = Tensor(matcher.places(height: 32, width: 32))
        #expect(places.shape == [20, 5])
        let small = TargetBox(left: 8, top: 8, right: 24, bottom: 24, label: 1)
        let (labels, distances) = matcher.match([small], places: places)
        #expect(labels.host().ints.enumerated().filter { $1 == 1 }.map(\.offset) == [5, 6, 9, 10])
        #expect(distances[5].host().doubles == [4, 4, 12, 12])

        let large = TargetBox(left: -120, top: -120, right: 152, bottom: 152, label: 0)
        let both = matcher.match([large, small], places: places).labels.host().ints
        #expect(Array(both.prefix(16)) == Array(labels.host().ints.prefix(16)))
        #expect(both.suffix(4) == [0, 0, 0, 0])
        #expect(agree([DetectorLoss.centreness(Tensor([4.0, 4, 12, 12], shape: [1, 4])).item()], [1.0 / 3]))
    }

    @Test("LEARN-001 the class loss of a detector is the focal loss of its matches, the box loss counts only finds")
    func loss() throws {
        let net = try ItemDetector(
            DetectorOptions(backbone: BackboneOptions(width: 0.125), classes: 2, channels: 8, depth: 1))
        let count = net.anchors.boxes(height: 64, width: 64).shape[0]
        let target = TargetBox(left: 4, top: 4, right: 36, bottom: 36, label: 1)
        let anchors = Tensor(net.anchors.boxes(height: 64, width: 64))
        let (labels, boxes) = AnchorMatcher().match([target], anchors: anchors)
        let exact = net.coder.encode(boxes, anchors: anchors).expandingAxis(0)
        let output = DetectorOutput(logits: .full(-3, [1, count, 2]), boxes: exact, centreness: nil)
        let loss = net.loss(output, targets: [[target]], height: 64, width: 64)
        let expected = FocalLoss()(.full(-3, [count, 2]), targets: labels).item()
        #expect(loss.positives == labels.host().ints.filter { $0 >= 0 }.count && loss.positives > 0)
        #expect(agree([loss.parts["class"]?.item() ?? 0, loss.parts["box"]?.item() ?? 1], [expected, 0], 1e-5))
        #expect(agree([loss.total.item()], [expected], 1e-5))
        // Codes of what is no find cost nothing.
        let mask = labels.isAtLeast(0).to(.float32).expandingAxis(1).expandingAxis(0)
        let wild = DetectorOutput(
            logits: output.logits, boxes: exact * mask + (1 - mask) * 50, centreness: nil)
        #expect(agree([net.loss(wild, targets: [[target]], height: 64, width: 64).total.item()], [expected], 1e-5))
        let empty = net.loss(output, targets: [[]], height: 64, width: 64)
        #expect(empty.positives == 0 && empty.total.item().isFinite)
    }

    @Test("the default item detector has the size that its card says")
    func size() throws {
        let net = try ItemDetector(DetectorOptions())
        let multiplications = net.multiplications({ _ = net($0) }, height: 320, width: 320)
        #expect((1_500_000...2_200_000).contains(net.parameterCount), "\(net.parameterCount)")
        #expect((650_000_000...1_100_000_000).contains(multiplications), "\(multiplications)")
        #expect(net.sideFactor == 64)
    }
}
