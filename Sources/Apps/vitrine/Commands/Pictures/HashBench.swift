import ArgumentParser
import Basics
import Foundation
import Imaging
import Kernels
import VisualSearch

/// Measures hashes on a person's own pictures.
struct HashBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure how fast hashes are and which edits they survive, on your own pictures.",
        discussion: """
            Prints processor time a picture of each hash, then for each edit the share of pictures whose edited copy \
            lies within a distance, then what `vitrine dedup` would say: with one of its two checks (a person is \
            asked) and with both (the copy is put aside). Last, the time to look through a million hashes, and to \
            compare all pairs; without a folder only that.

              vitrine hash bench photos/ --sample 400
            """)

    @Argument(help: "A folder with pictures.") var folder: String?
    @Option(help: "How many pictures, drawn evenly from all.") var sample = 200

    func run() async throws {
        defer { scans() }
        guard let folder else { return }
        let all = try PictureFiles.list([folder])
        guard !all.isEmpty, sample > 0 else { throw Failure("'\(folder)' holds no pictures.") }
        let step = max(1, all.count / sample)
        let paths = stride(from: 0, to: all.count, by: step).prefix(sample).map { all[$0] }
        try speed(Array(paths.prefix(100)))
        try robustness(paths)
    }

    private func load(_ path: String) -> Image? {
        let options = ImageDecodeOptions(
            damage: .acceptUpTo(blankPercent: 10),
            minimumSize: ImageSize(width: PictureAnalysis.shortSide, height: PictureAnalysis.shortSide))
        return (try? PictureFiles.read(path)).flatMap { try? Image.decode($0, options: options).image }
    }

    private func speed(_ paths: [String]) throws {
        let files = try paths.map { try PictureFiles.read($0) }
        func time(_ name: String, _ items: Int, _ body: () throws -> Void) rethrows {
            let start = ProcessorTime.now
            try body()
            let micros = (ProcessorTime.now - start) * 1e6 / Double(max(1, items))
            Terminal.say(name.padding(toLength: 26, withPad: " ", startingAt: 0) + String(format: "%9.1f us", micros))
        }
        Terminal.say("Processor time a picture, of \(files.count):")
        time("  MD5 of the file", files.count) { for file in files { _ = PictureAnalysis.md5(file) } }
        var images: [Image] = []
        time("  decoding", files.count) { images = paths.compactMap(load) }
        var greys: [Image] = []
        time("  grey", images.count) { greys = images.map { $0.converted(to: .gray8) } }
        try time("  aHash from grey", greys.count) { for grey in greys { _ = try PerceptualHash.aHash64(grey) } }
        try time("  dHash-64 from grey", greys.count) { for grey in greys { _ = try PerceptualHash.dHash64(grey) } }
        try time("  pHash from grey", greys.count) { for grey in greys { _ = try PerceptualHash.pHash64(grey) } }
        try time("  dHash-256 from grey", greys.count) { for grey in greys { _ = try PerceptualHash.dHash256(grey) } }
        try time("  all eight views", greys.count) { for grey in greys { _ = try PictureFingerprint.views(of: grey) } }
    }

    private func robustness(_ paths: [String]) throws {
        var table = RobustnessTable()
        var bar = ProgressBar("editing")
        for (number, path) in paths.enumerated() {
            bar.show(Double(number) / Double(paths.count))
            if let image = load(path) { try table.add(image) }
        }
        bar.finish()
        let count = table.rows.values.first?.count ?? 0
        Terminal.say("\nShare of \(count) edited copies within a distance:")
        for measure in RobustnessTable.Measure.allCases {
            let head = measure.steps.map { String(format: "%6d", $0) }.joined()
            Terminal.say("  " + measure.rawValue.padding(toLength: 20, withPad: " ", startingAt: 0) + head)
            for edit in PictureEdit.allCases {
                let found = table.rows[edit]?.found[measure] ?? []
                let shares = found.map { String(format: "%6.2f", Double($0) / Double(max(1, count))) }.joined()
                Terminal.say("    " + edit.rawValue.padding(toLength: 18, withPad: " ", startingAt: 0) + shares)
            }
        }
        Terminal.say("\nWhat dedup says of them: one check (asks a person) or both, and both (puts aside)")
        for edit in PictureEdit.allCases {
            guard let row = table.rows[edit] else { continue }
            let shares = [row.byOne, row.byBoth].map { String(format: "%6.2f", Double($0) / Double(max(1, count))) }
            Terminal.say("    " + edit.rawValue.padding(toLength: 18, withPad: " ", startingAt: 0) + shares.joined())
        }
    }

    private func scans() {
        var random = SeededRandom(seed: 1)
        let hashes = (0..<1_000_000).map { _ in random.next() }
        let queries = hashes.prefix(200)
        var least = Double.infinity
        var found = 0
        for _ in 0..<5 {
            let start = ProcessorTime.now
            for query in queries { found += Kernels.hashes(within: 8, of: query, in: hashes.span).count }
            least = min(least, (ProcessorTime.now - start) * 1000 / Double(queries.count))
        }
        Terminal.say(
            String(format: "\nA million hashes are looked through in %.4f ms", least)
                + " (\(KernelVariant.best), \(found / 5) found).")
        let some = Array(hashes.prefix(262_144))
        let start = ProcessorTime.now
        hashPairs(of: some.span, in: some.span, within: 8, onlyEarlier: true) { _, _ in true }
        let rate = Double(some.count) * Double(some.count - 1) / 2 / (ProcessorTime.now - start)
        Terminal.say(
            String(
                format: "All pairs: %.2f thousand million a second, so a million hashes take %.0f s.", rate / 1e9,
                5e11 / rate))
    }
}
