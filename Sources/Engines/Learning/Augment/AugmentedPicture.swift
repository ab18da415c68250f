public import Imaging

/// A picture on its way through augmentations, with its boxes.
///
/// Warps are only noted at first and then done as one: the picture is read once, however many of them there are.
public struct AugmentedPicture: Sendable {
    /// The pixels: RGB in rows without gaps.
    public private(set) var image: Image
    /// The boxes, in pixels of ``image``.
    public private(set) var boxes: [LabelledBox]
    /// The size that the picture gets in the end.
    public let target: ImageSize
    /// How a picture gets there that no augmentation crops.
    public let fit: TensorFit
    /// The byte beside a picture that ``fit`` puts into the upper left corner; nil for the middle and white.
    var cornerPad: UInt8?
    /// From places of the target to places of ``image``; nil while no warp was asked for.
    private var warp: PlaneMap?
    /// From places of ``image`` to those of the picture that was loaded, as shares of its sides; nil if it is made of several.
    private var origin: PlaneMap?

    /// The least share of a box that must be left of it; with less it is ignored (neither item nor ground).
    static let leastShare: Float = 0.3

    /// A picture that is to get a size.
    public init(image: Image, boxes: [LabelledBox], target: ImageSize, fit: TensorFit) {
        self.image = image.converted(to: .rgb8)
        (self.boxes, self.target, self.fit) = (boxes, target, fit)
        origin = PlaneMap.translation(x: 0.5, y: 0.5)
            .then(.scale(x: 1 / Double(image.width), y: 1 / Double(image.height)))
    }

    /// Where a pixel of ``image`` stood in the picture that was loaded, as shares of its width and height; nil if it
    /// comes from elsewhere.
    public func origin(x: Int, y: Int) -> (x: Double, y: Double)? { origin?(x: Double(x), y: Double(y)) }

    /// Whether a warp was asked for that is not done yet.
    public var isWarped: Bool { warp != nil }

    /// Adds a warp. `make` gets the size of the frame that it looks at, and returns a map from the target into it.
    public mutating func warp(_ make: (_ frame: ImageSize) -> PlaneMap) {
        if let warp {
            self.warp = make(target).then(warp)
        } else {
            warp = make(ImageSize(width: image.width, height: image.height))
        }
    }

    /// Puts other pixels in the place of the present ones; what they show stands where it stood.
    public mutating func repaint(_ image: Image) {
        guard image.width == self.image.width, image.height == self.image.height else { return }
        self.image = image.converted(to: .rgb8)
    }

    /// Puts another picture in the place of the present one, with its own boxes.
    public mutating func replace(_ image: Image, boxes: [LabelledBox]) {
        self.image = image.converted(to: .rgb8)
        (self.boxes, warp, origin) = (boxes, nil, nil)
    }

    /// Does all warps that were asked for, and brings the picture to its target size.
    public mutating func settle() throws {
        if let warp {
            try settle(warp)
        } else if image.width != target.width || image.height != target.height {
            try fitToTarget()
        }
        self.warp = nil
    }

    /// Lends the settled pixels for changing: packed RGB, rows of `target.width`.
    public mutating func withPixels<Result>(_ body: (inout MutableSpan<UInt8>) throws -> Result) throws -> Result {
        try settle()
        return try image.withMutablePixels(body)
    }

    /// Adds a box that an augmentation made.
    public mutating func add(_ box: LabelledBox) { boxes.append(box) }

    // MARK: Warping

    private mutating func settle(_ map: PlaneMap) throws {
        let reduction = Self.reduction(of: map, over: target)
        var (source, toSource) = (image, map)
        if reduction > 1.5 {
            let width = max(1, Int((Double(image.width) / reduction).rounded()))
            let height = max(1, Int((Double(image.height) / reduction).rounded()))
            source = try image.resized(width: width, height: height)
            toSource = map.then(
                Self.stretch(
                    from: ImageSize(width: image.width, height: image.height),
                    to: ImageSize(width: width, height: height)))
        }
        let places = try PlaceMap(width: target.width, height: target.height, toSource)
        image = source.warped(by: places, border: .reflect).image
        boxes = Self.mapped(boxes, by: map.inverse, into: target)
        origin = origin.map(map.then)
    }

