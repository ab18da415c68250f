// The grammar is that of yuv4mpeg(5), the manual of the MJPEG tools: a line "YUV4MPEG2" of fields, each a letter with a value,
// and for each frame a line "FRAME" with fields and the planes. XCOLORRANGE is what FFmpeg and x264 add to it.

extension VideoFormat {
    static let magic = Array("YUV4MPEG2".utf8)
    static let frameMagic = Array("FRAME".utf8)

    /// The format that a stream's header line, without its line feed, tells of.
    ///
    /// - Throws: `unrecognised`, `damagedHeader`, `unsupported` and `frameTooLarge`.
    init(header line: ArraySlice<UInt8>, limits: VideoLimits) throws(VideoError) {
        let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: true)
        guard let first = parts.first, first.elementsEqual(Self.magic) else { throw .unrecognised }
        var (width, height): (Int?, Int?) = (nil, nil)
        var (sampling, rate, aspect) = (VideoSampling.half, Rate(frames: 0, seconds: 0), Aspect(width: 0, height: 0))
        var isFullRange = false
        for part in parts.dropFirst() {
            let value = part.dropFirst()
            switch part.first {
            case UInt8(ascii: "W"): width = try Self.number(value, "width")
            case UInt8(ascii: "H"): height = try Self.number(value, "height")
            case UInt8(ascii: "F"):
                let pair = try Self.pair(value, "frame rate")
                rate = Rate(frames: pair.0, seconds: pair.1)
            case UInt8(ascii: "A"):
                let pair = try Self.pair(value, "shape of pixels")
                aspect = Aspect(width: pair.0, height: pair.1)
            case UInt8(ascii: "I"):
                guard value.elementsEqual([UInt8(ascii: "p")]) || value.elementsEqual([UInt8(ascii: "?")]) else {
                    throw .unsupported("interlaced frames")
                }
            case UInt8(ascii: "C"):
                guard let known = VideoSampling(header: String(decoding: value, as: UTF8.self)) else {
                    throw .unsupported("samples of the kind C\(Self.readable(value))")
                }
                sampling = known
            case UInt8(ascii: "X"):
                if value.elementsEqual(Array("COLORRANGE=FULL".utf8)) { isFullRange = true }
            default: break
            }
        }
        guard let width, let height else { throw .damagedHeader("it tells no size") }
        guard width > 0, height > 0 else { throw .damagedHeader("frames have no pixels") }
        try self.init(
            width: width, height: height, sampling: sampling, rate: rate, isFullRange: isFullRange, aspect: aspect,
            limits: limits)
    }

    /// The header line of a stream of this format, with its line feed.
    var header: [UInt8] {
        var text = "YUV4MPEG2 W\(width) H\(height) F\(rate.frames):\(rate.seconds) Ip A\(aspect.width):\(aspect.height)"
        text += " C\(sampling.rawValue)"
        text += isFullRange ? " XCOLORRANGE=FULL" : " XCOLORRANGE=LIMITED"
        return Array((text + "\n").utf8)
    }

    /// A number of at most nine digits.
    private static func number(_ digits: ArraySlice<UInt8>, _ what: String) throws(VideoError) -> Int {
        guard (1...9).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }) else {
            throw .damagedHeader("the \(what) is '\(readable(digits))'")
        }
        return digits.reduce(0) { $0 * 10 + Int($1 - 48) }
    }

    private static func pair(_ text: ArraySlice<UInt8>, _ what: String) throws(VideoError) -> (Int, Int) {
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw .damagedHeader("the \(what) is '\(readable(text))'") }
        return (try number(parts[0], what), try number(parts[1], what))
    }

    /// The first bytes of a value, fit to be shown.
    private static func readable(_ value: ArraySlice<UInt8>) -> String {
        String(decoding: value.prefix(24).map { (33...126).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
