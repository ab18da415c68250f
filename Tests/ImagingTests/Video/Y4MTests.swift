import Basics
import Foundation
import Imaging
import Testing

@Suite("YUV4MPEG2")
struct Y4MTests {
    /// A clip of noise, and its frames.
    static func clip(
        _ sampling: VideoSampling, width: Int = 13, height: Int = 7, frames count: Int = 3, isFullRange: Bool = false
    ) throws -> (bytes: [UInt8], frames: [VideoFrame]) {
        let format = try VideoFormat(
            width: width, height: height, sampling: sampling, rate: .init(frames: 30_000, seconds: 1001),
            isFullRange: isFullRange)
        var random = SeededRandom(seed: 5)
        let frames = try (0..<count).map { _ in
            try VideoFrame(
                format: format, bytes: (0..<format.frameBytes).map { _ in UInt8(truncatingIfNeeded: random.next()) })
        }
        var bytes: [UInt8] = []
        var writer = try Y4MWriter(format: format) { bytes += $0 }
        for frame in frames { try writer.append(frame) }
        #expect(writer.count == count)
        return (bytes, frames)
    }

    @Test("PANO-261 frames of every sampling come back as they were written", arguments: VideoSampling.allCases)
    func roundTrip(_ sampling: VideoSampling) throws {
        let (bytes, frames) = try Self.clip(sampling, isFullRange: sampling == .half)
        let reader = try Y4MReader(bytes: bytes)
        #expect(reader.format == frames[0].format && reader.frameCount == 3 && !reader.isCutShort)
        #expect(try reader.frame(2) == frames[2] && reader.frame(0) == frames[0])
        let pass = try reader.pass()
        for frame in frames { #expect(try pass.next() == frame) }
        #expect(try pass.next() == nil)
        // The same out of a file, and out of a pipe that gives seven bytes at a time.
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).y4m").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(bytes).write(to: URL(filePath: path))
        #expect(try Y4MReader(path: path).frame(1) == frames[1])
        #expect(try VideoContainer.of(path: path) == .y4m)
        #expect(try VideoFile.open(path: path).frameCount == 3)
        var at = 0
        let stream = try Y4MStream { count in
            defer { at = min(bytes.count, at + min(7, count)) }
            return Array(bytes[at..<min(bytes.count, at + min(7, count))])
        }
        for frame in frames { #expect(try stream.next() == frame) }
        #expect(try stream.next() == nil)
    }

    @Test("PANO-261 frame headers with fields of their own, and the plain kinds of 4:2:0, are read")
    func dialects() throws {
        let text = "YUV4MPEG2 W4 H2 F25:1 Ip A1:1 C420 XYSCSS=420JPEG\nFRAME Ixyz XABC\n"
        let planes = (0..<12).map { UInt8($0 * 3) }
        let reader = try Y4MReader(bytes: Array(text.utf8) + planes + Array("FRAME\n".utf8) + planes)
        #expect(reader.frameCount == 2 && reader.format.sampling == .half && !reader.format.isFullRange)
        #expect(try reader.frame(1).bytes == planes)
        #expect(reader.format.rate.value == 25)
        let bare = try Y4MReader(bytes: Array("YUV4MPEG2 H2 W4\nFRAME\n".utf8) + planes)
        #expect(bare.format.sampling == .half && bare.format.rate.frames == 0)
    }

    @Test("PANO-261 headers that cannot be are refused with a reason, before anything is allocated")
    func hostile() throws {
        func refusal(_ text: String, limits: VideoLimits = VideoLimits()) -> VideoError? {
            let bytes = Array((text + "\nFRAME\n").utf8)
            var streamed: VideoError?
            var rest = bytes
            do throws(VideoError) {
                _ = try Y4MStream(limits: limits) { _ in
                    defer { rest = [] }
                    return rest
                }
            } catch { streamed = error }
            do throws(VideoError) { _ = try Y4MReader(bytes: bytes, limits: limits) } catch {
                if streamed != nil { #expect(streamed == error) }
                return error
            }
            return nil
        }
        #expect(refusal("YUV4MPEG W4 H4") == .unrecognised)
        #expect(refusal("") == .unrecognised)
        #expect(refusal("YUV4MPEG2X W4 H4") == .unrecognised)
        #expect(refusal("YUV4MPEG2 W4") == .damagedHeader("it tells no size"))
        #expect(refusal("YUV4MPEG2 W0 H4") == .damagedHeader("frames have no pixels"))
        #expect(refusal("YUV4MPEG2 W-4 H4") == .damagedHeader("the width is '-4'"))
        #expect(refusal("YUV4MPEG2 W4 H99999999999999999999") != nil)
        #expect(refusal("YUV4MPEG2 W4 H4 F25") == .damagedHeader("the frame rate is '25'"))
        #expect(refusal("YUV4MPEG2 W4 H4 F:") == .damagedHeader("the frame rate is ''"))
        #expect(refusal("YUV4MPEG2 W999999999 H999999999") == .frameTooLarge(width: 999_999_999, height: 999_999_999))
        #expect(refusal("YUV4MPEG2 W16000 H16000") == .frameTooLarge(width: 16_000, height: 16_000))
        #expect(refusal("YUV4MPEG2 W4 H4 It") == .unsupported("interlaced frames"))
        #expect(refusal("YUV4MPEG2 W4 H4 C420p10") == .unsupported("samples of the kind C420p10"))
        #expect(refusal("YUV4MPEG2 W4 H4 C444alpha\u{1}") == .unsupported("samples of the kind C444alpha?"))
        let long = "YUV4MPEG2 W4 H4 X" + String(repeating: "a", count: 3000)
        #expect(refusal(long) == .damagedHeader("its line does not end"))
        #expect(refusal("YUV4MPEG2 W4 H4") == .damagedFrame(0))
        for error in [VideoError.unrecognised, .decoderMissing("MP4"), .timedOut(3), .tooManyFrames(limit: 2)] {
            #expect(error.description.hasSuffix(".") || error.description.contains("apt-get install ffmpeg"))
        }
        var many = VideoLimits()
        many.maximumFrames = 2
        let three = try Self.clip(.grey).bytes
        #expect(throws: VideoError.tooManyFrames(limit: 2)) { try Y4MReader(bytes: three, limits: many) }
    }

    @Test("PANO-261 of a clip that ends anywhere the whole frames are read, and none is made up")
    func truncated() throws {
        let (bytes, frames) = try Self.clip(.half, width: 6, height: 4)
        let head = try #require(bytes.firstIndex(of: 10)) + 1
        let step = 6 + 36
        for end in 0..<bytes.count {
            let part = Array(bytes[..<end])
            let whole = max(0, end - head) / step
            guard whole > 0 else {
                #expect(throws: VideoError.self) { try Y4MReader(bytes: part) }
                continue
            }
            let reader = try Y4MReader(bytes: part)
            #expect(reader.frameCount == whole && reader.isCutShort == ((end - head) % step != 0))
            #expect(try reader.frame(whole - 1) == frames[whole - 1])
            #expect(throws: VideoError.noFrame(whole)) { try reader.frame(whole) }
        }
        var broken = bytes
        broken[head + step] = 0
        let reader = try Y4MReader(bytes: broken)
        #expect(reader.frameCount == 1 && reader.isCutShort)
        #expect(throws: VideoError.self) { try Y4MReader(path: "/nonexistent/clip.y4m") }
        #expect(throws: VideoError.self) { try Y4MReader(path: "/dev/zero") }
    }

    @Test("PANO-261 files are told by their first bytes; pictures are no videos")
    func containers() throws {
        func sniff(_ text: String) -> VideoContainer? { VideoContainer.sniff(Array(text.utf8)) }
        #expect(sniff("YUV4MPEG2 W4") == .y4m)
        #expect(sniff("\0\0\0\u{18}ftypisom") == .mp4 && sniff("\0\0\0\u{18}ftypqt  ") == .mp4)
        #expect(sniff("\0\0\0\u{18}ftypheic") == nil && sniff("\0\0\0\u{18}ftypavif") == nil)
        #expect(sniff("RIFF....AVI LIST") == .avi && sniff("RIFF....WEBPVP8 ") == nil)
        #expect(sniff("OggS") == .ogg && sniff("FLV\u{1}") == .flv && sniff("") == nil && sniff("GIF89a") == nil)
        #expect(VideoContainer.sniff([0x1A, 0x45, 0xDF, 0xA3]) == .matroska)
        #expect(VideoContainer.sniff([0xFF, 0xD8, 0xFF, 0xE0]) == nil)
    }
}
