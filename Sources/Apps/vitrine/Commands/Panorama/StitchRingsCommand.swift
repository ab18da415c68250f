import ArgumentParser
import Foundation
import Imaging
import Panorama

/// Measures the stitcher on views whose cameras are known.
struct StitchRingsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stitch-rings",
        abstract: "Measure the stitcher on rings of views rendered from a sphere.",
        discussion: """
            Each ring is stitched and its cameras are compared with those it was rendered by: how far pixels of one view \
            land from their true place in another, in pixels of the views.

              vitrine stitch-rings sphere.jpg --seeds 4

            Ends with 1 when a view is left out, or the median is over 0.05, 95 % are not within 0.15 pixels, or focal \
            lengths are more than 0.02 percent off.
            """)

    @Argument(help: ArgumentHelp("Equirectangular pictures, twice as wide as high.", valueName: "spheres"))
    var spheres: [String]
    @Option(help: "Rings a sphere, seeds 1, 2 ...") var seeds = 2
    @Option(help: "Views a ring.") var views = 12
    @Option(help: "Rows of views, one above the other.") var rows = 1
    @Option(help: "Width of a view; its height is three quarters.") var width = 800
    @Option(help: "Degrees across a view.") var degrees = 60.0
    @Option(help: "Standard deviation of the noise in levels.") var noise = 2.0
    @Option(help: "Things that move, a view.") var walkers = 0
    @Option(help: "How far each camera stands before the point it turns about, as a share of half the room's width.")
    var offset = 0.0
    @Option(help: "pairsInRaySpace, pairsInImagePlane, pointsInRaySpace or pointsInImagePlane.")
    var bundle = BundleObjective.pairsInRaySpace.rawValue
    @Flag(help: "Find places anew by brightness before the cameras are solved once more.") var refine = false
    @Flag(help: "Draw panoramas at full size, not as previews.") var full = false
    @Flag(help: "Bend photos a little where they do not meet (parallax of some pixels).") var bend = false

    func validate() throws {
        guard BundleObjective(rawValue: bundle) != nil else {
            throw ValidationError("--bundle \(bundle) is not known.")
        }
        guard (1...1000).contains(seeds), (3...200).contains(views), (1...9).contains(rows) else {
            throw ValidationError("--seeds must be 1 to 1000, --views 3 to 200, --rows 1 to 9.")
        }
        guard (160...4000).contains(width) else { throw ValidationError("--width must be 160 to 4000.") }
        guard offset.isFinite, (0...0.5).contains(offset) else { throw ValidationError("--offset must be 0 to 0.5.") }
        guard (10...120).contains(degrees), (0...64).contains(noise), (0...20).contains(walkers) else {
            throw ValidationError("--degrees must be 10 to 120, --noise 0 to 64, --walkers 0 to 20.")
        }
    }

    func run() async throws {
        var settings = RingTruth.Settings()
        settings.count = views
        settings.rows = rows
        settings.width = width
        settings.height = width * 3 / 4
        settings.fieldOfView = degrees
        settings.noise = noise
        settings.walkers = walkers
        settings.offset = offset
        var options = StitchOptions()
        options.refines = refine
        options.bundle = BundleObjective(rawValue: bundle) ?? .pairsInRaySpace
        options.isPreview = offset == 0 && !full
        options.alignsLocally = bend
        var isGood = true
        print("sphere seed used median p95 focal% expected seconds all apart%")
        for path in spheres {
            let sphere = try Image.decode([UInt8](Data(contentsOf: URL(fileURLWithPath: path)))).image
            for seed in 1...seeds {
                let ring = try RingTruth(sphere: sphere, settings: settings, seed: UInt64(seed))
                let score = try measure(ring, options, name: (path as NSString).lastPathComponent, seed: seed)
                isGood =
                    isGood && score.used == views && score.median <= 0.05 && score.p95 <= 0.15 && score.focal <= 2e-4
            }
        }
        if !isGood { throw ExitCode(1) }
    }

    private func measure(
        _ ring: RingTruth, _ options: StitchOptions, name: String, seed: Int
    ) throws -> RingTruth.Score {
        var (cameras, apart): ([Int: Camera], Double) = ([:], 0)
        let verdict = try Stitcher(options: options).stitch(ring.photos) { panorama in
            if case .rotation(let found) = panorama.geometry, found.count > cameras.count {
                (cameras, apart) = (found, panorama.editor.apart)
            }
            return nil
        }
        let score = ring.score(cameras, scale: ring.matchingScale)
        let seconds = verdict.seconds.filter { ["detect", "match", "retry", "solve"].contains($0.key) }.values
        let expected = verdict.groups.first?.residualPx.expected ?? .nan
        print(
            name, seed, "\(score.used)/\(views)", String(format: "%.3f", score.median),
            String(format: "%.3f", score.p95), String(format: "%.4f", score.focal * 100),
            String(format: "%.3f", expected), String(format: "%.2f", seconds.reduce(0, +)),
            String(format: "%.2f", verdict.seconds.values.reduce(0, +)), String(format: "%.2f", apart * 100))
        if bend, let ghosts = SceneStudy(ring.photos).ghosts() {
            print(
                String(
                    format: "  doubled edges %.2f %% before, %.2f %% after; %d of %d photos bent, lines by %.2f px",
                    ghosts.before * 100, ghosts.after * 100, ghosts.bent, ghosts.photos, ghosts.bend))
        }
        return score
    }
}
