public import Basics
internal import Imaging

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
        guard let images = coco["images"]?.arrayValue, let annotations = coco["annotations"]?.arrayValue,
            let categories = coco["categories"]?.arrayValue
        else { throw Fault("COCO needs `images`, `annotations` and `categories`") }
        var names: [Int64: String] = [:]
        for (number, category) in categories.enumerated() {
            guard let id = category["id"]?.intValue, let name = category["name"]?.stringValue else {
                throw Fault("category \(number) has no `id` or no `name`")
            }
            names[id] = name
        }
        var places: [Int64: Int] = [:]
        var pictures: [Picture] = []
        for (number, image) in images.enumerated() {
            guard let id = image["id"]?.intValue, let name = image["file_name"]?.stringValue,
                let size = Self.size(image["width"]?.doubleValue, image["height"]?.doubleValue)
            else { throw Fault("image \(number) has no `id`, `file_name`, `width` or `height`") }
            places[id] = pictures.count
            pictures.append(Picture(name: name, size: size))
        }
        for (number, annotation) in annotations.enumerated() {
            let isCrowd = annotation["iscrowd"]?.intValue == 1
            guard let place = annotation["image_id"]?.intValue.flatMap({ places[$0] }),
                let category = annotation["category_id"]?.intValue.flatMap({ names[$0] })
            else {
                if isCrowd { continue }
                throw Fault("annotation \(number) names an image or a category that is not there")
            }
            let edges = (annotation["bbox"]?.arrayValue ?? []).compactMap(\.doubleValue)
            guard edges.count == 4,
                let box = Box(
                    left: edges[0], top: edges[1], right: edges[0] + edges[2], bottom: edges[1] + edges[3],
                    category: category)
            else {
                if isCrowd { continue }
                throw Fault("annotation \(number) has no box with an area")
            }
            if isCrowd { pictures[place].masked.append(box) } else { pictures[place].boxes.append(box) }
        }
        self.init(pictures: pictures)
    }
}
