public import Basics

extension LabelSet {
    /// As COCO writes object detection: pictures, boxes as `[x, y, width, height]`, categories from 1.
    public var coco: JSON {
        let categories = categories
        let numbers = Dictionary(uniqueKeysWithValues: categories.enumerated().map { ($1, Int64($0 + 1)) })
        var annotations: [JSON] = []
        for (picture, labelled) in pictures.enumerated() {
            for (box, crowd) in labelled.boxes.map({ ($0, 0) }) + labelled.masked.map({ ($0, 1) }) {
                let (width, height) = (box.right - box.left, box.bottom - box.top)
                annotations.append([
                    "id": .int(Int64(annotations.count + 1)), "image_id": .int(Int64(picture + 1)),
                    "category_id": .int(numbers[box.category] ?? 0),
                    "bbox": .array([box.left, box.top, width, height].map { JSON.double($0) }),
                    "area": .double(width * height), "iscrowd": .int(Int64(crowd)), "segmentation": [],
                ])
            }
        }
        return [
            "images": .array(
                pictures.enumerated().map { number, picture in
                    [
                        "id": .int(Int64(number + 1)), "file_name": .string(picture.name),
                        "width": .int(Int64(picture.size.width)), "height": .int(Int64(picture.size.height)),
                    ]
                }),
            "annotations": .array(annotations),
            "categories": .array(categories.map { ["id": .int(numbers[$0] ?? 0), "name": .string($0)] }),
        ]
    }

    /// Reads COCO. Crowds are masked: they are no single object.
    public init(coco: JSON) throws(Fault) {
        var pictures: [Picture] = []
        for reading in try Self.readings(coco: coco) { pictures.append(try reading.whole()) }
        self.init(pictures: pictures)
    }

    /// Reads what makes sense of each picture's boxes from COCO; throws when it is no such file.
    public static func readings(coco: JSON) throws(Fault) -> [Reading] {
        guard let images = coco["images"]?.arrayValue, let annotations = coco["annotations"]?.arrayValue,
            let categories = coco["categories"]?.arrayValue
        else { throw Fault("COCO needs `images`, `annotations` and `categories`") }
        let names = try names(categories)
        var (readings, places) = try pictures(images)
        for (number, annotation) in annotations.enumerated() {
            let isCrowd = annotation["iscrowd"]?.intValue == 1
            guard let place = annotation["image_id"]?.intValue.flatMap({ places[$0] }) else {
                if isCrowd { continue }
                throw Fault("annotation \(number) names an image that is not there")
            }
            let edges = (annotation["bbox"]?.arrayValue ?? []).compactMap(\.doubleValue)
            guard let category = annotation["category_id"]?.intValue.flatMap({ names[$0] }), edges.count == 4,
                let box = Box(
                    left: edges[0], top: edges[1], right: edges[0] + edges[2], bottom: edges[1] + edges[3],
                    category: category)
            else {
                if isCrowd { continue }
                readings[place].faults.append(
                    Fault("annotation \(number) has no box with an area, or a category that is not there"))
                continue
            }
            if isCrowd {
                readings[place].picture.masked.append(box)
            } else {
                readings[place].picture.boxes.append(box)
            }
        }
        return readings
    }

    private static func names(_ categories: [JSON]) throws(Fault) -> [Int64: String] {
        var names: [Int64: String] = [:]
        for (number, category) in categories.enumerated() {
            guard let id = category["id"]?.intValue, let name = category["name"]?.stringValue else {
                throw Fault("category \(number) has no `id` or no `name`")
            }
            names[id] = name
        }
        return names
    }

    private static func pictures(_ images: [JSON]) throws(Fault) -> (readings: [Reading], places: [Int64: Int]) {
        var readings: [Reading] = []
        var places: [Int64: Int] = [:]
        for (number, image) in images.enumerated() {
            guard let id = image["id"]?.intValue, let name = image["file_name"]?.stringValue,
                places.updateValue(readings.count, forKey: id) == nil
            else { throw Fault("image \(number) has no `id` of its own, or no `file_name`") }
            let size = size(image["width"]?.doubleValue, image["height"]?.doubleValue)
            readings.append(Reading(name: name, size: size, "image \(number) has no `width` or `height`"))
        }
        return (readings, places)
    }
}
