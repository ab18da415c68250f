import ArgumentParser
import Basics
import Foundation
import VisualSearch

/// How soon an item can be found.
struct EvalIngest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: "How soon after it was put in an item is found by its picture.",
        discussion: """
              vitrine eval ingest photos/ --items 1000 --items 100000

            Each picture becomes an item of its own, one after the other, in a catalogue of made-up items that is filled \
            in a temporary folder and deleted again; then the same picture is scanned until the item is found. Printed \
            are the time until the item is stored for good and in the index, and the time until the first scan that \
            began afterwards has found it, as the clock on the wall and as processor time.
            """)

    @Argument(help: "Pictures, or folders of them.") var pictures: [String]
    @Option(help: "Items that are there before; may be given several times.") var items: [Int] = [1_000, 100_000]
    @Option(help: "At most so many pictures.") var limit = 100
    @OptionGroup var flags: EvalFlags

    func validate() throws {
        guard limit > 0, items.allSatisfy({ (0...2_000_000).contains($0) }) else {
            throw ValidationError("--limit is at least 1, --items is 0 to 2000000.")
        }
    }

    func run() async throws {
        let files = try PictureFiles.list(pictures).prefix(limit).map { try PictureFiles.read($0) }
        let models = flags.models()
        for count in items {
            let result = try await PlantedCatalogue.with(count, models: models, seed: flags.seed) { planted in
                try await planted.opened { catalogue in try await measure(Array(files), count, catalogue) }
            }
            if flags.json { Terminal.say(result.text) } else { say(result) }
        }
    }

    private func measure(_ files: [[UInt8]], _ count: Int, _ catalogue: Catalogue) async throws -> JSON {
        var stored: [Double] = []
        var found: [Double] = []
        var spent: [Double] = []
        var missed = 0
        let shown = ShownProgress("putting in")
        for (place, file) in files.enumerated() {
            let sku = "measured-\(place)"
            let (wall, processor) = (ContinuousClock.now, ProcessorTime.now)
            let put = try await catalogue.put(ItemDraft(sku: sku), pictures: [PictureUpload(bytes: file)])
            guard put.pictures.first?.outcome == .accepted else { continue }
            stored.append(Self.milliseconds(since: wall))
            let answer = try await catalogue.scan(file)
            found.append(Self.milliseconds(since: wall))
            spent.append((ProcessorTime.now - processor) * 1_000)
            if !(answer.groups + answer.similar).contains(where: { $0.style == sku }) { missed += 1 }
            shown.show(Double(place + 1) / Double(files.count))
        }
        shown.finish()
        return [
            "items": .int(Int64(count)), "pictures": .int(Int64(found.count)), "missed": .int(Int64(missed)),
            "stored_milliseconds": Self.spread(stored), "found_milliseconds": Self.spread(found),
            "processor_milliseconds": Self.spread(spent),
        ]
    }

    private static func milliseconds(since start: ContinuousClock.Instant) -> Double {
        let passed = start.duration(to: .now).components
        return Double(passed.seconds) * 1_000 + Double(passed.attoseconds) / 1e15
    }

    /// The middle value, the one that 95 of 100 stay below, and the largest.
    private static func spread(_ values: [Double]) -> JSON {
        let sorted = values.sorted()
        func at(_ share: Double) -> JSON {
            guard let last = sorted.indices.last else { return .null }
            return .double((sorted[min(last, Int(share * Double(sorted.count)))] * 10).rounded() / 10)
        }
        return ["median": at(0.5), "p95": at(0.95), "most": at(1)]
    }

    private func say(_ result: JSON) {
        Terminal.say(
            "\(result["items"]?.intValue ?? 0) items there before, \(result["pictures"]?.intValue ?? 0) put in, "
                + "\(result["missed"]?.intValue ?? 0) not found by the first scan afterwards")
        for (name, words) in [
            ("stored_milliseconds", "until it is stored and in the index"),
            ("found_milliseconds", "until a scan has found it"),
            ("processor_milliseconds", "of processor time for both"),
        ] {
            let figures = ["median", "p95", "most"].map { result[name]?[$0]?.doubleValue ?? 0 }
            Terminal.say(
                String(format: "  %8.1f ms  (p95 %.1f, most %.1f)  ", figures[0], figures[1], figures[2]) + words)
        }
    }
}
