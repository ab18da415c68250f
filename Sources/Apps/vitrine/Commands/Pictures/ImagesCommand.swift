import ArgumentParser
import Basics
import Foundation
import Imaging

/// Pictures as files: look at them, convert them, make them small.
struct ImagesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "images",
        abstract: "Look at picture files, convert them, make thumbnails.",
        discussion: """
            JPEG, PNG, WebP and GIF are read (of an animation the first frame), JPEG, PNG and WebP are written. Files \
            are not trusted: what is too large or broken is refused with a sentence. Pictures are turned upright, \
            colours come as sRGB, and no metadata, such as the place where a photo was taken, is written.

              vitrine images info photo.jpg
              vitrine images convert photo.jpg small.webp --width 1024
              vitrine images thumbnail photo.jpg thumb.jpg --width 320 --height 240
            """,
        subcommands: [ImagesInfo.self, ImagesConvert.self, ImagesThumbnail.self, ImagesBench.self])
}

/// Tells what picture files say of themselves.
struct ImagesInfo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Tell what picture files say of themselves.",
        discussion: """
            Without --decode only the head of a file is read. With it the pixels are decoded too, which finds damage, \
            tells what was done about colours, and measures sharpness (under about 100 a photo looks blurred).

              vitrine images info --decode --json photos/ | jq 'select(.sharpness < 100).file'
            """)

    @Argument(help: "Files, or folders with all pictures in them.") var places: [String]
    @Flag(help: "Decode the pixels too.") var decode = false
    @Flag(help: "Print one JSON object a line.") var json = false

    func run() async throws {
        var refused = 0
        for path in try PictureFiles.list(places) {
            do {
                let bytes = try PictureFiles.read(path)
                let probe = try ImageProbe.read(bytes)
                let options = ImageDecodeOptions(damage: .accept)
                let decoded = decode ? try Image.decode(bytes, options: options) : nil
                let facts = try PictureFacts(path: path, byteCount: bytes.count, probe: probe, decoded: decoded)
                Terminal.say(json ? facts.json.text : facts.text)
            } catch let error as ImageError {
                refused += 1
                Terminal.warn(error.at(path).description)
            }
        }
        if refused > 0 { throw ExitCode(1) }
    }
}

/// What is told of one picture.
private struct PictureFacts {
    let path: String
    let byteCount: Int
    let probe: ImageProbe
    let decoded: DecodedImage?
    let sharpness: Double?

    init(path: String, byteCount: Int, probe: ImageProbe, decoded: DecodedImage?) throws(ImageError) {
        self.path = path
        self.byteCount = byteCount
        self.probe = probe
        self.decoded = decoded
        sharpness = try decoded?.image.sharpness()
    }

    private var colour: String? {
        switch decoded?.colour {
        case nil: nil
        case .sRGB?: "sRGB"
        case .converted(let name)?: "converted to sRGB from \(name ?? "its profile")"
        case .assumedSRGB(let why)?: "taken as sRGB: \(why)"
        }
    }

    var text: String {
        let exif = probe.exif
        var lines = [
            "\(path): \(probe.format.name), \(probe.uprightWidth) x \(probe.uprightHeight), \(byteCount) bytes"
        ]
        if probe.orientation != .up {
            lines.append("stored \(probe.width) x \(probe.height), turned: \(probe.orientation)")
        }
        if probe.isAnimated { lines.append("animated; its first frame is used") }
        if probe.hasAlpha { lines.append("has transparency") }
        let camera = [exif.make, exif.model].compactMap { $0 }.joined(separator: " ")
        if !camera.isEmpty { lines.append("camera: \(camera)") }
        if let taken = exif.taken { lines.append("taken: \(taken)") }
        if let focal = exif.focalLength {
            lines.append(
                "focal length: \(focal) mm" + (exif.focalLength35.map { " (\(Int($0)) mm on 35 mm film)" } ?? ""))
        }
        if exif.hasLocation { lines.append("says where it was taken (dropped when written again)") }
        if let colour { lines.append("colours: \(colour)") }
        if let sharpness { lines.append("sharpness: \(Int(sharpness.rounded()))") }
        if let warning = decoded?.warnings.first { lines.append("damaged: \(warning)") }
        return lines.joined(separator: "\n  ")
    }

    var json: JSON {
        let exif = probe.exif
        var facts: JSONObject = [
            "file": .string(path), "format": .string(probe.format.rawValue), "bytes": .int(Int64(byteCount)),
            "width": .int(Int64(probe.uprightWidth)), "height": .int(Int64(probe.uprightHeight)),
            "orientation": .int(Int64(probe.orientation.rawValue)), "animated": .bool(probe.isAnimated),
            "alpha": .bool(probe.hasAlpha), "location": .bool(exif.hasLocation),
        ]
        facts["make"] = exif.make.map { .string($0) }
        facts["model"] = exif.model.map { .string($0) }
        facts["taken"] = exif.taken.map { .string($0) }
        facts["focal_length_mm"] = exif.focalLength.map { .double($0) }
        facts["focal_length_35_mm"] = exif.focalLength35.map { .double($0) }
        facts["colour"] = colour.map { .string($0) }
        facts["sharpness"] = sharpness.map { .double($0) }
        facts["damaged"] = (decoded?.isDamaged).map { .bool($0) }
        return .object(facts)
    }
}
