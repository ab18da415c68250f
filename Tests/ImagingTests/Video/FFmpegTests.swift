import Foundation
import Imaging
import Testing

@Suite("Clips that ffmpeg decodes")
struct FFmpegTests {
    private static func place(_ ending: String) -> String {
        FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).\(ending)").path
    }

    @Test(
        "PANO-261 a clip goes into MP4 and comes back alike, each time it is gone through",
        .enabled(if: FFmpegProgram.path != nil))
    func mp4() throws {
        let path = Self.place("mp4")
        defer { try? FileManager.default.removeItem(atPath: path) }
        let format = try VideoFormat(width: 96, height: 64, sampling: .half)
        let frames = try (0..<5).map { index in
            let rows = (0..<(96 * 64)).map { UInt8(30 + ($0 % 96 + 4 * index) + $0 / 96) }
            let grey = try Image(width: 96, height: 64, format: .gray8, bytes: rows)
            return try VideoFrame(grey.converted(to: .rgb8), format: format)
        }
        let writer = try FFmpegWriter(path: path, format: format)
        for frame in frames { try writer.append(frame) }
        try writer.finish()
        let clip = try VideoFile.open(path: path)
        #expect(clip.format.width == 96 && clip.format.height == 64 && !clip.isSeekable && clip.frameCount == nil)
        for _ in 0..<2 {
            let pass = try clip.pass()
            for frame in frames {
                let back = try #require(try pass.next())
                let off = zip(back.bytes, frame.bytes).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
                #expect(Double(off) / Double(frame.bytes.count) < 3)
            }
            #expect(try pass.next() == nil)
        }
        #expect(throws: VideoError.noFrame(9)) { try clip.frame(9) }
        // A way that is let go in the middle leaves no process behind that would hold up the end.
        _ = try clip.pass().next()
    }

    @Test("PANO-261 a broken file is refused with what ffmpeg says of it", .enabled(if: FFmpegProgram.path != nil))
    func broken() throws {
        let path = Self.place("mp4")
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(Array("\0\0\0\u{18}ftypisom\0\0\0\0isomiso2".utf8) + [UInt8](repeating: 7, count: 500)).write(
            to: URL(filePath: path))
        do {
            _ = try VideoFile.open(path: path)
            Issue.record("it was opened")
        } catch VideoError.programFailed(let why) { #expect(!why.isEmpty) }
    }

    @Test("PANO-261 a list of other files is not followed", .enabled(if: FFmpegProgram.path != nil))
    func list() throws {
        let path = Self.place("mp4")
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("ffconcat version 1.0\nfile /etc/hostname\n".utf8).write(to: URL(filePath: path))
        #expect(throws: VideoError.unrecognised) { try VideoFile.open(path: path) }
        #expect(throws: VideoError.self) { try FFmpegClip(path: path, container: .mp4) }
    }

    @Test("PANO-261 without ffmpeg the error says what to do", .enabled(if: FFmpegProgram.path == nil))
    func missing() throws {
        let path = Self.place("mp4")
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(Array("\0\0\0\u{18}ftypisom".utf8)).write(to: URL(filePath: path))
        #expect(throws: VideoError.decoderMissing("MP4")) { try VideoFile.open(path: path) }
    }
}