    /// How many pixels of the old picture a pixel of the new one stands for, along a side.
    private static func reduction(of map: PlaneMap, over target: ImageSize) -> Double {
        let middle = (x: Double(target.width) / 2, y: Double(target.height) / 2)
        guard let here = map(x: middle.x, y: middle.y), let right = map(x: middle.x + 1, y: middle.y),
            let below = map(x: middle.x, y: middle.y + 1)
        else { return 1 }
        let across = ((right.x - here.x) * (right.x - here.x) + (right.y - here.y) * (right.y - here.y)).squareRoot()
        let down = ((below.x - here.x) * (below.x - here.x) + (below.y - here.y) * (below.y - here.y)).squareRoot()
        let reduction = min(across, down)
        return reduction.isFinite ? min(reduction, 64) : 1
    }

    /// From places in a picture to the places of the same points in it at another size.
    static func stretch(from old: ImageSize, to new: ImageSize) -> PlaneMap {
        PlaneMap.translation(x: 0.5, y: 0.5)
            .then(.scale(x: Double(new.width) / Double(old.width), y: Double(new.height) / Double(old.height)))
            .then(.translation(x: -0.5, y: -0.5))
    }

    /// Boxes where a map takes them, cut to a frame; those of which little is left are marked, lost ones left out.
    static func mapped(_ boxes: [LabelledBox], by map: PlaneMap?, into frame: ImageSize) -> [LabelledBox] {
        guard let map else { return [] }
        return boxes.compactMap { box in
            let corners = [(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)]
            let places = corners.compactMap { map(x: Double($0.0) - 0.5, y: Double($0.1) - 0.5) }
            guard places.count == 4 else { return nil }
            let columns = places.map { Float($0.x + 0.5) }
            let rows = places.map { Float($0.y + 0.5) }
            var moved = box
            moved.left = columns.min() ?? 0
            moved.right = columns.max() ?? 0
            moved.top = rows.min() ?? 0
            moved.bottom = rows.max() ?? 0
            return clipped(moved, into: frame)
        }
    }

    /// A box cut to a frame; nil if nothing of it is inside.
    static func clipped(_ box: LabelledBox, into frame: ImageSize) -> LabelledBox? {
        var inside = box
        inside.left = max(0, box.left)
        inside.top = max(0, box.top)
        inside.right = min(Float(frame.width), box.right)
        inside.bottom = min(Float(frame.height), box.bottom)
        guard inside.right > inside.left, inside.bottom > inside.top, box.area.isFinite else { return nil }
        if inside.area < leastShare * box.area { inside.isIgnored = true }
        return inside
    }

    // MARK: Fitting

    private mutating func fitToTarget() throws {
        let old = ImageSize(width: image.width, height: image.height)
        switch fit {
        case .stretch:
            image = try image.resized(width: target.width, height: target.height, by: .area)
            move(by: Self.stretch(from: old, to: target))
        case .centreCrop:
            let scale = max(Double(target.width) / Double(old.width), Double(target.height) / Double(old.height))
            try scaleAndPlace(old, scale: scale)
        case .squarePad:
            let scale = min(Double(target.width) / Double(old.width), Double(target.height) / Double(old.height))
            try scaleAndPlace(old, scale: scale)
        }
    }

    /// The picture at a scale with its middle in the middle of the target and white beside it, or in the corner.
    private mutating func scaleAndPlace(_ old: ImageSize, scale: Double) throws {
        let width = max(1, Int((Double(old.width) * scale).rounded()))
        let height = max(1, Int((Double(old.height) * scale).rounded()))
        let scaled = try image.resized(width: width, height: height, by: .area)
        let inner = PixelBox(
            x: max(0, (width - target.width) / 2), y: max(0, (height - target.height) / 2),
            width: min(width, target.width), height: min(height, target.height))
        let left = cornerPad == nil ? (target.width - inner.width) / 2 : 0
        let top = cornerPad == nil ? (target.height - inner.height) / 2 : 0
        let beside = cornerPad.map { Pixel(red: $0, green: $0, blue: $0) } ?? .white
        image = try scaled.cropped(to: inner).padded(
            left: left, top: top, right: target.width - inner.width - left,
            bottom: target.height - inner.height - top, border: .constant(beside))
        let map = Self.stretch(from: old, to: ImageSize(width: width, height: height))
            .then(.translation(x: Double(left - inner.x), y: Double(top - inner.y)))
        move(by: map)
    }

    private mutating func move(by map: PlaneMap) {
        boxes = Self.mapped(boxes, by: map, into: target)
        origin = map.inverse.flatMap { back in origin.map(back.then) }
    }
}
