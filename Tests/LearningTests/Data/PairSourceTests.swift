import Foundation
import Testing

@testable import Learning

@Suite("Pictures from a table of pairs")
struct PairSourceTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for number in 0..<7 { try folder.write("\(number).jpg", try Pictures.jpeg(number)) }
    }

    private func dataset(_ text: String, brokenShare: Double = 0.01) throws -> Dataset {
        var source = PairSource(
            source: "p", table: try folder.write("pairs.csv", text), root: folder.url, column: "item")
        source.brokenShare = brokenShare
        return try source.read()
    }

    @Test("LEARN-034 pictures that show the same, also by others between them, are one class of a source")
    func pairs() throws {
        let read = try dataset("first,second,same\n0.jpg,1.jpg,1\n2.jpg,3.jpg,1\n4.jpg,1.jpg,1\n0.jpg,5.jpg,0\n")
        #expect(read.samples.map(\.id) == ["0.jpg", "1.jpg", "2.jpg", "3.jpg", "4.jpg", "5.jpg"])
        #expect(read.labels("item") == [0, 0, 1, 1, 0, 2])
        #expect(read.classNames["item"] == ["0.jpg", "2.jpg", "5.jpg"])
    }

    @Test("LEARN-034 triplets too")
    func triplets() throws {
        let read = try dataset("anchor,positive,negative\n0.jpg,1.jpg,2.jpg\n2.jpg,3.jpg,1.jpg\n")
        #expect(read.labels("item") == [0, 0, 1, 1])
    }

    @Test("rows that contradict others or name no pictures are counted with their line")
    func contradictions() throws {
        let text =
            "first,second,same\n0.jpg,1.jpg,1\n1.jpg,2.jpg,1\n0.jpg,2.jpg,0\n0.jpg,none.jpg,1\n0.jpg,0.jpg,1\n3.jpg,4.jpg,2\n"
        #expect(throws: DataError.self) { try dataset(text) }
        let read = try dataset(text, brokenShare: 0.9)
        #expect(Set(read.report.skipped.map(\.place)) == ["pairs.csv:4", "pairs.csv:5", "pairs.csv:6", "pairs.csv:7"])
        #expect(Set(read.labels("item")).count == 3)
        #expect(throws: DataError.missingColumn("second", file: "pairs.csv")) { try dataset("first,same\n") }
    }
}
