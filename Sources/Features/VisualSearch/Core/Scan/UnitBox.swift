public import Basics
public import Imaging

/// A rectangle in shares of a picture's width and height: 0 is the left or upper edge, 1 the right or lower one.
public struct UnitBox: Sendable, Hashable {
    /// Where it begins from the left, 0 to 1.
    public let x: Double
    /// Where it begins from above, 0 to 1.
    public let y: Double
    /// Its width, more than 0 and at most `1 - x`.
    public let width: Double
    /// Its height, more than 0 and at most `1 - y`.
    public let height: Double

    /// The whole picture.
    public static let full = UnitBox(left: 0, top: 0, right: 1, bottom: 1)

    /// The middle of the picture, with a share of its width and its height.
    public static func middle(_ share: Double) -> UnitBox {
        let rest = (1 - min(max(share.isFinite ? share : 1, 0.01), 1)) / 2
        return UnitBox(left: rest, top: rest, right: 1 - rest, bottom: 1 - rest)
    }

    private init(left: Double, top: Double, right: Double, bottom: Double) {
        (x, y, width, height) = (left, top, right - left, bottom - top)
    }

    /// The part of a rectangle that lies in the picture; nil when there is none, or a number is no number.
    public init?(x: Double, y: Double, width: Double, height: Double) {
        guard x.isFinite, y.isFinite, width.isFinite, height.isFinite else { return nil }
        let left = max(0, x)
        let top = max(0, y)
        let right = min(1, x + width)
        let bottom = min(1, y + height)
        guard right > left, bottom > top else { return nil }
        self.init(left: left, top: top, right: right, bottom: bottom)
    }

    /// A rectangle of pixels as shares of its picture; nil when they do not meet.
    public init?(_ box: PixelBox, in size: ImageSize) {
        guard size.width > 0, size.height > 0 else { return nil }
        let (width, height) = (Double(size.width), Double(size.height))
        self.init(
            x: Double(box.x) / width, y: Double(box.y) / height, width: Double(box.width) / width,
            height: Double(box.height) / height)
    }

    /// The right edge.
    public var right: Double { x + width }
    /// The lower edge.
    public var bottom: Double { y + height }
    /// Its share of the picture.
    public var area: Double { width * height }

    /// The smallest rectangle of whole pixels around it; at least one pixel of a picture that has one.
    public func pixels(in size: ImageSize) -> PixelBox {
        let (left, width) = Self.span(from: x, to: right, of: size.width)
        let (top, height) = Self.span(from: y, to: bottom, of: size.height)
        return PixelBox(x: left, y: top, width: width, height: height)
    }

    private static func span(from start: Double, to end: Double, of length: Int) -> (first: Int, count: Int) {
        guard length > 0 else { return (0, 0) }
        // A hair inwards, so that an edge on a pixel's border does not take in the next pixel by rounding.
        let first = min(Int((start * Double(length) + 1e-6).rounded(.down)), length - 1)
        let last = min(max(Int((end * Double(length) - 1e-6).rounded(.up)), first + 1), length)
        return (first, last - first)
    }

    /// Shared area over joint area, 0 to 1.
    public func overlap(with other: UnitBox) -> Double {
        let across = min(right, other.right) - max(x, other.x)
        let down = min(bottom, other.bottom) - max(y, other.y)
        guard across > 0, down > 0 else { return 0 }
        let shared = across * down
        return shared / (area + other.area - shared)
    }

    /// `[x, y, width, height]`.
    public var json: JSON { .array([x, y, width, height].map { JSON(rounding: $0, places: 6) }) }

    /// Reads `[x, y, width, height]`.
    public init?(_ json: JSON?) {
        guard let numbers = json?.arrayValue?.map(\.doubleValue), numbers.count == 4,
            let x = numbers[0], let y = numbers[1], let width = numbers[2], let height = numbers[3]
        else { return nil }
        self.init(x: x, y: y, width: width, height: height)
    }
}

extension JSON {
    /// A number with at most so many digits after the point; null for what is no number.
    init(rounding value: Double, places: Int) {
        guard value.isFinite, abs(value) < 1e12 else {
            self = .null
            return
        }
        let scale = (0..<places).reduce(1.0) { product, _ in product * 10 }
        self = .double((value * scale).rounded() / scale)
    }
}

/// Which part of the picture is searched.
public enum BoxRequest: Sendable, Hashable {
    /// The most certain object.
    case automatic
    /// The whole picture; nothing is looked for.
    case full
    /// A rectangle that a person drew.
    case own(UnitBox)

    /// Why a rectangle is not taken.
    public enum Fault: Error, Sendable, Hashable, CustomStringConvertible {
        /// The text is none of the forms.
        case syntax
        /// The rectangle is empty or beside the picture.
        case outside(ImageSize)

        /// A sentence for the one who asked.
        public var description: String {
            switch self {
            case .syntax: "box is `full` or `x,y,width,height` in shares of the picture, such as `0.1,0.2,0.5,0.5`"
            case .outside(let size):
                "the box is empty or lies beside the picture of \(size.width) x \(size.height) pixels"
            }
        }
    }

    /// Reads `full` or `x,y,width,height`; nothing, or an empty text, asks for the most certain object.
    ///
    /// - Parameter size: The picture's size, for the sentence of a refusal.
    public init(parsing text: String?, size: ImageSize) throws(Fault) {
        switch text {
        case nil, "": self = .automatic
        case "full": self = .full
        case .some(let text):
            let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            let numbers = parts.compactMap(Self.number)
            guard text.utf8.count <= 200, parts.count == 4, numbers.count == 4 else { throw .syntax }
            guard let box = UnitBox(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3]) else {
                throw .outside(size)
            }
            self = .own(box)
        }
    }

    /// Decimal numbers only: Swift's reader would take hexadecimal ones and words too.
    private static func number(_ text: Substring) -> Double? {
        let isPlain = text.utf8.allSatisfy { (48...57).contains($0) || [43, 45, 46, 69, 101].contains($0) }
        return isPlain ? Double(text) : nil
    }
}
