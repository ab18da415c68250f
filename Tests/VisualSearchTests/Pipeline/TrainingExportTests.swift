import Basics
import Foundation
import Storage
import Testing

@testable import VisualSearch

@Suite("What a model learns from a catalogue")
struct TrainingExportTests {
    private static func rows(_ name: String, in folder: String) throws -> [[String]] {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
        return DelimitedRecords([UInt8](data)).records.map(\.fields)
    }

    private static func scanned(_ catalogue: Catalogue, _ photo: [UInt8], visitor: Int64) async throws -> String {
        let answer = try await catalogue.scan(photo)
        try await catalogue.keep(answer, photo: photo, visitor: visitor)
        return answer.id
    }

    @Test(
        "SCAN-072 SCAN-008 pictures leave with their styles, photos with what was said of them, a wrong answer as a pair"
    )
    func export() async throws {
        let shop = try Shop()
        let folder = "\(shop.path)/lesson"
        try await shop.with { catalogue in
            for seed in 1...3 as ClosedRange<UInt64> {
                try await catalogue.put(
                    ItemDraft(sku: "k\(seed)", category: "bags"), pictures: [Goods.upload(seed)])
            }
            _ = try await catalogue.merge("k1", with: "k2", by: "mei")
            let right = try await Self.scanned(catalogue, try Goods.again(1), visitor: 7)
            try await catalogue.feedback(.right, on: right)
            let wrong = try await Self.scanned(catalogue, try Goods.again(3), visitor: 8)
            try await catalogue.feedback(.wrongItem, on: wrong)
            let named = try await Self.scanned(catalogue, Goods.photo(9), visitor: 9)
            try await catalogue.feedback(.wrongItem, on: named, sku: "k3")
            let box = try await Self.scanned(catalogue, Goods.photo(10), visitor: 9)
            try await catalogue.feedback(.wrongBox, on: box)
            let written = try await catalogue.exportTraining(to: folder)
            #expect(written.pictures == 3 && written.photos == 2 && written.pairs >= 3)
        }
        let styles = try Self.rows("styles.csv", in: folder)
        #expect(styles.first == ["path", "label", "category"])
        #expect(styles.dropFirst().map { $0[1] } == ["k1", "k1", "k3"] && styles[1][2] == "bags")
        let read = try LabelledFile.read("\(folder)/styles.csv")
        #expect(try read.allSatisfy { try !$0.bytes().isEmpty })
        let photos = try LabelledFile.read("\(folder)/photos.csv")
        #expect(photos.map(\.label) == ["k1", "k3"] && Set(photos.compactMap(\.occasion)).count == 2)
        let pairs = try Self.rows("pairs.csv", in: folder).dropFirst()
        let first = try #require(pairs.first)
        #expect(first[5...] == ["k1", "1", "customer"])
        #expect(pairs.contains { $0[5...] == ["k3", "0", "customer"] })
        #expect(pairs.contains { $0[5...] == ["k3", "1", "customer"] })
        #expect(try !Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(first[0])")).isEmpty)
    }

    @Test("SCAN-008 what a person of the shop decided stands above the customer's word")
    func reviewed() async throws {
        let shop = try Shop()
        let folder = "\(shop.path)/lesson"
        try await shop.with { catalogue in
            try await catalogue.put(ItemDraft(sku: "k1"), pictures: [Goods.upload(1)])
            let id = try await Self.scanned(catalogue, try Goods.again(1), visitor: 7)
            try await catalogue.feedback(.wrongItem, on: id)
            let question = try #require(try await catalogue.reviews(.feedback).first)
            try await catalogue.decide(question.number, .no, by: "mei")
            let written = try await catalogue.exportTraining(to: folder)
            #expect(written.pairs == 1 && written.photos == 1)
        }
        let pairs = try Self.rows("pairs.csv", in: folder)
        #expect(pairs.last?[5...] == ["k1", "1", "shop"])
    }
}
