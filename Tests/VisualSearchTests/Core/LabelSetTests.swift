import Basics
import Imaging
import Testing

@testable import VisualSearch

@Suite("Files of boxes")
struct LabelSetTests {
    private static let categories = ["apple", "blood orange", "香蕉", "<&>\"'"]

    private func labels(seed: UInt64) throws -> LabelSet {
        var planted = Planted(seed: seed)
        return LabelSet(
            pictures: try (0..<6).map { number in
                let (width, height) = (1 + planted.number(below: 6000), 1 + planted.number(below: 6000))
                let boxes = try (0..<planted.number(below: 5)).map { _ in
                    // Whole pixels mostly, quarters sometimes.
                    let grid = planted.number(below: 3) == 0 ? 4 : 1
                    let left = Double(planted.number(below: width * grid)) / Double(grid)
                    let top = Double(planted.number(below: height * grid)) / Double(grid)
                    return try #require(
                        LabelSet.Box(
                            left: left, top: top,
                            right: left + Double(1 + planted.number(below: 50 * grid)) / Double(grid),
                            bottom: top + Double(1 + planted.number(below: 50 * grid)) / Double(grid),
                            category: Self.categories[planted.number(below: 4)]))
                }
                return .init(
                    name: "图 \(number) & more.jpg", size: ImageSize(width: width, height: height), boxes: boxes)
            })
    }

    @Test(
        "SCAN-050, SCAN-054 VOC, COCO and YOLO give back exactly what was written",
        arguments: 1...10 as ClosedRange<UInt64>)
    func roundTrips(seed: UInt64) throws {
        let labels = try labels(seed: seed)
        let coco = try LabelSet(coco: JSON(parsing: labels.coco.encoded()))
        #expect(coco == labels)
        for picture in labels.pictures {
            #expect(try LabelSet.picture(voc: LabelSet.voc(picture)) == picture)
            let yolo = LabelSet.yolo(picture, categories: Self.categories)
            #expect(
                try LabelSet.picture(yolo: yolo, name: picture.name, size: picture.size, categories: Self.categories)
                    == picture)
        }
    }

    @Test("SCAN-054 files of other tools are read: attributes, comments, order and numbers as they like")
    func foreign() throws {
        let voc = """
            <?xml version="1.0"?><!-- made by hand -->
            <annotation verified='yes > no'><folder/><filename>a&#46;jpg</filename>
              <object><bndbox><ymax>40.5</ymax><xmin> 1 </xmin><ymin>2</ymin><xmax>30</xmax></bndbox>
                <name><![CDATA[A & B]]></name><part><name>x</name></part></object>
              <size><depth>3</depth><height>50</height><width>60</width></size></annotation>
            """
        let picture = try LabelSet.picture(voc: voc)
        #expect(picture.name == "a.jpg" && picture.size == ImageSize(width: 60, height: 50))
        #expect(picture.boxes == [try #require(.init(left: 0, top: 1, right: 30, bottom: 40.5, category: "A & B"))])
        let coco: JSON = [
            "images": [["id": 7, "file_name": "b.jpg", "width": 640, "height": 480]],
            "categories": [["id": 18, "name": "dog"]],
            "annotations": [
                ["image_id": 7, "category_id": 18, "bbox": [199.84, 200.46, 77.71, 70.88]],
                ["image_id": 7, "category_id": 18, "bbox": [0, 0, 9, 9], "iscrowd": 1],
            ],
        ]
        let box = try #require(try LabelSet(coco: coco).pictures.first?.boxes.first)
        #expect(abs(box.left - 199.84) < 0.01 && abs(box.right - 277.55) < 0.02)
        let yolo = try LabelSet.picture(
            yolo: "0 0.5 0.5 0.5 0.5\r\n\n", name: "c", size: ImageSize(width: 8, height: 8), categories: ["dog"])
        #expect(yolo.boxes == [try #require(.init(left: 2, top: 2, right: 6, bottom: 6, category: "dog"))])
        #expect(yolo.boxes.first?.unit(in: yolo.size) == UnitBox(x: 0.25, y: 0.25, width: 0.5, height: 0.5))
    }

    @Test("SCAN-054 a faulty file is refused with a sentence that says where")
    func faults() {
        func fault(_ read: () throws -> Any) -> String {
            do {
                _ = try read()
                return ""
            } catch {
                return "\(error)"
            }
        }
        let size = ImageSize(width: 8, height: 8)
        for (text, words) in [
            ("0 0.5 0.5 0.5", "line 1"), ("\n3 0 0 1 1", "no category 3"), ("0 0.5 0.5 0 1", "no area"),
            ("0 nan 0 1 1", "no area"), ("-1 0 0 1 1", "no category -1"),
        ] {
            #expect(
                fault { try LabelSet.picture(yolo: text, name: "c", size: size, categories: ["dog"]) }.contains(words))
        }
        for (text, words) in [
            ("", "element"), ("<a>", "too early"), ("<a></b>", "not open"), ("<a/><b/>", "follows"),
            ("<!DOCTYPE a [<!ENTITY b \"c\">]><a/>", "document types"), ("<a>&b;</a>", "entity"),
            ("<a>&#0;</a>", "entity"), ("<a>&#xD800;</a>", "entity"), ("<a>&", "entity"), ("<annotation/>", "filename"),
            (String(repeating: "<a>", count: 40), "too many"),
            ("<annotation><filename>x</filename></annotation>", "size"),
            (
                "<annotation><filename>x</filename><size><width>inf</width><height>1</height></size></annotation>",
                "size"
            ),
        ] {
            #expect(fault { try LabelSet.picture(voc: text) }.contains(words), "\(text)")
        }
        #expect(fault { try LabelSet(coco: []) }.contains("images"))
    }

    @Test("SCAN-050 damaged VOC files are read or refused and never trap", arguments: 1...4 as ClosedRange<UInt64>)
    func damaged(seed: UInt64) throws {
        let picture = try #require(try labels(seed: seed).pictures.first { !$0.boxes.isEmpty })
        let text = Array(LabelSet.voc(picture).utf8)
        var planted = Planted(seed: seed)
        for _ in 0..<300 {
            var damaged = text
            for _ in 0...planted.number(below: 3) {
                damaged[planted.number(below: damaged.count)] = UInt8(planted.number(below: 256))
            }
            damaged.removeLast(planted.number(below: 2) * planted.number(below: damaged.count))
            _ = try? LabelSet.picture(voc: String(decoding: damaged, as: UTF8.self))
        }
    }
}
