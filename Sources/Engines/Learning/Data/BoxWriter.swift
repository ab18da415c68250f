internal import Basics

/// Writes boxes as the usual tools read them; what it writes, ``BoxReader`` reads.
public struct BoxWriter: Sendable {
    /// A picture with the size that its boxes are measured in.
    public struct Picture: Hashable, Sendable {
        /// The path of the picture, from the root.
        public let path: String
        /// Width in pixels.
        public let width: Int
        /// Height in pixels.
        public let height: Int
        /// The boxes.
        public let boxes: [LabelledBox]

        /// A picture.
        public init(path: String, width: Int, height: Int, boxes: [LabelledBox]) {
            (self.path, self.width, self.height, self.boxes) = (path, width, height, boxes)
        }
    }

    private let names: [String]

    /// A writer for classes of the given names; boxes of other classes are left out.
    public init(classNames: [String]) { names = classNames }

    /// A labelme file for one picture.
    public func labelme(_ picture: Picture) -> [UInt8] {
        let shapes = named(picture).map { name, box -> JSON in
            let corners: JSON = [
                [Self.number(box.left), Self.number(box.top)], [Self.number(box.right), Self.number(box.bottom)],
            ]
            return [
                "label": .string(name), "points": corners, "shape_type": "rectangle", "group_id": nil, "flags": [:],
            ]
        }
        return Self.text([
            "version": "5.0.0", "flags": [:], "imagePath": .string(picture.path), "imageData": nil,
            "imageWidth": .int(Int64(picture.width)), "imageHeight": .int(Int64(picture.height)),
            "shapes": .array(shapes),
        ])
    }

    /// A VOC file for one picture. Its pixels count from 1, and are whole.
    public func voc(_ picture: Picture) -> [UInt8] {
        let objects = named(picture).map { name, box in
            let left = Self.whole(box.left) + 1
            let top = Self.whole(box.top) + 1
            let sides = [
                ("xmin", left), ("ymin", top), ("xmax", max(left, Self.whole(box.right))),
                ("ymax", max(top, Self.whole(box.bottom))),
            ]
            let place = sides.map { "<\($0.0)>\($0.1)</\($0.0)>" }.joined()
            return
                "  <object><name>\(Self.escaped(name))</name><difficult>0</difficult><bndbox>\(place)</bndbox></object>\n"
        }
        let size = "<width>\(picture.width)</width><height>\(picture.height)</height><depth>3</depth>"
        let text =
            "<annotation>\n  <filename>\(Self.escaped(picture.path))</filename>\n  <size>\(size)</size>\n"
            + objects.joined() + "</annotation>\n"
        return Array(text.utf8)
    }

    /// One COCO file for all pictures; ids count from 1.
    public func coco(_ pictures: [Picture]) -> [UInt8] {
        var annotations: [JSON] = []
        let images = pictures.enumerated().map { number, picture -> JSON in
            for box in picture.boxes where names.indices.contains(box.label) {
                let sides = [box.left, box.top, box.right - box.left, box.bottom - box.top].map(Self.number)
                annotations.append([
                    "id": .int(Int64(annotations.count + 1)), "image_id": .int(Int64(number + 1)),
                    "category_id": .int(Int64(box.label + 1)), "bbox": .array(sides),
                    "area": Self.number(box.area), "iscrowd": box.isIgnored ? 1 : 0,
                ])
            }
            return [
                "id": .int(Int64(number + 1)), "file_name": .string(picture.path),
                "width": .int(Int64(picture.width)), "height": .int(Int64(picture.height)),
            ]
        }
        let categories = names.enumerated().map { number, name -> JSON in
            ["id": .int(Int64(number + 1)), "name": .string(name)]
        }
        return Self.text([
            "images": .array(images), "annotations": .array(annotations), "categories": .array(categories),
        ])
    }

    private func named(_ picture: Picture) -> [(String, LabelledBox)] {
        picture.boxes.compactMap { box in names.indices.contains(box.label) ? (names[box.label], box) : nil }
    }

    /// What is no finite number cannot be written; it becomes 0 and the box one without area.
    private static func number(_ value: Float) -> JSON { .double(value.isFinite ? Double(value) : 0) }

    private static func whole(_ value: Float) -> Int {
        value.isFinite ? Int(min(max(value.rounded(), -1e6), 1e6)) : 0
    }

    private static func text(_ json: JSON) -> [UInt8] {
        var writer = JSONWriter()
        writer.value(json)
        return writer.bytes + [10]
    }

    private static func escaped(_ text: String) -> String {
        text.map { character in
            switch character {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            default: String(character)
            }
        }.joined()
    }
}
