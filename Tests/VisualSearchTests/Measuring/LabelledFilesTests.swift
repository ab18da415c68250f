import Basics
import Foundation
import Imaging
import Storage
import Testing

@testable import VisualSearch

@Suite("Labelled pictures")
struct LabelledFilesTests {
    @Test("SCAN-100 a folder of folders and a table with columns of any name are read; what is wrong is said")
    func reading() throws {
        let shop = try Shop()
        for name in ["shoes/4711/a.png", "shoes/4711/b.png", "bags/12/c.png", "alone.png", "notes.txt"] {
            let file = URL(fileURLWithPath: "\(shop.path)/\(name)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(Goods.photo(1)).write(to: file)
        }
        let found = try LabelledFile.read(shop.path).sorted { $0.label < $1.label }
        #expect(found.map(\.label) == ["12", "4711", "4711", "alone"])
        #expect(found.map(\.category) == ["bags", "shoes", "shoes", ""])
        let table = "\(shop.path)/t.csv"
        try Data("file,sku,kind,visit\nalone.png,x,bags,7\nshoes/4711/a.png,y,,\n".utf8)
            .write(to: URL(fileURLWithPath: table))
        let rows = try LabelledFile.read("\(table)?path=file&label=sku&category=kind&occasion=visit")
        #expect(rows.map(\.label) == ["x", "y"] && rows.map(\.occasion) == ["7", nil])
        #expect(try rows[0].bytes() == Goods.photo(1))
        for wrong in [table, "\(table)?path=file", "\(table)?colour=red", "\(shop.path)/nowhere"] {
            #expect(throws: RequestError.self) { try LabelledFile.read(wrong) }
        }
    }

    @Test("SCAN-013 pictures are seen for measuring as scans and catalogues see them, bit for bit")
    func eyes() async throws {
        let shop = try Shop()
        let path = "\(shop.path)/a.png"
        try Data(Goods.photo(2)).write(to: URL(fileURLWithPath: path))
        let broken = "\(shop.path)/b.png"
        try Data("no picture".utf8).write(to: URL(fileURLWithPath: broken))
        let eyes = PictureEyes(models: CatalogueModels())
        let (seen, refused) = try await eyes.see(
            [LabelledFile(path: path, label: "2"), LabelledFile(path: broken, label: "3")], as: .merchant)
        #expect(seen.map(\.file.label) == ["2"] && refused.map(\.path) == [broken])
        try await shop.with { catalogue in
            try await catalogue.put(ItemDraft(sku: "2"), pictures: [Goods.upload(2)])
            let stored = try await catalogue.database.read { try GenerationQueries.vector(of: 1, generation: 1, $0) }
            #expect(stored == seen.first?.vector)
        }
    }
}
