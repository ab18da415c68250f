import ArgumentParser
import Basics
import Foundation
import Imaging
import Kernels
import Panorama

/// Measures parts of the stitcher against their plain forms, in the same minute.
struct StitchBenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stitch-bench",
        abstract: "Measure parts of the stitcher against their plain forms.",
        discussion: """
            Each line has a part, what it is held against, and how many times less processor time or work it takes:

              vitrine stitch-bench sphere.jpg

            The sphere is any picture twice as wide as high. Times are of one thread, the least of several runs.
            """)

    @Argument(help: ArgumentHelp("An equirectangular picture.", valueName: "sphere")) var sphere: String
    @Option(help: "Seeds of the search among wrong pairs.") var seeds = 1000

    func validate() throws {
        guard (1...100_000).contains(seeds) else { throw ValidationError("--seeds must be 1 to 100000.") }
    }

    func run() async throws {
        let world = RenderedWorld(sphere: try Image.decode(PictureFiles.read(sphere)).image)
        print("part against ratio figures")
        matching()
        try indexing(world)
        try fourier(world)
        try steps(world)
        consensus()
    }

    /// Processor milliseconds of the fastest of some runs.
    private func milliseconds(_ runs: Int = 5, _ body: () throws -> Void) rethrows -> Double {
        var least = Double.infinity
        for _ in 0..<runs {
            let start = ProcessorTime.now
            try body()
            least = min(least, ProcessorTime.now - start)
        }
        return least * 1000
    }

    private func say(_ part: String, _ against: String, _ ratio: Double, _ figures: String) {
        print(part, against, String(format: "%.1f", ratio), figures)
    }

    private func codes(_ count: Int, seed: UInt64) -> PackedCodes {
        var random = SeededRandom(seed: seed)
        let rows = (0..<(count * 128)).map { _ in UInt8(random.next() % 48) }
        let norms = (0..<count).map { row in
            rows[(row * 128)..<(row * 128 + 128)].reduce(Int32(0)) { $0 + Int32($1) * Int32($1) }
        }
        return PackedCodes(rows: rows, norms: norms)
    }

    /// Nearest codes both ways, 2000 x 2000 (PANO-159).
    private func matching() {
        let (a, b) = (codes(2000, seed: 1), codes(2000, seed: 2))
        let best = milliseconds { _ = nearestCodes(a, b) }
        let plain = milliseconds(2) { _ = nearestCodes(a, b, variant: .plain) }
        say("matching-2000x2000x128", "plain-loop", plain / best, String(format: "%.2f ms, plain %.1f ms", best, plain))
    }

    /// Trees, drawers and cells, at several thousand points (PANO-160).
    private func indexing(_ world: RenderedWorld) throws {
        let turns = [0.0, 0.35].map { Matrix3.rotation(Vector3(0.02, -$0, 0.01)) }
        let views = try turns.map {
            try world.view(Camera(rotation: $0, focal: 1500), width: 2000, height: 1500)
        }
        let map = RotationMotion.homography(turns[1] * turns[0].transposed, focal0: 1500, focal1: 1500)
        for limit in [2000, 4000, 8000] {
            var detector = PointDetector()
            detector.megapixels = 3
            detector.contrast = 0.002
            detector.limit = limit
            let points = try views.map { try detector.points(of: $0, scale: 1) }
            let (a, b) = (points[0], points[1])
            func right(_ search: CodeSearch) -> Int {
                MutualRatio.matches(a, b, by: search).count { match in
                    guard let there = map.maps(x: Double(a.x[match.0]), y: Double(a.y[match.0])) else { return false }
                    return hypot(there.x - Double(b.x[match.1]), there.y - Double(b.y[match.1])) < 3
                }
            }
            let (plain, all) = (milliseconds(3) { _ = MutualRatio.matches(a, b) }, right(.exhaustive))
            for search in CodeSearch.allCases where search != .exhaustive && (limit == 8000 || search == .cells) {
                let time = milliseconds(3) { _ = MutualRatio.matches(a, b, by: search) }
                let share = 100 * Double(right(search)) / Double(all)
                say(
                    "\(search.rawValue)-\(a.count)x\(b.count)", "exhaustive", plain / time,
                    String(format: "%.1f ms against %.1f, %.1f %% of the right matches", time, plain, share))
            }
        }
    }

    /// All shifts at once against each by itself at 512 x 512 (PANO-129).
    private func fourier(_ world: RenderedWorld) throws {
        func picture(_ yaw: Double) throws -> AlignmentPicture {
            let camera = Camera(rotation: .rotation(Vector3(0, yaw, 0)), focal: 600)
            return try AlignmentPicture(world.view(camera, width: 512, height: 512).converted(to: .gray8).floats())
        }
        let (a, b) = (try picture(0), try picture(0.05))
        let fast = try milliseconds(2) { _ = try FourierSearch(.correlation).shift(a, b) }
        // A thousandth of all shifts, evenly, stands for the rest.
        let search = ShiftSearch(.correlation)
        var tried = 0
        let some = milliseconds(1) {
            for y in stride(from: -511, through: 511, by: 32) {
                for x in stride(from: -511, through: 511, by: 32) {
                    _ = try? search.score(a, b, x: x, y: y)
                    tried += 1
                }
            }
        }
        let all = some * 1023 * 1023 / Double(max(1, tried))
        say(
            "fourier-512x512", "each-shift", all / fast,
            String(format: "%.0f ms, all shifts about %.0f s", fast, all / 1e3))
    }

    /// One step of each way to align by brightness, eight parameters at 512 x 512 (PANO-134, 136, 138).
    private func steps(_ world: RenderedWorld) throws {
        func picture(_ turn: Double) throws -> AlignmentPicture {
            let camera = Camera(rotation: .rotation(Vector3(turn, turn, turn / 2)), focal: 600)
            return try AlignmentPicture(world.view(camera, width: 512, height: 512).converted(to: .gray8).floats())
        }
        let (a, b) = (try picture(0), try picture(0.003))
        func step(_ method: DirectMethod) throws -> (time: Double, map: Matrix3) {
            var alignment = DirectAlignment(.homography)
            alignment.method = method
            alignment.levels = 1
            alignment.stop = 0
            var few = alignment
            few.steps = 2
            alignment.steps = 10
            var (more, less) = (0, 0)
            let long = try milliseconds { more = try alignment.align(a, b).steps }
            let short = try milliseconds { less = try few.align(a, b).steps }
            return ((long - short) / Double(max(1, more - less)), try alignment.align(a, b).map)
        }
        let full = try step(.forward)
        for method in [DirectMethod.templateSlopes, .patches, .inverseCompositional] {
            let other = try step(method)
            let apart =
                [(-256.0, -256.0), (256, -256), (-256, 256), (256, 256)].map { corner -> Double in
                    guard let p = full.map.maps(x: corner.0, y: corner.1),
                        let q = other.map.maps(x: corner.0, y: corner.1)
                    else { return .infinity }
                    return hypot(p.x - q.x, p.y - q.y)
                }.max() ?? 0
            say(
                "step-\(method.rawValue)", "forward", full.time / other.time,
                String(format: "%.2f ms against %.2f, corners %.3f px apart", other.time, full.time, apart))
        }
    }

    /// A homography among four wrong pairs for each right one (PANO-161).
    private func consensus() {
        let truth = Matrix3(rows: Vector3(1.1, 0.08, 30), Vector3(-0.05, 0.96, -12), Vector3(1e-4, -6e-5, 1))
        var (solved, samples) = (0, SampleConsensus())
        samples.limit = 8000
        let time = milliseconds(1) {
            for seed in 0..<seeds {
                var random = SeededRandom(seed: UInt64(seed) + 100)
                func number(_ size: Double) -> Double { (Double(random.next() >> 11) / Double(1 << 52) - 1) * size }
                var places: [Float] = []
                for at in 0..<200 {
                    let (x, y) = (number(400), number(300))
                    let there = at % 5 == 0 ? truth.maps(x: x, y: y) : nil
                    places += [x, y, there?.x ?? number(400), there?.y ?? number(300)].map { Float($0) }
                }
                guard let found = samples.homography(places, seed: UInt64(seed)) else { continue }
                solved += found.inliers.count { $0 % 5 == 0 } == 40 ? 1 : 0
            }
        }
        say(
            "consensus-20%-right", "seeds", Double(solved) / Double(seeds),
            String(format: "%d of %d, %.1f ms each", solved, seeds, time / Double(seeds)))
    }
}
