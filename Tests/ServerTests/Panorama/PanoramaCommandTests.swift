import Basics
import Foundation
import Imaging
import TestSupport
import Testing

@Suite("Panoramas at the terminal")
struct PanoramaCommandTests {
    /// A folder that is removed with the object.
    private final class Folder: Sendable {
        let path = NSTemporaryDirectory() + "vitrine-stitch-\(UUID().uuidString)"

        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(atPath: path) }

        subscript(name: String) -> String { path + "/" + name }

        func write(_ bytes: [UInt8], to name: String) throws {
            let place = URL(filePath: self[name])
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: place)
        }

        func names(in folder: String) throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: self[folder]).sorted()
        }
    }

    private static func stitch(_ arguments: [String]) async throws -> CommandRun {
        try await CommandRun.vitrine(["stitch"] + arguments)
    }

    @Test("PANO-317 a folder becomes a panorama with its verdict and report, and the exit status tells of strangers")
    func folder() async throws {
        let folder = try Folder()
        for (number, angle) in [-20.0, 0, 20].enumerated() {
            try folder.write(PanoramaServer.view(angle), to: "heap/\(number).png")
        }
        let arguments = [
            folder["heap"], "-o", folder["out"], "--verdict", folder["v.json"], "--report", folder["r.html"], "--hugin",
            "--preview",
        ]
        let run = try await Self.stitch(arguments)
        #expect(run.status == 0, "\(run.output) \(run.errors)")
        #expect(try folder.names(in: "out") == ["panorama-1.jpg", "panorama-1.pto"])
        let verdict = try JSON(parsing: [UInt8](Data(contentsOf: URL(filePath: folder["v.json"]))))
        #expect(verdict["state"] == "done" && verdict["photos"]?.arrayValue?.count == 3)
        #expect(try String(contentsOfFile: folder["r.html"], encoding: .utf8).contains("<svg"))
        let picture = try Image.decode([UInt8](Data(contentsOf: URL(filePath: folder["out/panorama-1.jpg"])))).image
        #expect(picture.width > 400 && picture.height > 150)

        try folder.write(PanoramaServer.view(0, seed: 99), to: "heap/stranger.png")
        try folder.write(Array("no video".utf8), to: "heap/deep/walk.mp4")
        let more = try await Self.stitch(arguments)
        #expect(more.status == 3 && more.output.contains("stranger.png"), "\(more.output)")
        // A video that nobody named is not taken, and not forgotten silently.
        #expect(more.output.contains("walk.mp4"), "\(more.output)")
    }

    @Test("PANO-317 what cannot be stitched ends with 4, arguments without sense with 64, and both say why")
    func refusals() async throws {
        let folder = try Folder()
        try folder.write(PanoramaServer.view(0), to: "a.png")
        try folder.write(PanoramaServer.view(0, seed: 99), to: "b.png")
        let apart = try await Self.stitch([folder["a.png"], folder["b.png"], "-o", folder["out"]])
        #expect(apart.status == 4 && apart.output.contains("b.png: noOverlap"), "\(apart.output)")
        for (option, value) in [("--blend", "glue"), ("--surface", "cone"), ("--memory", "1"), ("--frames", "1")] {
            let run = try await Self.stitch([folder["a.png"], option, value])
            #expect(run.status == 64 && run.errors.contains(option), "\(option): \(run.errors)")
        }
        let missing = try await Self.stitch([folder["none.png"]])
        #expect(missing.status != 0 && missing.errors.contains("none.png"))
    }

    /// A clip of a camera that turns by some degrees a frame.
    private static func clip(_ angles: [Double], cut bytes: Int = 0) throws -> [UInt8] {
        let format = try VideoFormat(width: 320, height: 240, sampling: .half)
        var out: [UInt8] = []
        var writer = try Y4MWriter(format: format) { out += $0 }
        for angle in angles {
            try writer.append(VideoFrame(Image.decode(PanoramaServer.view(angle)).image, format: format))
        }
        return Array(out.dropLast(bytes))
    }

    @Test("PANO-261 a clip becomes a panorama, one that is cut short says so, one that stands still is refused alone")
    func clips() async throws {
        let folder = try Folder()
        try folder.write(Self.clip((0..<8).map { 4 * Double($0) - 14 }, cut: 100), to: "pan.y4m")
        let pan = try await Self.stitch([folder["pan.y4m"], "-o", folder["out"], "--preview"])
        #expect(pan.status == 0 && pan.output.contains("of 7 frames"), "\(pan.output) \(pan.errors)")
        #expect(pan.output.contains("ends in the middle of a frame"), "\(pan.output)")
        try folder.write(Self.clip([0, 0, 0]), to: "still.y4m")
        let still = try await Self.stitch([folder["still.y4m"], "-o", folder["out"]])
        #expect(still.status != 0 && still.errors.contains("does not move"), "\(still.errors)")
        try folder.write(PanoramaServer.view(15), to: "photo.png")
        let both = try await Self.stitch(
            [folder["still.y4m"], folder["photo.png"], "-o", folder["both"], "--preview"])
        #expect(both.status == 0, "\(both.output) \(both.errors)")
        #expect(try folder.names(in: "both") == ["panorama-1.jpg"])
    }

    @Test("PANO-267 a steady clip is written whole or not at all, and never over the clip itself")
    func stabilise() async throws {
        let folder = try Folder()
        let shaken = try Self.clip([0, 0.8, -0.5, 0.4, -0.9, 0.3, 0.7, -0.2])
        try folder.write(shaken, to: "clip.y4m")
        let run = try await CommandRun.vitrine(["stabilise", folder["clip.y4m"], "-o", folder["steady.y4m"]])
        #expect(run.status == 0, "\(run.output) \(run.errors)")
        let steady = try Y4MReader(path: folder["steady.y4m"])
        #expect(steady.frameCount == 8 && !steady.isCutShort && steady.format.width < 320)
        try FileManager.default.createSymbolicLink(
            atPath: folder["other.y4m"], withDestinationPath: folder["clip.y4m"])
        let over = try await CommandRun.vitrine(["stabilise", folder["clip.y4m"], "-o", folder["other.y4m"]])
        #expect(over.status != 0 && over.errors.contains("another name"), "\(over.errors)")
        #expect(try [UInt8](Data(contentsOf: URL(filePath: folder["clip.y4m"]))) == shaken)
        try folder.write(Array("YUV4MPEG2 W320".utf8), to: "broken.y4m")
        let broken = try await CommandRun.vitrine(["stabilise", folder["broken.y4m"], "-o", folder["out.y4m"]])
        #expect(broken.status != 0 && broken.errors.contains("broken.y4m"))
        #expect(try folder.names(in: ".") == ["broken.y4m", "clip.y4m", "other.y4m", "steady.y4m"])
    }
}
