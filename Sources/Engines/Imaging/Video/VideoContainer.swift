/// What kind of video file some bytes begin.
public enum VideoContainer: String, Sendable, Hashable, CaseIterable {
    /// YUV4MPEG2, read here.
    case y4m = "Y4M"
    /// MP4, MOV and their kin (ISO/IEC 14496-12).
    case mp4 = "MP4"
    /// Matroska and WebM.
    case matroska = "WebM or Matroska"
    /// AVI.
    case avi = "AVI"
    /// Ogg.
    case ogg = "Ogg"
    /// MPEG transport and program streams.
    case mpeg = "MPEG"
    /// Flash video.
    case flv = "FLV"
    /// Windows Media.
    case asf = "WMV"

    /// The container that the first 400 bytes of a file tell of; nil for anything else, pictures in MP4 boxes (HEIC,
    /// AVIF) among it.
    public static func sniff(_ head: [UInt8]) -> VideoContainer? {
        func has(_ text: String, at place: Int = 0) -> Bool { head.dropFirst(place).starts(with: Array(text.utf8)) }
        if has("YUV4MPEG2") { return .y4m }
        if has("ftyp", at: 4) {
            let stills: Set<String> = ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis"]
            return stills.contains(String(decoding: head.dropFirst(8).prefix(4), as: UTF8.self)) ? nil : .mp4
        }
        // Old QuickTime files begin with another box.
        if has("moov", at: 4) || has("mdat", at: 4) || has("wide", at: 4) { return .mp4 }
        if head.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) { return .matroska }
        if has("RIFF"), has("AVI ", at: 8) { return .avi }
        if has("OggS") { return .ogg }
        if head.starts(with: [0, 0, 1, 0xBA]) { return .mpeg }
        if head.count > 376, [0, 188, 376].allSatisfy({ head[$0] == 0x47 }) { return .mpeg }
        if head.count > 388, [4, 196, 388].allSatisfy({ head[$0] == 0x47 }) { return .mpeg }
        if has("FLV\u{1}") { return .flv }
        if head.starts(with: [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11]) { return .asf }
        return nil
    }

    /// The container of a file by its content; nil when it is no video.
    ///
    /// - Throws: `file`.
    public static func of(path: String) throws(VideoError) -> VideoContainer? {
        sniff(try OpenFile(path: path).read(at: 0, count: 400))
    }

    /// Names of demultiplexers of FFmpeg that may look at such a file: none that opens other files.
    var demuxers: String {
        switch self {
        case .y4m: "yuv4mpegpipe"
        case .mp4: "mov"
        case .matroska: "matroska"
        case .avi: "avi"
        case .ogg: "ogg"
        case .mpeg: "mpegts,mpeg"
        case .flv: "flv"
        case .asf: "asf"
        }
    }
}

/// Opens clips.
public enum VideoFile {
    /// The clip in a file: Y4M is read here, everything else by the program `ffmpeg`.
    ///
    /// - Throws: `unrecognised` for what is no video, `decoderMissing` where `ffmpeg` is needed and not installed, and
    ///   what ``Y4MReader`` and ``FFmpegClip`` throw.
    public static func open(path: String, limits: VideoLimits = VideoLimits()) throws(VideoError) -> any VideoClip {
        guard let container = try VideoContainer.of(path: path) else { throw .unrecognised }
        if container == .y4m { return try Y4MReader(path: path, limits: limits) }
        return try FFmpegClip(path: path, container: container, limits: limits)
    }
}
