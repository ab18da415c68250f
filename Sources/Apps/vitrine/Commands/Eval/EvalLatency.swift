import ArgumentParser
import Basics
import Foundation
import VisualSearch

/// What a scan costs.
struct EvalLatency: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "latency",
        abstract: "What a scan costs in processor time, stage by stage, against catalogues of given sizes.",
        discussion: """
              vitrine eval latency photo.jpg --items 1000 --items 100000

            Each photo is scanned from its bytes to the answer, one after the other on one thread, in a catalogue of \
            made-up items that is filled in a temporary folder and deleted again. Then another part of the same photo is \
            asked for, as by somebody who draws a box, which needs no upload and no decoding. Printed are medians of \
            processor time, which a busy machine does not change, and the memory that stays in use.
            """)

    @Argument(help: "Photos.") var photos: [String]
    @Option(help: "Items of a catalogue; may be given several times.") var items: [Int] = [1_000, 100_000]
    @Option(help: "How often each photo is scanned.") var rounds = 20
    @OptionGroup var flags: EvalFlags

    func validate() throws {
        guard rounds > 0, items.allSatisfy({ (1...2_000_000).contains($0) }) else {
            throw ValidationError("--rounds is at least 1, --items is 1 to 2000000.")
        }
    }

    func run() async throws {
        let files = try photos.map { try PictureFiles.read($0) }
        let models = flags.models()
        var results: [JSON] = []
        for count in items {
            let result = try await PlantedCatalogue.with(count, models: models, seed: flags.seed) { planted in
                try await measure(files, planted, count)
            }
            results.append(result)
            if !flags.json { say(result) }
        }
        if flags.json { Terminal.say(JSON.array(results).text) }
    }

    private func measure(_ files: [[UInt8]], _ planted: PlantedCatalogue, _ count: Int) async throws -> JSON {
        let clock: @Sendable () -> Int64 = { Int64(ProcessorTime.now * 1e6) }
        return try await planted.opened({ $0.stageClock = clock }) { catalogue in
            var (totals, again): ([Double], [Double]) = ([], [])
            var stages: [String: [Double]] = [:]
            let shown = ShownProgress("scanning")
            for round in 0...rounds {
                for file in files {
                    let start = ProcessorTime.now
                    let scan = try await catalogue.beginScan([file])
                    let answer = try await scan.answer()
                    let first = ProcessorTime.now
                    _ = try await scan.answer(box: Self.anotherPart(round))
                    let second = ProcessorTime.now
                    // The first round reads what is read once.
                    guard round > 0 else { continue }
                    totals.append((first - start) * 1_000)
                    again.append((second - first) * 1_000)
                    for timing in answer.timings { stages[timing.stage, default: []].append(timing.milliseconds) }
                }
                shown.show(Double(round) / Double(rounds))
            }
            shown.finish()
            var medians = JSONObject()
            for stage in ScanStage.allCases {
                if let values = stages[stage.rawValue] { medians[stage.rawValue] = .double(Self.median(values)) }
            }
            return [
                "items": .int(Int64(count)), "scans": .int(Int64(totals.count)),
                "space": .string(planted.models.embedders[0].space.name),
                "processorMilliseconds": .double(Self.median(totals)),
                "anotherPartMilliseconds": .double(Self.median(again)),
                "stages": .object(medians), "residentMiB": .double(Self.residentMiB),
            ]
        }
    }

    /// A box as somebody draws it, another one each time.
    private static func anotherPart(_ round: Int) -> BoxRequest {
        let left = 0.1 + Double(round % 5) * 0.05
        return UnitBox(x: left, y: 0.15, width: 0.6, height: 0.6).map { BoxRequest.own($0) } ?? .full
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let middle = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
        return (middle * 1_000).rounded() / 1_000
    }

    /// Memory of the program that is in the machine's memory now.
    private static var residentMiB: Double {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
        return (pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1_048_576).rounded()
    }

    private func say(_ result: JSON) {
        let total = result["processorMilliseconds"]?.doubleValue ?? 0
        Terminal.say(
            String(format: "%d items: %.1f ms of processor time a scan", result["items"]?.intValue ?? 0, total)
                + " (median of \(result["scans"]?.intValue ?? 0)), \(Int(result["residentMiB"]?.doubleValue ?? 0)) MiB")
        let again = result["anotherPartMilliseconds"]?.doubleValue ?? 0
        Terminal.say(String(format: "  another part of the photo: %.1f ms, %.2f of the first", again, again / total))
        for (stage, value) in result["stages"]?.objectValue ?? [:] {
            Terminal.say(String(format: "  %7.2f ms  ", value.doubleValue ?? 0) + stage)
        }
    }
}
