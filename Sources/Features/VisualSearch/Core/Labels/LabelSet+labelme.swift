public import Basics
internal import Imaging

extension LabelSet {
    /// A picture's boxes as labelme writes them: a rectangle by two corners, in pixels.
    public static func labelme(_ picture: Picture) -> JSON {
        [
            "version": "5.0.0", "flags": .object([:]),
            "shapes": .array(
                picture.boxes.map { box in
                    [
                        "label": .string(box.category), "shape_type": "rectangle", "group_id": .null,
                        "flags": .object([:]),
                        "points": [[.double(box.left), .double(box.top)], [.double(box.right), .double(box.bottom)]],
                    ]
                }),
            "imagePath": .string(picture.name), "imageData": .null,
            "imageHeight": .int(Int64(picture.size.height)), "imageWidth": .int(Int64(picture.size.width)),
        ]
    }

    /// Reads a picture's boxes from labelme; of polygons and other shapes the rectangle around them.
    public static func picture(labelme json: JSON) throws(Fault) -> Picture {
        guard let path = json["imagePath"]?.stringValue, let shapes = json["shapes"]?.arrayValue,
            let name = path.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last,
            let size = size(json["imageWidth"]?.doubleValue, json["imageHeight"]?.doubleValue)
        else { throw Fault("labelme needs `imagePath`, `imageWidth`, `imageHeight` and `shapes`") }
        var picture = Picture(name: String(name), size: size)
        for (place, shape) in shapes.enumerated() {
            let points = (shape["points"]?.arrayValue ?? []).map { ($0.arrayValue ?? []).compactMap(\.doubleValue) }
            let (across, down) = (points.compactMap(\.first), points.compactMap { $0.count == 2 ? $0.last : nil })
            guard points.count > 1, down.count == points.count, let label = shape["label"]?.stringValue,
                let left = across.min(), let right = across.max(), let top = down.min(), let bottom = down.max(),
                let box = Box(left: left, top: top, right: right, bottom: bottom, category: label)
            else { throw Fault("\(name), shape \(place + 1): a `label` and `points` around an area are expected") }
            picture.boxes.append(box)
        }
        return picture
    }
}
