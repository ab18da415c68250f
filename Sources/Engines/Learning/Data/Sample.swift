public import Foundation

/// Where the bytes of a picture stand.
public enum ImageReference: Hashable, Sendable {
    /// A file of its own.
    case file(URL)
    /// A run of bytes inside a file: a member of a shard or of an archive without compression.
    case member(URL, offset: Int, count: Int)
    /// Bytes in memory.
    case bytes([UInt8])

    /// The longest picture file that is read, in bytes.
    public static let longest = 50 << 20

    /// The encoded picture.
    ///
    /// Throws ``DataError/unreadable(_:)`` if the file is not there, is too long, or ends before the member does.
    public func read() throws(DataError) -> [UInt8] {
        switch self {
        case .bytes(let bytes): return bytes
        case .file(let file): return try Self.read(file, offset: 0, count: nil)
        case .member(let file, let offset, let count): return try Self.read(file, offset: offset, count: count)
        }
    }

    private static func read(_ file: URL, offset: Int, count: Int?) throws(DataError) -> [UInt8] {
        guard offset >= 0, (count ?? 0) >= 0, (count ?? 0) <= longest else { throw .unreadable(file.path) }
        do {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            if offset > 0 { try handle.seek(toOffset: UInt64(offset)) }
            let bytes = Array(try handle.read(upToCount: count ?? longest + 1) ?? Data())
            guard bytes.count <= longest, count == nil || bytes.count == count else {
                throw DataError.unreadable(file.path)
            }
            return bytes
        } catch {
            throw .unreadable(file.path)
        }
    }
}

/// A rectangle with a class. Pixel `i` covers the numbers from `i` to `i + 1`; y points down.
public struct LabelledBox: Hashable, Sendable {
    /// The left side, in pixels.
    public var left: Float
    /// The upper side, in pixels.
    public var top: Float
    /// The right side, in pixels.
    public var right: Float
    /// The lower side, in pixels.
    public var bottom: Float
    /// The class; -1 where it is missing.
    public var label: Int
    /// Whether it is neither an example of its class nor of the ground, because too little of it is left.
    public var isIgnored: Bool

    /// A box.
    public init(left: Float, top: Float, right: Float, bottom: Float, label: Int = -1, isIgnored: Bool = false) {
        (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
        (self.label, self.isIgnored) = (label, isIgnored)
    }

    /// Width times height; 0 for a box that is turned inside out.
    public var area: Float { max(0, right - left) * max(0, bottom - top) }
}

/// What a sample is for.
public enum Split: String, Hashable, Sendable, CaseIterable, Comparable {
    /// Weights are fitted to it.
    case train
    /// Choices are made with it.
    case validation
    /// Figures are reported on it.
    case test

    /// The split that a data set calls so; nil for a name that is not known.
    public init?(named name: String) {
        switch name.lowercased() {
        case "train", "training": self = .train
        case "validation", "valid", "val", "dev": self = .validation
        case "test", "testing": self = .test
        default: return nil
        }
    }

    /// Train, validation, test.
    public static func < (left: Split, right: Split) -> Bool { left.rank < right.rank }

    private var rank: Int { self == .train ? 0 : self == .validation ? 1 : 2 }
}

/// One picture with what is known about it.
public struct Sample: Hashable, Sendable {
    /// A name that no other sample of the source has.
    public var id: String
    /// Where its picture is.
    public var image: ImageReference
    /// Classes by label column, as positions in ``Dataset/classNames``; a missing label is absent.
    public var labels: [String: Int]
    /// Boxes in pixels of the upright picture at full size; their classes are in the column ``Dataset/boxColumn``.
    public var boxes: [LabelledBox]
    /// What it shares with pictures that must not be on the other side of a split: session, seller, identity.
    public var group: String?
    /// The name of the source it came from.
    public var source: String
    /// What it is for; nil if nobody has said so yet.
    public var split: Split?
    /// Words that belong to it, such as a query.
    public var text: String?
    /// The share of both sides, in the middle, that is looked at; nil for all. Only for samples without boxes.
    public var middle: Double?

    /// A sample.
    public init(
        id: String, image: ImageReference, labels: [String: Int] = [:], boxes: [LabelledBox] = [],
        group: String? = nil, source: String = "", split: Split? = nil, text: String? = nil
    ) {
        (self.id, self.image, self.labels, self.boxes) = (id, image, labels, boxes)
        (self.group, self.source, self.split, self.text) = (group, source, split, text)
    }
}
