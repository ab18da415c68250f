import Basics
import Imaging
import Synchronization
import Testing
import VisualSearch

@Suite("The set of boxes")
struct LabelTests {
    private static func box(_ left: Double, _ top: Double, _ side: Double, _ category: String = "cup") throws
        -> LabelSet.Box
    {
        try #require(LabelSet.Box(left: left, top: top, right: left + side, bottom: top + side, category: category))
    }

    @Test("SCAN-050 SCAN-055 boxes are kept with a history; two who draw at the same time do not overwrite each other")
    func drawing() async throws {
        let shop = try Shop()
        try await shop.with { catalogue in
            try await catalogue.put(
                ItemDraft(sku: "a", category: "toys"), pictures: [Goods.upload(1), Goods.upload(2)])
            #expect(try await catalogue.collectLabelPictures() == 2)
            #expect(try await catalogue.collectLabelPictures() == 0)
            let picture = try #require(try await catalogue.labelPictures(.open).first)
            #expect(picture.size == ImageSize(width: 96, height: 72) && picture.category == "toys")
            let one = try Self.box(1, 2, 20)
            let first = try await catalogue.saveLabels(
                [LabelEdit(box: one)], of: picture.number, revision: picture.revision, isDone: false, by: "anna")
            let number = try #require(first.boxes.first?.number)
            let late = await #expect(throws: RequestError.self) {
                try await catalogue.saveLabels(
                    [], of: picture.number, revision: picture.revision, isDone: true, by: "bo")
            }
            #expect(late?.status == 409 && late?.message.contains("anna") == true)
            let moved = try Self.box(5, 2, 20)
            let second = try await catalogue.saveLabels(
                [LabelEdit(number: number, box: moved), LabelEdit(box: try Self.box(40, 40, 90))], of: picture.number,
                revision: first.picture.revision, isDone: true, by: "bo")
            #expect(
                second.boxes.map(\.box) == [
                    moved, try #require(LabelSet.Box(left: 40, top: 40, right: 96, bottom: 72, category: "cup")),
                ])
            #expect(second.picture.isDone && second.picture.boxes == 2)
            let third = try await catalogue.saveLabels(
                [LabelEdit(number: number, box: moved)], of: picture.number, revision: second.picture.revision,
                isDone: true, by: "bo")
            #expect(third.boxes.map(\.number) == [number])
            let history = try await catalogue.labelHistory(picture.number)
            #expect(history.map(\.act) == ["removed", "drawn", "changed", "drawn"])
            #expect(history.map(\.by) == ["bo", "bo", "bo", "anna"])
            #expect(history[3].shape["box"] == [1.0, 2.0, 20.0, 20.0])
        }
    }

    @Test(
        "SCAN-054 SCAN-050 boxes of other tools come in with their pictures, once, and go out as they came",
        arguments: LabelFormat.allCases)
    func files(format: LabelFormat) async throws {
        let shop = try Shop()
        try await shop.with { catalogue in
            let labels = LabelSet(pictures: [
                .init(
                    name: "1.png", size: ImageSize(width: 96, height: 72),
                    boxes: [try Self.box(1, 2, 20), try Self.box(30.5, 8, 40, "a jug")]),
                .init(name: "2.png", size: ImageSize(width: 96, height: 72), boxes: [try Self.box(0, 0, 72)]),
            ])
            let files = labels.files(as: format)
            var problems: [String] = []
            let read = LabelSet(
                reading: files, picture: { ("\($0).png", ImageSize(width: 96, height: 72)) }, problems: &problems)
            #expect(read.pictures.sorted { $0.name < $1.name } == labels.pictures && problems == [])
            let photos = ["1.png": Goods.photo(1), "2.png": Goods.photo(2)]
            let report = try await catalogue.importLabels(read, source: "fruit", by: "anna") { photos[$0] }
            #expect(report.pictures == 2 && report.boxes == 3 && report.problems == [])
            let again = try await catalogue.importLabels(read, source: "fruit", by: "anna") { photos[$0] }
            #expect(again.known == 2 && again.boxes == 0)
            let missing = try await catalogue.importLabels(read, source: "fruit", by: "anna") { _ in nil }
            #expect(missing.problems.count == 2)
            let all = try await catalogue.exportLabels()
            #expect(all.labels.pictures.sorted { $0.name < $1.name } == labels.pictures)
            #expect(try await catalogue.labelFile(all.numbers[0]) == photos[all.labels.pictures[0].name])
            let parts = [try await catalogue.exportLabels(.training), try await catalogue.exportLabels(.heldOut)]
            #expect(parts.flatMap { $0.labels.pictures }.count == 2)
            let boxes = try await catalogue.labelPicture(all.numbers[0]).boxes
            #expect(boxes.allSatisfy { $0.source == .imported && $0.model == "fruit" && $0.state == .accepted })
        }
    }

    @Test("SCAN-054 files that cannot be read are named, and the others are taken")
    func faults() {
        var problems: [String] = []
        let files = [
            LabelFile(name: "a.xml", bytes: Array("<annotation>".utf8)),
            LabelFile(name: "b.txt", bytes: Array("0 1 1 1 1".utf8)),
            LabelFile(name: "c.json", bytes: Array("{}".utf8)), LabelFile(name: "d.json", bytes: Array("no".utf8)),
            LabelFile(name: "e.png", bytes: [1]),
        ]
        let labels = LabelSet(reading: files, picture: { _ in nil }, problems: &problems)
        #expect(labels.pictures.isEmpty && problems.count == 4)
        #expect(problems.map { $0.prefix { $0 != ":" } } == ["a.xml", "b.txt", "c.json", "d.json"])
    }

    @Test("SCAN-054 files of one download stand in a zip that other programs read")
    func zip() {
        let bytes = LabelArchive.archive([
            LabelFile(name: "a.txt", bytes: Array("123456789".utf8)), LabelFile(name: "图/b", bytes: []),
        ])
        #expect(bytes.starts(with: [0x50, 0x4B, 3, 4]))
        // The check value of CRC-32 over the nine digits is CBF43926.
        #expect(Array(bytes[14..<18]) == [0x26, 0x39, 0xF4, 0xCB])
        #expect(Array(bytes.suffix(22).prefix(4)) == [0x50, 0x4B, 5, 6] && bytes[bytes.count - 12] == 2)
    }
}
