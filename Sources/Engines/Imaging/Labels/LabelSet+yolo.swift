extension LabelSet {
    /// A picture's boxes as YOLO writes them: category number, middle and size in shares of the picture, a line a box.
    ///
    /// - Parameter categories: The lines of the file of names; boxes of others are left out.
    public static func yolo(_ picture: Picture, categories: [String]) -> String {
        let (width, height) = (Double(picture.size.width), Double(picture.size.height))
        return picture.boxes.compactMap { box in
            categories.firstIndex(of: box.category).map { number in
                let values = [
                    (box.left + box.right) / 2 / width, (box.top + box.bottom) / 2 / height,
                    (box.right - box.left) / width, (box.bottom - box.top) / height,
                ]
                return ([String(number)] + values.map { String($0) }).joined(separator: " ") + "\n"
            }
        }.joined()
    }

    /// Reads a picture's boxes. YOLO stores no size, so it has to be known.
    public static func picture(
        yolo text: String, name: String, size: ImageSize, categories: [String]
    ) throws(Fault) -> Picture {
        var picture = Picture(name: name, size: size)
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (number, line) in lines.enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.isEmpty { continue }
            let values = words.dropFirst().compactMap { Double($0) }
            guard words.count == 5, values.count == 4, let category = Int(words[0]) else {
                throw Fault("\(name), line \(number + 1): a category number and four numbers are expected")
            }
            guard categories.indices.contains(category) else {
                throw Fault("\(name), line \(number + 1): there is no category \(category)")
            }
            let (width, height) = (Double(size.width), Double(size.height))
            let box = Box(
                left: (values[0] - values[2] / 2) * width, top: (values[1] - values[3] / 2) * height,
                right: (values[0] + values[2] / 2) * width, bottom: (values[1] + values[3] / 2) * height,
                category: categories[category])
            guard let box else { throw Fault("\(name), line \(number + 1): the box has no area") }
            picture.boxes.append(box)
        }
        return picture
    }
}
