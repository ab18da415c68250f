import ArgumentParser
import Foundation
import Imaging
import Panorama

/// Judges a panorama by its picture and the photos it was made of.
struct StitchAuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stitch-audit",
        abstract: "Judge a panorama, of this or any other program, by its photos.",
        discussion: """
            Looks for each part of the picture in the photos, and tells what no photo shows so: doubled, bent, broken or \
            smeared parts, steps of light, empty areas, and photos that are not in it:

              vitrine stitch-audit panorama.jpg room/ --json audit.json

            Ends with 0 when nothing was found, 3 when something was.
            """)

    @Argument(help: "The panorama.") var panorama: String
    @Argument(help: ArgumentHelp("Photos, or folders of photos.", valueName: "photos")) var paths: [String]
    @Option(help: ArgumentHelp("Where to write what was found as JSON.", valueName: "file")) var json: String?

    /// The share of torn squares that chance leaves in a clean picture.
    static let clean = 0.02

    func run() async throws {
        let photos = try StitchFiles.photos(paths)
        guard !photos.isEmpty else { throw Failure("There is no photo in \(paths.joined(separator: ", ")).") }
        let picture: Image
        do {
            let limits = ImageLimits(
                maximumBytes: 1 << 30, maximumPixels: 400_000_000, maximumSide: 65_536)
            picture = try Image.decode(
                try PictureFiles.read(panorama), options: ImageDecodeOptions(limits: limits)
            ).image.flattened()
        } catch { throw Failure("The panorama '\(panorama)' cannot be read: \(error)") }
        var bar = ProgressBar("compare")
        let audit = try PictureAudit(picture: picture, photos: photos) { bar.show(Double($0) / Double(max(1, $1))) }
        bar.finish()
        if let json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try PictureFiles.write([UInt8](try encoder.encode(audit)), to: json)
        }
        say(audit)
        let isClean =
            audit.torn <= Self.clean && audit.holes == 0 && !audit.photos.contains { $0.isMissing }
        if !isClean { throw ExitCode(3) }
    }

    private func say(_ audit: PictureAudit) {
        func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }
        Terminal.say(
            "\(audit.cells) squares with texture: \(percent(audit.fidelity)) as a photo shows them, "
                + "\(percent(audit.torn)) as none does, \(percent(audit.unknown)) not found")
        Terminal.say(
            "steps of light \(percent(audit.tone.stepMedian)) in the middle, \(percent(audit.tone.worst)) at worst; "
                + "seams \(audit.seamVisibility) (1 is invisible); \(audit.holes) holes, \(percent(audit.black)) empty")
        for fault in audit.faults {
            Terminal.say(
                "\(fault.kind.rawValue): \(fault.box[2]) x \(fault.box[3]) at \(fault.box[0]), \(fault.box[1])")
        }
        for photo in audit.photos {
            let shown = photo.shown.map(percent) ?? "nothing to compare"
            Terminal.say("\(photo.name): \(photo.isMissing ? "missing, " : "")\(shown)")
        }
    }
}
