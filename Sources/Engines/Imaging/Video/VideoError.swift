/// Why a clip was refused or came to an end; a closed set, each with a sentence for a person.
public enum VideoError: Error, Sendable, Hashable {
    /// The bytes start like no video that is known here.
    case unrecognised
    /// The stream's header cannot be; the text says what of it.
    case damagedHeader(String)
    /// Something that the format allows is not read here.
    case unsupported(String)
    /// The frame of this number, from 0, is not all there, or what stands before it is no frame header.
    case damagedFrame(Int)
    /// A frame has more pixels, or a longer side, than allowed.
    case frameTooLarge(width: Int, height: Int)
    /// There are more frames than allowed.
    case tooManyFrames(limit: Int)
    /// There is no frame of this number, or none at all.
    case noFrame(Int)
    /// A file cannot be opened, read or written; the text is the system's.
    case file(String)
    /// The program `ffmpeg` is not installed; the text names the container that needs it.
    case decoderMissing(String)
    /// The decoding or encoding program gave up; the text is its own.
    case programFailed(String)
    /// The program took longer, or was silent for longer, than allowed, in seconds.
    case timedOut(Int)
}

extension VideoError: CustomStringConvertible {
    /// The reason in one sentence.
    public var description: String {
        switch self {
        case .unrecognised: "This is not a video in a format that is known here."
        case .damagedHeader(let what): "The header of the video is damaged: \(what)."
        case .unsupported(let what): "The video has \(what), which is not supported."
        case .damagedFrame(let index): "Frame \(index) of the video is damaged or ends too early."
        case .frameTooLarge(let width, let height):
            "The frames of the video are \(width) x \(height) pixels, which is more than is allowed."
        case .tooManyFrames(let limit): "The video has more than \(limit) frames."
        case .noFrame(let index): "The video has no frame \(index)."
        case .file(let why): "The video cannot be read or written: \(why)."
        case .decoderMissing(let name):
            "\(name) needs the program ffmpeg. Install it (apt-get install ffmpeg), or convert the video to Y4M where "
                + "it is: ffmpeg -i CLIP -pix_fmt yuv420p clip.y4m"
        case .programFailed(let why): "ffmpeg gave up: \(why)"
        case .timedOut(let seconds): "ffmpeg was stopped after \(seconds) seconds without an end."
        }
    }
}

/// What a clip may cost; checked on the header, before anything is allocated.
public struct VideoLimits: Sendable, Hashable {
    /// Most pixels of a frame.
    public var maximumPixels: Int
    /// Longest side of a frame, in pixels.
    public var maximumSide: Int
    /// Most frames of a clip.
    public var maximumFrames: Int
    /// Longest header line of the stream or of a frame, in bytes, 16...65536.
    public var maximumLine: Int
    /// Seconds that the decoding program may run in all.
    public var decoderSeconds: Int
    /// Seconds that it may be silent.
    public var decoderSilence: Int
    /// Memory that it may take, in MiB.
    public var decoderMebibytes: Int

    /// Limits of the given sizes; the defaults suit clips from phones and cameras, up to 8K.
    public init(
        maximumPixels: Int = 36_000_000, maximumSide: Int = 16_384, maximumFrames: Int = 100_000,
        maximumLine: Int = 1024, decoderSeconds: Int = 1800, decoderSilence: Int = 60, decoderMebibytes: Int = 4096
    ) {
        self.maximumPixels = maximumPixels
        self.maximumSide = maximumSide
        self.maximumFrames = maximumFrames
        self.maximumLine = min(max(maximumLine, 16), 65_536)
        self.decoderSeconds = decoderSeconds
        self.decoderSilence = decoderSilence
        self.decoderMebibytes = decoderMebibytes
    }
}
