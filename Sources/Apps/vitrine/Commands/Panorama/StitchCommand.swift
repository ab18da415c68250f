import ArgumentParser
import Foundation
import Imaging
import Kernels
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

            The geometry and the surface are found by themselves; --model and --surface overrule them. To see why \
            something came out as it did, ask for a page with the pictures, the seams and what joins what:

              vitrine stitch holiday/ -o panoramas --report panoramas/report.html

            A floor plan, a receipt or a map in parts is flat; parts that a scanner made are a scan:

              vitrine stitch map-*.jpg --model plane
              vitrine stitch page-left.png page-right.png --model scan --format png

            To go on in Hugin, or to look fast before the whole is drawn:

              vitrine stitch room/ --hugin
              vitrine stitch room/ --layers --format png16
              vitrine stitch room/ --preview

            A video is put together from frames that it chooses: one wherever a third is new, the sharpest near there. Y4M \
            is read by itself, MP4, MOV, WebM and others when the program ffmpeg is installed. With --summary things that \
            move are shown at all their places in a second picture, and at none in a third:

              vitrine stitch walk.y4m -o panoramas
              vitrine stitch street.mp4 -o panoramas --summary

            Ctrl-C calls it off: what was finished stays, and the verdict is still written. Hidden parts of photos and \
            panoramas for customers are made in the page /panorama of `vitrine serve`.

            Ends with 0 when all photos were used, 3 when some were left out, 4 when nothing could be stitched, 64 on \
            arguments that make no sense, 130 when it was called off.
            """)

    @Argument(help: ArgumentHelp("Photos, folders of photos, or videos.", valueName: "photos")) var paths: [String]
    @Option(name: [.customShort("o"), .long], help: "The folder to write panoramas to; made if missing.")
    var output = "."
    @Option(help: "auto, rotation (a turning camera), plane (a flat thing) or scan.") var model = "auto"
    @Option(help: "auto, plane, cylinder, sphere, mercator, panini, stereographic, fisheye or planet.")
    var surface = "auto"
    @Option(help: "How pixels are chosen: cut, cutAlongEdges, cover, path or deepest.") var selection = "cut"
    @Option(
        help: """
            How they are blended: bands, twoBands, gradients, stitchedL1, stitchedL2, feather, sharpFeather, mean, median or \
            none.
            """)
    var blend = "bands"
    @Option(help: "How tone is made even: auto, gains, blocks or splines.") var tone = "auto"
    @Option(help: "MiB of memory; a result that would need more is drawn smaller.") var memory = 512
    @Option(help: "Most megapixels of a panorama.") var megapixels = 100.0
    @Option(help: "jpg, png, webp, png16 (16 bits) or hdr (Radiance, linear light).") var format = "jpg"
    @Option(help: "Quality of JPEG and WebP, 1...100.") var quality = 92
    @Option(help: "What is made least: pairsInRaySpace, pairsInImagePlane, pointsInRaySpace or pointsInImagePlane.")
    var bundle = BundleObjective.pairsInRaySpace.rawValue
    @Option(help: ArgumentHelp("Where to write the verdict as JSON.", valueName: "file")) var verdict: String?
    @Option(help: ArgumentHelp("Where to write the verdict as a page with pictures.", valueName: "file"))
    var report: String?
    @Flag(help: "Write a Hugin project beside each panorama that has angles.") var hugin = false
    @Flag(
        help: "Write a folder beside each panorama: photos as they lie in it with masks, cameras as JSON and for Hugin."
    )
    var layers = false
    @Flag(help: "A small picture is enough (1.5 megapixels).") var preview = false
    @Flag(help: "Do not fuse photos of one place at several exposures.") var noBrackets = false
    @Flag(help: "Find places anew by brightness before the cameras are solved once more.") var refine = false
    @Flag(help: "Bend photos a little where they do not meet (parallax of some pixels).") var bend = false
    @Flag(help: "Photos come in the order they were taken, by name; not all are compared.") var ordered = false
    @Option(help: "Percentage of a frame of a video that the next one taken shows too; 65, or 80 with --summary.")
    var frameOverlap: Double?
    @Option(help: "Most frames that are taken of videos.") var frames = 120
    @Flag(help: "Of videos: also a picture with things that move at all their places, and one without them.")
    var summary = false
    @Flag(help: "Keep the ragged border instead of cutting the largest full rectangle.") var noCrop = false

    func validate() throws {
        guard ModelChoice(rawValue: model) != nil else { throw ValidationError("--model \(model) is not known.") }
        guard surface == "auto" || Surface(name: surface) != nil else {
            throw ValidationError("--surface \(surface) is not known.")
        }
        guard SelectionMethod(rawValue: selection) != nil else {
            throw ValidationError("--selection \(selection) is not known.")
        }
        guard BlendMethod(rawValue: blend) != nil else { throw ValidationError("--blend \(blend) is not known.") }
        guard ToneMethod(rawValue: tone) != nil else { throw ValidationError("--tone \(tone) is not known.") }
        guard BundleObjective(rawValue: bundle) != nil else {
            throw ValidationError("--bundle \(bundle) is not known.")
        }
        guard (64...65_536).contains(memory) else { throw ValidationError("--memory must be 64 to 65536.") }
        guard megapixels.isFinite, (0.1...400).contains(megapixels) else {
            throw ValidationError("--megapixels must be 0.1 to 400.")
        }
        guard let file = PanoramaFormat(rawValue: format) else {
            throw ValidationError("--format \(format) is not known.")
        }
        guard !file.isDeep || blend == BlendMethod.bands.rawValue else {
            throw ValidationError("--format \(format) needs --blend bands.")
        }
        guard (30...95).contains(frameOverlap ?? 65) else {
            throw ValidationError("--frame-overlap must be 30 to 95.")
        }
        guard (2...200).contains(frames) else { throw ValidationError("--frames must be 2 to 200.") }
        guard (1...100).contains(quality) else { throw ValidationError("--quality must be 1 to 100.") }
    }

    /// What stitching wants of the heap; to be called before there is a second thread.
    static func prepareHeap() {
        HeapPolicy.keep()
        HeapPolicy.takesLargePages(192 << 20)
    }

    func run() async throws {
        let interrupt = Interrupt()
        let (clips, others) = ClipFiles.parted(paths)
        ClipFiles.tellOfOthers(inFolders: others)
        let files = try self.files(clips, others, interrupt)
        guard files.count > 0 else { throw Failure("There is no photo in \(paths.joined(separator: ", ")).") }
        do {
            try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        } catch { throw Failure("The folder '\(output)' cannot be made: \(error.localizedDescription)") }
        var bar = StageBar()
        var pictures: [ReportPicture] = []
        let outcome = try Stitcher(options: options(clips, others)).outcome(files) {
            if interrupt.isAsked { throw CancellationError() }
            bar.show($0)
        } deliver: { panorama in
            if report != nil { pictures.append(try ReportPicture(panorama)) }
            return try write(panorama, of: files)
        }
        bar.finish()
        interrupt.end()
        let found = outcome.verdict
        if let verdict { try PictureFiles.write([UInt8](StitchFiles.json(found)), to: verdict) }
        if let report {
            let page = StitchReportPage(outcome, pictures: pictures, thumbnails: ReportThumbnails(files).all())
            try PictureFiles.write(Array(page.html.utf8), to: report)
        }
        StitchTable.say(found, folder: output)
        if found.state == .cancelled { throw ExitCode(130) }
        if found.state == .failed { throw ExitCode(4) }
        if found.photos.contains(where: { $0.group == nil }) { throw ExitCode(3) }
    }

    /// The files of one panorama; the name of its picture.
    private func write(_ panorama: Stitcher.Panorama, of files: [StitchPhoto]) throws -> String {
        let kind = PanoramaFormat(rawValue: format) ?? .jpg
        let name = "panorama-\(panorama.group)"
        let place = (output as NSString).appendingPathComponent(name)
        try PictureFiles.write(try panorama.file(as: kind, quality: quality), to: "\(place).\(kind.ending)")
        let project = hugin ? HuginProject(panorama, names: files.map(\.name)).text : ""
        if !project.isEmpty { try PictureFiles.write(Array(project.utf8), to: "\(place).pto") }
        if summary { try writeSummary(panorama, to: place, as: kind) }
        if layers {
            let folder = "\(place)-layers"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try LayerFiles(panorama, names: files.map(\.name)).write {
                try PictureFiles.write($1, to: (folder as NSString).appendingPathComponent($0))
            }
        }
        return "\(name).\(kind.ending)"
    }

    /// The panorama with what moves at all its places, and without it.
    private func writeSummary(_ panorama: Stitcher.Panorama, to place: String, as kind: PanoramaFormat) throws {
        guard !kind.isDeep else { throw Failure("--summary is for jpg, png and webp.") }
        for (things, ending) in [(MovingThings.all, "summary"), (.none, "cleared")] {
            var editor = panorama.editor
            guard let image = try editor.picture(showing: things) else {
                return Terminal.say("Nothing moves in \(place) that three frames or more would tell of.")
            }
            let encoding: ImageEncoding =
                switch kind {
                case .png: .png
                case .webp: .webP(quality: quality)
                default: .jpeg(quality: quality)
                }
            try PictureFiles.write(try image.encoded(as: encoding), to: "\(place)-\(ending).\(kind.ending)")
        }
    }

    /// Photos and chosen frames.
    private func files(_ clips: [String], _ others: [String], _ interrupt: Interrupt) throws -> [StitchPhoto] {
        guard !clips.isEmpty else { return try StitchFiles.photos(others) }
        do {
            let overlap = (frameOverlap ?? (summary ? 80 : 65)) / 100
            let taken = try ClipFiles.photos(
                clips, overlap: overlap, limit: frames, memory: memory, alone: others.isEmpty
            ) {
                if interrupt.isAsked { throw CancellationError() }
            }
            return try StitchFiles.photos(others) + taken
        } catch is CancellationError { throw ExitCode(130) }
    }

    /// What was asked for; frames alone come in their order, and have no exposures to be fused.
    private func options(_ clips: [String], _ others: [String]) -> StitchOptions {
        var options = options
        guard !clips.isEmpty, others.isEmpty else { return options }
        options.isOrdered = true
        options.fusesBrackets = false
        return options
    }

    private var options: StitchOptions {
        var options = StitchOptions()
        options.model = ModelChoice(rawValue: model) ?? .auto
        options.surface = Surface(name: surface)
        options.selection = SelectionMethod(rawValue: selection) ?? .cut
        options.blend = BlendMethod(rawValue: blend) ?? .bands
        options.tone = ToneMethod(rawValue: tone) ?? .auto
        options.fusesBrackets = !noBrackets
        options.memoryMebibytes = memory
        options.megapixels = megapixels
        options.isPreview = preview
        options.crops = !noCrop
        options.bundle = BundleObjective(rawValue: bundle) ?? .pairsInRaySpace
        options.refines = refine
        options.alignsLocally = bend
        options.isOrdered = ordered
        options.keepsDepth = PanoramaFormat(rawValue: format)?.isDeep ?? false
        options.keepsLayers = layers
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
