public import Basics

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
        var picture = try reading(labelme: json).whole()
        // The path is that of the machine where the boxes were drawn.
        guard let name = picture.name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last else {
            throw Fault("labelme's `imagePath` names no file")
        }
        picture.name = String(name)
        return picture
    }

    /// Reads what makes sense of a picture's boxes from labelme, under the whole path that stands there; throws when it is
    /// no such file.
    public static func reading(labelme json: JSON) throws(Fault) -> Reading {
        guard let name = json["imagePath"]?.stringValue, let shapes = json["shapes"]?.arrayValue else {
            throw Fault("labelme needs `imagePath` and `shapes`")
        }
        let size = size(json["imageWidth"]?.doubleValue, json["imageHeight"]?.doubleValue)
        var reading = Reading(name: name, size: size, "labelme needs `imageWidth` and `imageHeight`")
        for (place, shape) in shapes.enumerated() {
            let points = (shape["points"]?.arrayValue ?? []).map { ($0.arrayValue ?? []).compactMap(\.doubleValue) }
            let (across, down) = (points.compactMap(\.first), points.compactMap { $0.count == 2 ? $0.last : nil })
            guard points.count > 1, down.count == points.count, let label = shape["label"]?.stringValue,
                let left = across.min(), let right = across.max(), let top = down.min(), let bottom = down.max(),
                let box = Box(left: left, top: top, right: right, bottom: bottom, category: label)
            else {
                let why = "a `label` and `points` around an area are expected"
                reading.faults.append(Fault("\(name), shape \(place + 1): \(why)"))
                continue
            }
            reading.picture.boxes.append(box)
        }
        return reading
    }
}
