import Foundation
import Testing

@testable import Learning

@Suite struct SceneTableTests {
    private static let header = SceneTable.columns.joined(separator: "\t")

    private func base64(_ values: [Float]) -> String {
        Data(values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } })
            .base64EncodedString()
    }

    private func base64(_ values: [Int64]) -> String {
        Data(values.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * Int64($0))) } })
            .base64EncodedString()
    }

    private func row(
        boxes: [Float] = [2, 3, 20, 30, 0, 0, 41, 61], features: [Float] = [1, 2, 3, 4], labels: [Int64] = [5, 77],
        height: String = "40", count: String = "2", query: String = "red bag"
    ) -> String {
        [
            "11", height, "60", count, base64(boxes), base64(features), base64(labels), query, "9",
        ].joined(separator: "\t")
    }

    private func table(_ rows: [String], isStrict: Bool = false, header: String = header) throws -> SceneTable {
        let folder = try TemporaryFolder()
        let file = try folder.write("t.tsv", ([header] + rows).joined(separator: "\n") + "\n")
        return try withExtendedLifetime(folder) { try SceneTable(file, isStrict: isStrict) }
    }

    @Test("LEARN-034 a row has boxes as top, left, bottom, right, features of one size and labels")
    func sound() throws {
        let table = try table([row(), row(boxes: [], features: [], labels: [], count: "0")])
        let scene = try #require(try table.next())
        #expect(scene.product == 11 && scene.queryID == 9 && scene.query == "red bag")
        #expect(scene.boxes[0] == LabelledBox(left: 3, top: 2, right: 30, bottom: 20, label: 5))
        // 77 is no label of the contest: it counts as everything else.
        #expect(scene.boxes[1].label == 0 && table.unknownLabels == 1)
        #expect(scene.features == [1, 2, 3, 4] && scene.dimension == 2)
        let empty = try #require(try table.next())
        #expect(empty.boxes == [LabelledBox(left: 0, top: 0, right: 60, bottom: 40, label: 0)])
        #expect(empty.features == [0, 0])
        #expect(try table.next() == nil && table.report.skippedCount == 0)
    }

    @Test("Broken rows are told with line and column and left out; a strict table stops")
    func broken() throws {
        let rows = [
            "a\tb", row(boxes: [2, 3, .nan, 30, 0, 0, 41, 61]), row(boxes: [2, 3, 43, 30, 0, 0, 41, 61]),
            row(boxes: [2, 3, 2, 30, 0, 0, 41, 61]), row(boxes: [1, 2, 3]), row(features: [1, .infinity, 3, 4]),
            row(features: [1, 2, 3]), row(features: []), row(labels: [1]), row(height: "0"), row(height: "x"),
            row(count: "-1"), row(count: "1001"), row(query: String(repeating: "a", count: 1001)),
            row().replacingOccurrences(of: "AAAA", with: "A*AA"), row(boxes: [], features: [1], labels: [], count: "0"),
        ]
        let table = try table([row()] + rows + [row(features: [1, 2, 3, 4, 5, 6]), row()])
        var count = 0
        while try table.next() != nil { count += 1 }
        #expect(count == 2 && table.report.skippedCount == rows.count + 1)
        #expect(table.report.skipped[1].place == "t.tsv, line 4, column boxes")
        for broken in rows {
            let strict = try self.table([broken], isStrict: true)
            #expect(throws: DataError.self) { try strict.next() }
        }
        #expect(throws: DataError.self) { try self.table([], header: "product_id\tquery") }
    }

    @Test("Lines longer than the piece that is read at once are whole, with either ending")
    func lines() throws {
        let folder = try TemporaryFolder()
        let long = String(repeating: "a", count: 3 << 20)
        let file = try folder.write("lines", "one\r\n\(long)\n\nlast")
        let lines = try SourceLines(file, longest: 4 << 20)
        #expect(try lines.next() == Array("one".utf8))
        #expect(try lines.next()?.count == long.utf8.count)
        #expect(try lines.next() == [])
        #expect(try lines.next() == Array("last".utf8) && lines.number == 4)
        #expect(try lines.next() == nil)
        let short = try SourceLines(file, longest: 1 << 20)
        _ = try short.next()
        #expect(throws: DataError.self) { try short.next() }
    }
}
