import Testing
import VisualSearch

@Suite("Opening catalogues")
struct OpeningTests {
    @Test("SCAN-001 all who ask for a catalogue at once get the same one, with everything in it")
    func together() async throws {
        let shop = try Shop()
        let photo = Goods.photo(1)
        try await shop.with { catalogue in
            _ = try await catalogue.put(ItemDraft(sku: "A"), pictures: [PictureUpload(bytes: photo)])
        }
        for _ in 0..<5 {
            let open = try shop.open()
            let found = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let answer = try await open.catalogues.catalogue("shop").scan(photo)
                        return answer.similar.first?.style
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            await open.close()
            #expect(found == Array(repeating: "A", count: 8))
        }
    }
}
