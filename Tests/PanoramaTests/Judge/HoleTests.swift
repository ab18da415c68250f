import Testing

@testable import Panorama

@Suite("Holes of a panorama")
struct HoleTests {
    /// Holes of a picture of letters: `#` is drawn, `.` is empty.
    private static func holes(_ rows: [String], isClosed: Bool = false) -> Int {
        let labels = rows.joined().map { $0 == "#" ? Int16(0) : -1 }
        return SeamMeasures.holes(labels, width: rows[0].count, height: rows.count, isClosed: isClosed)
    }

    @Test("PANO-327 what is enclosed is a hole; what reaches the border, at a corner too, is none")
    func enclosed() {
        #expect(Self.holes(["#####", "#.#.#", "#.###", "#####"]) == 2)
        #expect(Self.holes(["#####", "#.###", "##.##", "#####"]) == 1)
        #expect(Self.holes(["##.##", "###.#", "#####"]) == 0)
        #expect(Self.holes(["....", "....", "...."]) == 0)
        #expect(Self.holes(["####", "####", "####"]) == 0)
    }

    @Test("PANO-327 a ring has no border where it meets itself")
    func ring() {
        let rows = ["####", ".##.", "####"]
        #expect(Self.holes(rows) == 0)
        #expect(Self.holes(rows, isClosed: true) == 1)
        #expect(Self.holes(["#.##", ".###", "####"], isClosed: true) == 0)
    }
}
