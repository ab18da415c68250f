import ArgumentParser
import Foundation
import Imaging
import Panorama

/// Stitches a heap of photos into panoramas.
struct StitchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stitch",
        abstract: "Make panoramas out of a heap of photos.",
        discussion: """
            Photos may come in any order, of several scenes, with strangers among them. Every panorama is written, and \
            every photo gets a verdict:

              vitrine stitch holiday/ -o panoramas --verdict v.json

            The geometry and the surface are found by themselves; --model and --surface overrule them.

            Ends with 0 when all photos were used, 3 when some were left out, 4 when nothing could be stitched, 64 on \
            arguments that make no sense.
            """)

    @Argument(help: ArgumentHelp("Photos, or folders of photos.", valueName: "photos")) var paths: [String]
    @Option(name: [.customShort("o"), .long], help: "The folder to write panoramas to; made if missing.")
    var output = "."
    @Option(help: "auto, rotation (a turning camera), plane (a flat thing) or scan.") var model = "auto"
    @Option(help: "auto, plane, cylinder, sphere, mercator or panini.") var surface = "auto"
    @Option(help: "MiB of memory; a result that would need more is drawn smaller.") var memory = 512
    @Option(help: "Most megapixels of a panorama.") var megapixels = 100.0
    @Option(help: "Quality of the JPEG, 1...100.") var quality = 92
    @Option(help: ArgumentHelp("Where to write the verdict as JSON.", valueName: "file")) var verdict: String?
    @Flag(help: "A small picture is enough (1.5 megapixels).") var preview = false
    @Flag(help: "Keep the ragged border instead of cutting the largest full rectangle.") var noCrop = false

    func validate() throws {
        guard ModelChoice(rawValue: model) != nil else { throw ValidationError("--model \(model) is not known.") }
        guard surface == "auto" || Surface(name: surface) != nil else {
            throw ValidationError("--surface \(surface) is not known.")
        }
        guard (64...65_536).contains(memory) else { throw ValidationError("--memory must be 64 to 65536.") }
        guard megapixels.isFinite, (0.1...400).contains(megapixels) else {
            throw ValidationError("--megapixels must be 0.1 to 400.")
        }
        guard (1...100).contains(quality) else { throw ValidationError("--quality must be 1 to 100.") }
    }

    func run() async throws {
        let files = try StitchFiles.photos(paths)
        guard files.count > 0 else { throw Failure("There is no photo in \(paths.joined(separator: ", ")).") }
        do {
            try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        } catch { throw Failure("The folder '\(output)' cannot be made: \(error.localizedDescription)") }
        var bar = StageBar()
        let found = try Stitcher(options: options).stitch(files) {
            bar.show($0)
        } deliver: { panorama in
            let name = "panorama-\(panorama.group).jpg"
            let bytes = try panorama.image.encoded(as: .jpeg(quality: quality))
            try PictureFiles.write(bytes, to: (output as NSString).appendingPathComponent(name))
            return name
        }
        bar.finish()
        if let verdict { try PictureFiles.write([UInt8](StitchFiles.json(found)), to: verdict) }
        StitchTable.say(found, folder: output)
        if found.state == .failed { throw ExitCode(4) }
        if found.photos.contains(where: { $0.group == nil }) { throw ExitCode(3) }
    }

    private var options: StitchOptions {
        var options = StitchOptions()
        options.model = ModelChoice(rawValue: model) ?? .auto
        options.surface = Surface(name: surface)
        options.memoryMebibytes = memory
        options.megapixels = megapixels
        options.isPreview = preview
        options.crops = !noCrop
        return options
    }
}

/// A bar for each stage.
private struct StageBar {
    private var stage: StitchStage?
    private var bar: ProgressBar?

    mutating func show(_ progress: StitchProgress) {
        if progress.stage != stage {
            bar?.finish()
            bar = ProgressBar(progress.stage.rawValue)
            stage = progress.stage
        }
        bar?.show(Double(progress.done) / Double(max(1, progress.of)))
    }

    mutating func finish() {
        bar?.finish()
        bar = nil
    }
}
