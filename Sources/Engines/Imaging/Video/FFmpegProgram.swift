#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The program `ffmpeg` of this system: clips that are not Y4M are decoded and encoded by it, in a process of its own.
public enum FFmpegProgram {
    /// Where it is installed; nil where it is not.
    public static var path: String? { find("ffmpeg") }

    private static func find(_ name: String) -> String? {
        ["/usr/local/bin", "/usr/bin", "/bin"].map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    /// The words that bound its processor time, memory and files, before those of the command itself.
    private static func bounded(_ limits: VideoLimits, writes: Bool) -> [String] {
        guard let prlimit = find("prlimit") else { return [] }
        let memory = max(64, limits.decoderMebibytes) << 20
        // What is encoded was made here, and a long clip takes long: only what reads files is bounded in time.
        let reading = ["--cpu=\(max(1, limits.decoderSeconds))", "--fsize=0"]
        return [prlimit, "--as=\(memory)", "--core=0"] + (writes ? [] : reading) + ["--"]
    }

    /// The command that decodes a file to a stream of Y4M: no other file, no network, no sound.
    static func decoding(_ path: String, _ container: VideoContainer, _ program: String, _ limits: VideoLimits)
        -> [String]
    {
        bounded(limits, writes: false) + [
            program, "-nostdin", "-hide_banner", "-loglevel", "error", "-threads", "2",
            "-timelimit", "\(max(1, limits.decoderSeconds))",
            "-protocol_whitelist", "file", "-format_whitelist", container.demuxers,
            "-i", "file:\(path)", "-map", "0:v:0", "-an", "-sn", "-dn",
            "-frames:v", "\(min(max(0, limits.maximumFrames), 1 << 30) + 1)",
            "-f", "yuv4mpegpipe", "-pix_fmt", "yuv420p", "-",
        ]
    }

    /// The command that encodes a stream of Y4M as H.264 in MP4.
    static func encoding(to path: String, _ program: String, _ limits: VideoLimits) -> [String] {
        bounded(limits, writes: true) + [
            program, "-nostdin", "-hide_banner", "-loglevel", "error", "-y", "-protocol_whitelist", "pipe",
            "-f", "yuv4mpegpipe", "-i", "pipe:0", "-vf", "crop=trunc(iw/2)*2:trunc(ih/2)*2", "-c:v", "libx264",
            "-threads", "4", "-crf", "18", "-pix_fmt", "yuv420p", "-movflags", "+faststart",
            "-f", "mp4", "file:\(path)",
        ]
    }
}

/// A clip that `ffmpeg` decodes, each time it is gone through.
public struct FFmpegClip: VideoClip {
    /// What all frames have in common.
    public let format: VideoFormat
    private let command: [String]
    private let limits: VideoLimits

    /// A clip in a file of a known container; the program is started once to learn its format.
    ///
    /// - Throws: `decoderMissing`, `programFailed`, `timedOut`, and what ``Y4MStream`` throws.
    public init(path: String, container: VideoContainer, limits: VideoLimits = VideoLimits()) throws(VideoError) {
        guard let program = FFmpegProgram.path else { throw .decoderMissing(container.rawValue) }
        command = FFmpegProgram.decoding(path, container, program, limits)
        self.limits = limits
        format = try Self.start(command, limits).format
    }

    private static func start(_ command: [String], _ limits: VideoLimits) throws(VideoError) -> Y4MStream {
        let child = try ChildProgram(command, .output, limits: limits)
        do throws(VideoError) {
            return try Y4MStream(limits: limits) { (count) throws(VideoError) in try child.read(count) }
        } catch {
            // An output without a word means that there was nothing to decode; the program says why.
            if error == .unrecognised { try child.end() }
            throw error
        }
    }

    /// Only going through the frames tells.
    public var frameCount: Int? { nil }

    /// Frames come one after the other.
    public var isSeekable: Bool { false }

    /// Goes through the frames from the first one on, in a new process.
    ///
    /// - Throws: `programFailed`, `timedOut`.
    public func pass() throws(VideoError) -> VideoPass {
        let stream = try Self.start(command, limits)
        return VideoPass { () throws(VideoError) in try stream.next() }
    }
}

/// Encodes frames as H.264 in an MP4 file, by `ffmpeg`.
public final class FFmpegWriter {
    private let child: ChildProgram
    private var y4m: Y4MWriter

    /// A writer to a file, which is replaced if it is there.
    ///
    /// - Throws: `VideoError`: `decoderMissing`, `programFailed`, `timedOut`.
    public init(path: String, format: VideoFormat, limits: VideoLimits = VideoLimits()) throws {
        guard let program = FFmpegProgram.path else { throw VideoError.decoderMissing("MP4") }
        let child = try ChildProgram(FFmpegProgram.encoding(to: path, program, limits), .input, limits: limits)
        self.child = child
        y4m = try Y4MWriter(format: format) { try child.write($0) }
    }

    /// Encodes a frame.
    ///
    /// - Throws: `VideoError`: `damagedFrame` for one of another size or sampling, `programFailed`, `timedOut`.
    public func append(_ frame: VideoFrame) throws { try y4m.append(frame) }

    /// Writes what is left and closes the file.
    ///
    /// - Throws: `VideoError`: `programFailed`, `timedOut`.
    public func finish() throws { try child.end() }
}
