import Basics
import Imaging
import VisualSearch

extension Targets {
    /// What visual search reads: files of boxes, answers that were kept, models of titles, boxes in addresses, codes.
    static let search: [String: Target] = [
        "labels-voc": Target(seeds: { [Array(LabelSet.voc(picture).utf8)] }) { bytes in
            guard let read = try? LabelSet.picture(voc: String(decoding: bytes, as: UTF8.self)) else { return }
            // What was read is written so that it is read again.
            let again = try? LabelSet.picture(voc: LabelSet.voc(read))
            precondition(again?.boxes == read.boxes && again?.size == read.size, "a box changed")
        },
        "labels-coco": Target(seeds: { [LabelSet(pictures: [picture]).coco.encoded()] }) { bytes in
            guard let json = try? JSON(parsing: bytes), let read = try? LabelSet(coco: json) else { return }
            precondition((try? LabelSet(coco: read.coco)) == read, "a box changed")
        },
        "labels-yolo": Target(seeds: { [Array(LabelSet.yolo(picture, categories: ["a", "b"]).utf8)] }) { bytes in
            _ = try? LabelSet.picture(
                yolo: String(decoding: bytes, as: UTF8.self), name: "x", size: picture.size, categories: ["a", "b"])
        },
        "scan-answer": Target(seeds: { [ScanAnswer(id: "s").json.encoded()] }) { bytes in
            guard let json = try? JSON(parsing: bytes), let answer = ScanAnswer(json) else { return }
            precondition(ScanAnswer(answer.json) != nil, "an answer that was read is not read again")
        },
        "scan-box": Target(seeds: { [Array("full".utf8), Array("0.1,0.2,.5,5e-1".utf8)] }) { bytes in
            _ = try? BoxRequest(parsing: String(decoding: bytes, as: UTF8.self), size: picture.size)
        },
        "title-model": Target(seeds: titleModel) { bytes in
            _ = TitleClassifier(encoded: bytes)?.shares(of: "new bag 袋子 42")
        },
        "title-text": Target(seeds: { [Array("Nordwind GT2 跑步鞋 42码".utf8)] }) { bytes in
            _ = TitleText.searchTerms(String(decoding: bytes, as: UTF8.self))
        },
        "bar-code": Target(seeds: { [[95] + [UInt8](repeating: 200, count: 400)] }) { bytes in
            guard let width = bytes.first.map(Int.init), width > 0 else { return }
            _ = Barcode1D.read(Array(bytes.dropFirst()), width: width, height: (bytes.count - 1) / width)
        },
    ]

    private static let picture: LabelSet.Picture = {
        let box = LabelSet.Box(left: 1, top: 2.25, right: 30, bottom: 40, category: "a")
        return LabelSet.Picture(
            name: "x.jpg", size: ImageSize(width: 64, height: 48), boxes: [box].compactMap { $0 })
    }()

    @Sendable private static func titleModel() -> [[UInt8]] {
        var settings = TitleClassifier.Settings()
        (settings.buckets, settings.epochs) = (16, 1)
        let examples = [("red bag", "bags"), ("rice cooker", "appliances")].map {
            TitleClassifier.Example(title: $0.0, category: $0.1)
        }
        return [TitleClassifier(learningFrom: examples, settings: settings).encoded]
    }
}
