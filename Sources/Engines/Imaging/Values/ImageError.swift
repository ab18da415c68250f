/// Why a picture was refused; a closed set, each with a sentence for a person.
public enum ImageError: Error, Sendable, Hashable {
    /// The bytes start like no format this library knows.
    case unrecognised
    /// The format is known but not decoded here.
    case unsupported(ImageFormat)
    /// A feature inside a known format is not decoded here.
    case unsupportedFeature(String)
    /// The file is longer than allowed.
    case tooManyBytes(count: Int, limit: Int)
    /// A side is longer than allowed.
    case sideTooLong(width: Int, height: Int, limit: Int)
    /// The picture has more pixels than allowed.
    case tooManyPixels(width: Int, height: Int, limit: Int)
    /// Decoding would take too long: pixels times passes over them.
    case tooMuchWork(work: Int, limit: Int)
    /// The file claims a picture that so few bytes cannot hold.
    case implausible(width: Int, height: Int, byteCount: Int)
    /// The file ends too early.
    case truncated
    /// The file is broken; the text says where.
    case damaged(String)
    /// A size, stride or rectangle that cannot be.
    case invalidArea(width: Int, height: Int)
    /// Enlarging was asked for.
    case cannotEnlarge(width: Int, height: Int)
    /// The encoder refused; the text is its own.
    case encodingFailed(String)
}

extension ImageError: CustomStringConvertible {
    /// The reason in one sentence.
    public var description: String {
        switch self {
        case .unrecognised: "This is not a picture in a format that is known here."
        case .unsupported(let format): "\(format.name) pictures are not supported."
        case .unsupportedFeature(let what): "The picture uses \(what), which is not supported."
        case .tooManyBytes(let count, let limit): "The picture has \(count) bytes; \(limit) are allowed."
        case .sideTooLong(let width, let height, let limit):
            "The picture is \(width) x \(height) pixels; a side may have \(limit)."
        case .tooManyPixels(let width, let height, let limit):
            "The picture is \(width) x \(height) pixels; \(limit) pixels are allowed in all."
        case .tooMuchWork: "The picture is stored in too many passes to be decoded in time."
        case .implausible(let width, let height, let byteCount):
            "A picture of \(width) x \(height) pixels cannot be held by \(byteCount) bytes."
        case .truncated: "The picture ends too early."
        case .damaged(let what): "The picture is damaged: \(what)."
        case .invalidArea(let width, let height): "\(width) x \(height) is not a possible area of this picture."
        case .cannotEnlarge(let width, let height): "The picture is smaller than \(width) x \(height)."
        case .encodingFailed(let why): "The picture could not be encoded: \(why)."
        }
    }
}
