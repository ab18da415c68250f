import Imaging
import Testing
import VisualSearch

@Suite("Edited copies")
struct RobustnessTests {
    @Test("SCAN-041, SCAN-042 the table counts which edits a hash survives")
    func table() throws {
        var table = RobustnessTable()
        for seed in UInt64(1)...4 { try table.add(try Photos.photo(seed: seed, width: 120, height: 90)) }
        for edit in PictureEdit.allCases {
            let row = try #require(table.rows[edit])
            #expect(row.count == 4 && row.byBoth <= row.byOne)
            for measure in RobustnessTable.Measure.allCases {
                let found = try #require(row.found[measure])
                #expect(found.count == measure.steps.count && found == found.sorted())
            }
        }
        let survives: [PictureEdit] = [.jpegQuality40, .halfSize, .brighter, .sharper, .blurred]
        for edit in survives { #expect(table.rows[edit]?.found[.dHash64]?.last == 4, "\(edit)") }
        #expect(table.rows[.quarterTurn]?.found[.dHash64]?.last == 0 && table.rows[.quarterTurn]?.byBoth == 4)
        #expect(table.rows[.mirrored]?.byBoth == 4)
    }
}
