import Foundation
import Imaging
import Testing

@testable import Learning

@Suite struct BoxReaderTests {
    private let folder: TemporaryFolder
    private let box = LabelledBox(left: 4, top: 5, right: 20, bottom: 30, label: 0)

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("images/1.jpg", try Pictures.jpeg(1))
    }

    private func read(_ format: BoxReader.Format, _ path: String, _ text: String) throws -> Dataset {
        let file = try folder.write(path, text)
        let place = format == .coco ? file : file.deletingLastPathComponent()
        return try BoxReader(
            source: "b", format: format, annotations: place, root: folder.url.appending(path: "images"),
            split: .train
        ).read()
    }

    @Test("LEARN-034 labelme: rectangles in any order of corners, polygons by what surrounds them")
    func labelme() throws {
        let data = try read(
            .labelme, "l/1.json",
            #"""
            {"version": "5.0", "imagePath": "..\\photos\\1.jpg", "imageData": null, "imageWidth": 48, "imageHeight": 36,
             "shapes": [{"label": "bag", "shape_type": "rectangle", "points": [[20, 30], [4.0, 5.0]]},
                        {"label": "hat", "shape_type": "polygon", "points": [[1, 1], [9, 1], [5, 7]]},
                        {"label": "flat", "points": [[1, 1], [9, 1]]}]}
            """#)
        let sample = try #require(data.samples.first)
        #expect(sample.boxes == [box, LabelledBox(left: 1, top: 1, right: 9, bottom: 7, label: 1)])
        #expect(data.classNames[Dataset.boxColumn] == ["bag", "hat"] && sample.split == .train)
        #expect(data.report.warnings.count == 1)
    }

    @Test("LEARN-034 VOC: pixels count from one and the last belongs to the box")
    func voc() throws {
        let data = try read(
            .voc, "v/1.xml",
            """
            <?xml version="1.0"?><!-- by hand --><annotation verified="yes"><filename>1.jpg</filename>
            <size><width>48</width><height>36</height><depth>3</depth></size><source/>
            <object><name> bag &amp; belt </name><difficult>0</difficult>
            <bndbox><xmin>5</xmin><ymin>6</ymin><xmax>20</xmax><ymax>30</ymax></bndbox></object>
            <object><name>far</name><bndbox><xmin>5</xmin><ymin>6</ymin><xmax>200</xmax><ymax>30</ymax></bndbox></object>
            </annotation>
            """)
        #expect(data.samples.first?.boxes == [box])
        #expect(data.classNames[Dataset.boxColumn] == ["bag & belt"])
    }

    @Test("LEARN-034 COCO: left, top, width and height, categories by id, crowds ignored")
    func coco() throws {
        let data = try read(
            .coco, "c.json",
            """
            {"images": [{"id": 7, "file_name": "1.jpg", "width": 48, "height": 36}],
             "categories": [{"id": 3, "name": "bag"}],
             "annotations": [{"image_id": 7, "category_id": 3, "bbox": [4, 5, 16, 25], "iscrowd": 0},
                             {"image_id": 7, "category_id": 3, "bbox": [0, 0, 2, 2], "iscrowd": 1},
                             {"image_id": 7, "category_id": 9, "bbox": [0, 0, 2, 2]}]}
            """)
        let boxes = data.samples.first?.boxes ?? []
        #expect(boxes == [box, LabelledBox(left: 0, top: 0, right: 2, bottom: 2, label: 0, isIgnored: true)])
    }

    @Test("LEARN-034 a plain list: splits, classes and boxes; what is no box or no picture is left out")
    func list() throws {
        let text = """
            {"images": [{"path": "1.jpg", "split": "val", "width": 48, "height": 36, "source_width": 96,
                         "objects": [{"label": "bag", "box": [4, 5, 20, 30]}, {"label": "hat", "box": [9, 9, 2, 2]},
                                     {"label": "hat", "box": [1, 2]}, {"box": [1, 1, 2, 2]}]}]}
            """
        let file = try folder.write("boxes.json", text)
        func read() throws -> Dataset {
            try BoxListReader(source: "b", file: file, root: folder.url.appending(path: "images")).read()
        }
        let data = try read()
        #expect(data.samples.first?.boxes == [box] && data.samples.first?.split == .validation)
        #expect(data.classNames[Dataset.boxColumn] == ["bag"] && data.report.warnings.count == 1)
        for hostile in ["", "[", "{}", "{\"images\": 3}", "[1, {\"path\": 2}]", "[{\"path\": \"../../etc/hosts\"}]"] {
            _ = try folder.write("boxes.json", hostile)
            #expect(throws: DataError.self, "\(hostile)") { try read() }
        }
    }

    @Test(
        "Hostile XML ends in an error",
        arguments: [
            "", "<", "<a", "<a>", "<a></b>", "</a>", "<annotation></annotation>",
            "<!DOCTYPE a [<!ENTITY b \"c\">]><a/>",
            "<annotation><filename>&b;</filename></annotation>", "<!-- ", "<?xml", "text", "<a/", "<a b='>",
        ])
    func hostileXML(text: String) {
        #expect(throws: RecordFault.self) { try BoxParsers.voc(Array(text.utf8)) }
    }

    @Test("A hundred thousand elements inside each other end in an error")
    func deepXML() {
        let bytes = Array(String(repeating: "<a>", count: 100_000).utf8)
        #expect(throws: RecordFault.self) { try BoxParsers.voc(bytes) }
    }

    @Test(
        "Hostile JSON ends in an error, or in boxes that are counted as broken",
        arguments: [
            "", "[]", "{}", #"{"imagePath": 1, "shapes": []}"#,
            #"{"images": [], "annotations": [{}], "categories": []}"#,
            #"{"images": [{"id": 1}], "annotations": [], "categories": []}"#,
            #"{"images": [{"id": 1, "file_name": "a"}, {"id": 1, "file_name": "b"}], "annotations": [], "categories": []}"#,
        ])
    func hostileJSON(text: String) {
        #expect(throws: RecordFault.self) { try BoxParsers.labelme(Array(text.utf8)) }
        #expect(throws: RecordFault.self) { try BoxParsers.coco(Array(text.utf8)) }
    }

    @Test("Boxes of impossible numbers are broken ones")
    func rules() {
        for sides in [
            [0, 0, 0, 5], [5, 0, 1, 5], [.nan, 0, 1, 1], [0, 0, .infinity, 1], [0, 0, 1e300, 1], [-2, 0, 3, 3],
            [0, 0, 12, 3], [10.5, 0, 11, 3],
        ] as [[Double]] {
            #expect(BoxRules.box(sides[0], sides[1], sides[2], sides[3], in: (10, 10)) == nil)
        }
        #expect(BoxRules.box(-0.5, 0, 10.5, 3, in: (10, 10))?.right == 10)
    }

    @Test("LEARN-030 what is written for the three tools is read back", arguments: BoxReader.Format.allCases)
    func writes(format: BoxReader.Format) throws {
        func box(_ edges: [Double], _ name: String) throws -> LabelSet.Box {
            try #require(.init(left: edges[0], top: edges[1], right: edges[2], bottom: edges[3], category: name))
        }
        let boxes = [try box([4, 5, 20, 30], "<hat> & \"scarf\""), try box([0, 0, 48, 36], "bag")]
        let picture = LabelSet.Picture(name: "1.jpg", size: ImageSize(width: 48, height: 36), boxes: boxes)
        let written = try #require(LabelFormat(rawValue: format.rawValue))
        let file = try #require(LabelSet(pictures: [picture]).files(as: written).first)
        let data = try read(format, "w/\(file.name)", String(decoding: file.bytes, as: UTF8.self))
        let found = data.samples.first?.boxes ?? []
        let names = try #require(data.classNames[Dataset.boxColumn])
        #expect(found.map { names[$0.label] } == ["<hat> & \"scarf\"", "bag"])
        for (left, right) in zip(found, boxes) {
            let edges = [right.left, right.top, right.right, right.bottom].map { Float($0) }
            #expect([left.left, left.top, left.right, left.bottom] == edges)
        }
    }
}
