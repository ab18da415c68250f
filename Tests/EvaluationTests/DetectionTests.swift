import Evaluation
import Foundation
import Testing

@Suite("Detection")
struct DetectionTests {
    private static func box(_ left: Float, _ size: Float = 10) -> Box {
        Box(left: left, top: 0, right: left + size, bottom: size)
    }

    private static func found(_ image: Int, _ left: Float, _ score: Double, size: Float = 10, label: Int = 0)
        -> DetectedBox
    {
        DetectedBox(image: image, box: box(left, size), label: label, score: score)
    }

    private static func truth(_ image: Int, _ left: Float, size: Float = 10, label: Int = 0, ignored: Bool = false)
        -> TrueBox
    {
        TrueBox(image: image, box: box(left, size), label: label, isIgnored: ignored)
    }

    @Test("boxes overlap by the area of both over the area of either; broken boxes by nothing")
    func overlap() {
        #expect(Self.box(0).overlap(with: Self.box(0)) == 1)
        #expect(abs(Self.box(0).overlap(with: Self.box(5)) - 1.0 / 3) < 1e-6)
        #expect(Self.box(0).overlap(with: Self.box(10)) == 0)
        let broken = Box(left: .nan, top: 0, right: 5, bottom: 5)
        #expect(broken.area == 0 && broken.overlap(with: Self.box(0)) == 0)
        #expect(Box(left: 5, top: 0, right: 0, bottom: 5).area == 0)
        #expect(Box(left: 0, top: 0, right: .infinity, bottom: 5).overlap(with: Self.box(0)) == 0)
    }

    @Test("of boxes that overlap too much the surest stays; labels do not compete; the number is bounded")
    func suppression() {
        let boxes = [Self.box(0), Self.box(1), Self.box(50), Self.box(0)]
        #expect(Box.suppressed(boxes, scores: [0.5, 0.9, 0.1, .nan]) == [1, 2])
        #expect(Box.suppressed(boxes, scores: [0.5, 0.9, 0.1, 0.4], labels: [0, 1, 0, 0]) == [1, 0, 2])
        #expect(Box.suppressed(boxes, scores: [0.5, 0.5, 0.5, 0.5], limit: 1) == [0, 1, 2, 3])
        #expect(Box.suppressed(boxes, scores: [0.5, 0.9, 0.1, 0], keep: 1) == [1])
    }

    @Test("average precision by both rules equals the numbers computed by hand")
    func averagePrecision() throws {
        // Right, wrong, right of three true boxes: precision 1 up to recall 1/3, then 2/3 up to 2/3.
        let report = DetectionReport(
            [Self.found(0, 0, 0.9), Self.found(0, 200, 0.8), Self.found(1, 0, 0.7)],
            [Self.truth(0, 0), Self.truth(1, 0), Self.truth(2, 0)], images: [0, 1, 2],
            bootstrap: Bootstrap(resamples: 20))
        let voc = try #require(report.averagePrecision(interpolation: .allPoints))
        #expect(abs(voc.value - (1.0 / 3 + 1.0 / 3 * 2 / 3)) < 1e-12 && voc.count == 3)
        let coco = try #require(report.averagePrecision())
        #expect(abs(coco.value - (34.0 + 33 * 2 / 3) / 101) < 1e-12)
        #expect(abs(try #require(report.meanAveragePrecision()).value - coco.value) < 1e-12)
    }

    @Test("a true box is found once: the second detection of it is wrong")
    func twice() throws {
        let report = DetectionReport(
            [Self.found(0, 0, 0.9), Self.found(0, 1, 0.8)], [Self.truth(0, 0), Self.truth(0, 100)], images: [0])
        #expect(report.averagePrecision(interpolation: .allPoints)?.value == 0.5)
        #expect(report.sensitivity(falsePositives: 1)?.value == 0.5)
    }

    @Test("boxes that do not count make their detections neither right nor wrong")
    func ignored() {
        let report = DetectionReport(
            [Self.found(0, 100, 0.9), Self.found(0, 101, 0.85), Self.found(0, 0, 0.8)],
            [Self.truth(0, 0), Self.truth(0, 100, ignored: true)], images: [0])
        #expect(report.averagePrecision(interpolation: .allPoints)?.value == 1)
    }

    @Test("sizes part by area, and AP50:95 is the mean of ten overlaps")
    func sizes() throws {
        let report = DetectionReport(
            [Self.found(0, 0, 0.9), Self.found(1, 0, 0.9, size: 50), Self.found(2, 10, 0.9, size: 100)],
            [Self.truth(0, 0), Self.truth(1, 0, size: 50), Self.truth(2, 0, size: 100)], images: [0, 1, 2],
            bootstrap: Bootstrap(resamples: 5))
        #expect(report.averagePrecision(size: .small)?.value == 1)
        #expect(report.averagePrecision(size: .medium)?.value == 1)
        // Moved by a tenth: the overlap is 90/110 = 0.818, enough for seven of the ten.
        #expect(abs(try #require(report.meanAveragePrecision(size: .large)).value - 0.7) < 1e-12)
    }

    @Test("labels are measured apart and averaged; one without true boxes is in no figure")
    func labels() {
        let report = DetectionReport(
            [Self.found(0, 0, 0.9, label: 1), Self.found(0, 50, 0.9, label: 9)],
            [Self.truth(0, 0, label: 1), Self.truth(0, 50, label: 2)], images: [0])
        #expect(report.labels == [1, 2])
        #expect(report.averagePrecision()?.value == 0.5 && report.averagePrecision(label: 1)?.value == 1)
        #expect(report.averagePrecision(label: 9) == nil)
    }

    @Test("sensitivity rises with the false positives allowed; the log-average miss is their geometric mean")
    func freeResponse() throws {
        // Four pictures, one true box in each: found, wrong, found, wrong, wrong, found.
        let found =
            [(0, 0, 0.9), (0, 300, 0.8), (1, 0, 0.7), (1, 300, 0.6), (2, 300, 0.5), (2, 0, 0.4)]
            as [(Int, Float, Double)]
        let report = DetectionReport(
            found.map { Self.found($0.0, $0.1, $0.2) }, (0..<4).map { Self.truth($0, 0) }, images: [0, 1, 2, 3],
            bootstrap: Bootstrap(resamples: 5))
        let at = try [0.125, 0.25, 0.5, 0.75].map { try #require(report.sensitivity(falsePositives: $0)).value }
        #expect(at == [0.25, 0.5, 0.5, 0.75])
        // Below 0.25 a picture: misses 0.75 (six of the nine places); 0.316 and 0.562: 0.5; 1: 0.25.
        let logs = 6 * log(0.75) + 2 * log(0.5) + log(0.25)
        #expect(abs(try #require(report.logAverageMiss()).value - exp(logs / 9)) < 1e-12)
        #expect(DetectionReport([], [], images: [0]).logAverageMiss() == nil)
    }
}
