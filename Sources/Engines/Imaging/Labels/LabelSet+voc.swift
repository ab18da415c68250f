internal import Basics

extension LabelSet {
    /// A picture's boxes as Pascal VOC writes them: pixels count from 1, and the last one belongs to the box, so that the
    /// left and upper edges are one more than here.
    public static func voc(_ picture: Picture) -> String {
        let objects = picture.boxes.map { box in
            """
            \t<object>
            \t\t<name>\(SmallXML.escaped(box.category))</name>
            \t\t<pose>Unspecified</pose>
            \t\t<truncated>0</truncated>
            \t\t<difficult>0</difficult>
            \t\t<bndbox>
            \t\t\t<xmin>\(text(box.left + 1))</xmin>
            \t\t\t<ymin>\(text(box.top + 1))</ymin>
            \t\t\t<xmax>\(text(box.right))</xmax>
            \t\t\t<ymax>\(text(box.bottom))</ymax>
            \t\t</bndbox>
            \t</object>

            """
        }
        return """
            <annotation>
            \t<filename>\(SmallXML.escaped(picture.name))</filename>
            \t<size>
            \t\t<width>\(picture.size.width)</width>
            \t\t<height>\(picture.size.height)</height>
            \t\t<depth>3</depth>
            \t</size>
            \t<segmented>0</segmented>
            \(objects.joined())</annotation>

            """
    }

    /// Reads a picture's boxes from Pascal VOC.
    public static func picture(voc text: String) throws(Fault) -> Picture { try reading(voc: text).whole() }

    /// Reads what makes sense of a picture's boxes from Pascal VOC; throws when it is no such file.
    public static func reading(voc text: String) throws(Fault) -> Reading {
        let root: SmallXML.Element
        do {
            root = try SmallXML.parse(text)
        } catch {
            throw Fault(error.description)
        }
        guard root.name == "annotation", let name = root.child("filename")?.text, !name.isEmpty else {
            throw Fault("an `annotation` with a `filename` is expected")
        }
        func number(_ element: SmallXML.Element?, _ child: String) -> Double? {
            element?.child(child).flatMap { Double($0.text) }
        }
        let stated = root.child("size")
        let size = Self.size(number(stated, "width"), number(stated, "height"))
        var reading = Reading(name: name, size: size, "\(name) has no `size` with `width` and `height`")
        for (place, object) in root.children.filter({ $0.name == "object" }).enumerated() {
            let bounds = object.child("bndbox")
            guard let category = object.child("name")?.text, let left = number(bounds, "xmin"),
                let top = number(bounds, "ymin"), let right = number(bounds, "xmax"),
                let bottom = number(bounds, "ymax"),
                let box = Box(left: left - 1, top: top - 1, right: right, bottom: bottom, category: category)
            else {
                let why = "a `name` and a `bndbox` with an area are expected"
                reading.faults.append(Fault("\(name), object \(place + 1): \(why)"))
                continue
            }
            reading.picture.boxes.append(box)
        }
        return reading
    }
}
