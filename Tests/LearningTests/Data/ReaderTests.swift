import Basics
import Foundation
import Testing

@testable import Learning

@Suite struct ReaderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func pictures(_ paths: String...) throws {
        for (number, path) in paths.enumerated() { try folder.write(path, try Pictures.jpeg(number)) }
    }

    @Test("LEARN-034 a folder for each class, with splits above it if they are there")
    func folders() throws {
        try pictures("a/bag/1.jpg", "a/bag/deep/2.JPG", "a/shoe/3.png", "a/shoe/notes.txt", "a/.hidden/4.jpg")
        let plain = try FolderReader(source: "a", root: folder.url.appending(path: "a")).read()
        #expect(plain.samples.map(\.id) == ["bag/1.jpg", "bag/deep/2.JPG", "shoe/3.png"])
        #expect(plain.classNames == ["class": ["bag", "shoe"]] && plain.labels("class") == [0, 0, 1])
        let last = try FolderReader(source: "a", root: folder.url.appending(path: "a"), naming: .last).read()
        #expect(last.classNames["class"] == ["bag", "deep", "shoe"])
        try pictures("b/train/bag/1.jpg", "b/val/bag/2.jpg", "b/test/hat/3.jpg")
        let split = try FolderReader(source: "b", root: folder.url.appending(path: "b"), column: "kind").read()
        #expect(split.samples.map(\.split) == [.test, .train, .validation])
        #expect(split.labels("kind") == [1, 0, 0])
        #expect(throws: DataError.self) { try FolderReader(source: "c", root: folder.url.appending(path: "c")).read() }
    }

    @Test("LEARN-034 tables between commas and between tabs, with missing labels, groups and splits")
    func tables() throws {
        try pictures("x/1.jpg", "x/2, small.jpg", "x/3.jpg")
        let comma = "path,fine,coarse,session,split\r\nx/1.jpg,10,fruit,s1,train\r\n\"x/2, small.jpg\",9,,s2,val\r\n"
        var reader = TableReader(
            source: "t", table: try folder.write("t.csv", "\u{FEFF}" + comma), root: folder.url,
            labels: ["fine", "coarse"], group: "session", splitColumn: "split")
        let read = try reader.read()
        #expect(read.samples.map(\.id) == ["x/1.jpg", "x/2, small.jpg"])
        #expect(read.classNames == ["fine": ["9", "10"], "coarse": ["fruit"]])
        #expect(read.samples[0].labels == ["fine": 1, "coarse": 0] && read.samples[1].labels == ["fine": 0])
        #expect(read.samples.map(\.group) == ["s1", "s2"] && read.samples.map(\.split) == [.train, .validation])
        let tabs = "path\tfine\tquery\nx/3.jpg\ta\tred \"bag\", large\n"
        reader = TableReader(
            source: "t", table: try folder.write("t.tsv", tabs), root: folder.url, labels: ["fine"], split: .test)
        reader.textColumn = "query"
        let tabbed = try reader.read()
        #expect(tabbed.samples.map(\.text) == ["red \"bag\", large"] && tabbed.samples.map(\.split) == [.test])
        reader.labelColumns = ["coarse"]
        #expect(throws: DataError.missingColumn("coarse", file: "t.tsv")) { try reader.read() }
    }

    @Test("Rows that cannot be used are counted with their line; more than one in a hundred stops")
    func broken() throws {
        try pictures("1.jpg")
        var rows = "path,fine\n1.jpg,a\n"
        for path in ["../1.jpg", "/etc/hosts", "none.jpg", "a//1.jpg", "", "1.jpg"] { rows += "\(path),a\n" }
        rows += "1.jpg,a,b\n"
        var reader = TableReader(
            source: "t", table: try folder.write("t.csv", rows), root: folder.url, labels: ["fine"])
        #expect(throws: DataError.self) { try reader.read() }
        reader.brokenShare = 1
        let read = try reader.read()
        #expect(read.samples.count == 1 && read.report.skippedCount == 7)
        #expect(read.report.skipped[0].place == "t.csv:3" && read.report.skipped[6].reason.contains("3 values"))
        for text in ["", "path,path\n", "path,fine\n\"1.jpg", "path\tfine\n\u{1}"] {
            reader.table = try folder.write("bad.csv", text)
            #expect(throws: DataError.self) { try reader.read() }
        }
        reader.table = try folder.write("bytes.csv", [UInt8]("path,fine\n1.jpg,".utf8) + [0xFF, 10])
        #expect(throws: DataError.self) { try reader.read() }
    }

    @Test("LEARN-034 JSON lines with labels, boxes, groups and words")
    func lines() throws {
        try pictures("1.jpg", "2.jpg")
        let text = """
            {"path": "1.jpg", "labels": {"kind": "bag", "sex": null}, "group": "g", "split": "test", "text": "red bag"}
            {"path": "2.jpg", "boxes": [{"left": 1, "top": 2, "right": 30.5, "bottom": 9, "label": "shoe"}], "// a": 1}

            """
        let read = try LinesReader(
            source: "j", file: try folder.write("a.jsonl", text), root: folder.url, split: .train
        ).read()
        #expect(read.samples[0].labels == ["kind": 0] && read.samples[0].text == "red bag")
        #expect(read.samples.map(\.split) == [.test, .train])
        #expect(read.samples[1].boxes == [LabelledBox(left: 1, top: 2, right: 30.5, bottom: 9, label: 0)])
        #expect(read.classNames == ["kind": ["bag"], Dataset.boxColumn: ["shoe"]])
        for line in [
            "[]", "{", #"{"path": "3.jpg"}"#, #"{"path": "1.jpg", "lable": {}}"#, #"{"path": "1.jpg", "split": "x"}"#,
            #"{"path": "1.jpg", "boxes": [{"left": 3, "top": 0, "right": 1, "bottom": 1}]}"#,
        ] {
            let file = try folder.write("b.jsonl", line)
            #expect(throws: DataError.self) { try LinesReader(source: "j", file: file, root: folder.url).read() }
        }
    }

    @Test("LEARN-034 pairs and triplets name samples of a data set")
    func pairs() throws {
        let dataset = try Pictures.dataset(4)
        let pairs = try SamplePairs(try folder.write("p.csv", "first,second,same\np0,p3,1\np0,p1,0\n"), of: dataset)
        #expect(pairs.pairs.map { [$0.first, $0.second, $0.isSame ? 1 : 0] } == [[0, 3, 1], [0, 1, 0]])
        let table = try folder.write("t.tsv", "anchor\tpositive\tnegative\np0\tp3\tp2\np0\tp9\tp1\n")
        #expect(throws: DataError.self) { try SamplePairs(table, of: dataset) }
        let triplets = try SamplePairs(table, of: dataset, brokenShare: 0.5).triplets
        #expect(triplets.map { [$0.anchor, $0.positive, $0.negative] } == [[0, 3, 2]])
    }

    @Test("Data sets are joined by the names of their classes, and reported with sizes")
    func joins() throws {
        let image = ImageReference.bytes([])
        let left = Dataset(
            samples: [Sample(id: "1", image: image, labels: ["kind": 0], source: "l", split: .train)],
            classNames: ["kind": ["bag"]])
        let right = Dataset(
            samples: [
                Sample(id: "1", image: image, labels: ["kind": 1], source: "r"),
                Sample(id: "2", image: image, labels: ["kind": 0, "sex": 0], source: "r"),
            ],
            classNames: ["kind": ["hat", "bag"], "sex": ["f"]])
        var joined = Dataset.joined([left, right])
        #expect(joined.labels("kind") == [0, 0, 1] && joined.classNames["kind"] == ["bag", "hat"])
        #expect(joined.classSizes("kind") == [2, 1] && joined.classCount("none") == 0)
        joined.report.skip("somewhere", "something")
        let report = joined.report.json(for: joined)
        #expect(report["samples"]?.intValue == 3 && report["skippedCount"]?.intValue == 1)
        #expect(report["classes"]?["kind"]?["sizes"]?["bag"]?.intValue == 2)
        #expect(report["classes"]?["sex"]?["missing"]?.intValue == 2)
        #expect(report["bySplit"]?["none"]?.intValue == 2)
        try joined.writeReport(to: folder.url)
        let written = try Data(contentsOf: folder.url.appending(path: "data_report.json"))
        #expect(try JSON(parsing: Array(written)) == report)
    }
}
