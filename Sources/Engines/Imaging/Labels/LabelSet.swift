/// Pictures with the boxes that were drawn on them.
public struct LabelSet: Sendable, Hashable {
    /// A rectangle by its edges, in pixels from the left and from above, as fine as 1/64 pixel.
    ///
    /// On that grid sums and differences of edges are exact, so that formats which store edges, sizes or middles all
    /// give the same box again.
    public struct Box: Sendable, Hashable {
        /// The left edge.
        public let left: Double
        /// The upper edge.
        public let top: Double
        /// The right edge.
        public let right: Double
        /// The lower edge.
        public let bottom: Double
        /// What it shows.
        public let category: String

        /// A box; nil when it is empty, or an edge is no number or beyond the largest picture.
        public init?(left: Double, top: Double, right: Double, bottom: Double, category: String) {
            let edges = [left, top, right, bottom]
            guard edges.allSatisfy({ $0.isFinite && abs($0) <= 1_048_576 }) else { return nil }
            let snapped = edges.map { ($0 * 64).rounded() / 64 }
            guard snapped[2] > snapped[0], snapped[3] > snapped[1] else { return nil }
            (self.left, self.top, self.right, self.bottom) = (snapped[0], snapped[1], snapped[2], snapped[3])
            self.category = category
        }
    }

    /// One picture.
    public struct Picture: Sendable, Hashable {
        /// Its file's name.
        public var name: String
        /// Its size in pixels.
        public var size: ImageSize
        /// Its boxes.
        public var boxes: [Box]
        /// Boxes that are neither thing nor ground: trainers leave them out of the loss. Only COCO can say so.
        public var masked: [Box]

        /// A picture with boxes.
        public init(name: String, size: ImageSize, boxes: [Box] = [], masked: [Box] = []) {
            self.name = name
            self.size = size
            self.boxes = boxes
            self.masked = masked
        }
    }

    /// Why a file of labels is not taken, with where that shows.
    public struct Fault: Error, Sendable, Hashable, CustomStringConvertible {
        /// A sentence for the one who imports.
        public let description: String

        init(_ description: String) { self.description = description }
    }

    /// The pictures.
    public var pictures: [Picture]

    /// Labels of pictures.
    public init(pictures: [Picture] = []) { self.pictures = pictures }

    /// All categories, sorted.
    public var categories: [String] { Set(pictures.flatMap { ($0.boxes + $0.masked).map(\.category) }).sorted() }

    static func size(_ width: Double?, _ height: Double?) -> ImageSize? {
        guard let width, let height, (1...65_536).contains(width), (1...65_536).contains(height) else { return nil }
        return ImageSize(width: Int(width), height: Int(height))
    }

    /// The shortest text of a number, without the fraction of whole ones.
    static func text(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e12 ? String(Int(number)) : String(number)
    }
}
