import ArgumentParser
import Foundation
import Imaging
import Panorama

/// Measures verdicts and grades on worlds of which everything is known.
struct StitchWorldsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stitch-worlds",
        abstract: "Measure verdicts, models and grades on rendered worlds.",
        discussion: """
            Rings, strips, flat things and scans of worlds that are made up, some with a stranger, a copy, a blurred \
            photo, things that walk or a camera that moves. Each is stitched, and what is said of it is held against \
            what is known:

              vitrine stitch-worlds --count 200

            Ends with 1 when a panorama with holes, ghosts or places over 3 pixels off was called good, or fewer than \
            95 % of the models are right.

            With --audit panoramas are held against their photos instead: clean ones, and the same with a ghost, a smear \
            and a bend planted in a box of 160 x 160 pixels. Worlds with walkers or a camera that moves are left out.
            """)

    @Option(help: "Worlds, seeds 0, 1 ...") var count = 200
    @Option(help: "The first seed.") var first: UInt64 = 0
    @Option(help: "Width of a photo; its height is three quarters.") var width = 480
    @Flag(help: "Say every world, not only those of which something wrong was said.") var all = false
    @Flag(help: "Audit the panoramas, clean and with planted faults.") var audit = false

    func validate() throws {
        guard (1...100_000).contains(count), (320...2000).contains(width) else {
            throw ValidationError("--count must be 1 to 100000, --width 320 to 2000.")
        }
    }

    func run() async throws {
        guard !audit else { return try runAudit() }
        var grades: [String: Int] = [:]
        var (models, verdicts, praised) = (0, 0, 0)
        for seed in first..<(first + UInt64(count)) {
            let trial = try WorldTrial(seed: seed, width: width)
            var made: Stitcher.Panorama?
            let verdict = try Stitcher().stitch(trial.photos) { panorama in
                if made == nil { made = panorama }
                return nil
            }
            let outcome = trial.outcome(verdict, made)
            grades[outcome.grade?.rawValue ?? "none", default: 0] += 1
            models += outcome.isModelRight ? 1 : 0
            verdicts += outcome.areVerdictsRight ? 1 : 0
            praised += outcome.isPraisedWrongly ? 1 : 0
            if all || outcome.isPraisedWrongly || !outcome.isModelRight || !outcome.areVerdictsRight {
                let group = verdict.groups.first
                print(
                    "seed \(seed) \(trial.kind) \(trial.fault):", group?.model ?? "-", outcome.grade?.rawValue ?? "-",
                    "used \(group?.used ?? 0)/\(trial.photos.count)", String(format: "p95 %.2f px", outcome.p95),
                    "holes \(outcome.holes) ghosts \(outcome.ghosts) torn \(group?.torn ?? 0)",
                    "\(group?.closed == true ? "closed" : "open") dropped \(group?.droppedEdges ?? 0)",
                    "\(group?.mismatch?.rawValue ?? "-") residual \(group?.residualPx.p95 ?? 0)",
                    verdict.photos.map(\.verdict.rawValue).joined(separator: ","))
            }
        }
        print(
            "\(count) worlds: model right \(models), all verdicts right \(verdicts), wrongly called good \(praised);",
            grades.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
        if praised > 0 || models * 100 < 95 * count { throw ExitCode(1) }
    }

    private func runAudit() throws {
        var (worlds, flagged, named, strangers, missed) = (0, 0, 0, 0, 0)
        var found: [PlantedFault: Int] = [:]
        for seed in first..<(first + UInt64(count)) {
            let trial = try WorldTrial(seed: seed, width: width)
            guard trial.fault != .walkers, trial.fault != .parallax else { continue }
            var made: Stitcher.Panorama?
            _ = try Stitcher().stitch(trial.photos) { panorama in
                if made == nil { made = panorama }
                return nil
            }
            guard let made else { continue }
            let outcome = try trial.audited(made.image, photos: trial.photos, seed: seed)
            worlds += 1
            let isFlagged = outcome.clean.torn > StitchAuditCommand.clean
            flagged += isFlagged ? 1 : 0
            named += outcome.isSmearNamed ? 1 : 0
            for fault in outcome.found { found[fault, default: 0] += 1 }
            // A photo of another world must be missing, and none of which the crop left enough; of a blurred one either
            // may be said, for others show what it shows.
            let said = outcome.clean.photos
            let wrong = said.indices.filter { index -> Bool in
                let reason = trial.expected[index]
                guard said[index].isMissing else { return reason == .noOverlap }
                guard reason != .noOverlap, reason != .blurred else { return false }
                return trial.share(of: index, in: made) >= PictureAudit.present
            }
            strangers += trial.fault == .stranger ? 1 : 0
            missed += wrong.isEmpty ? 0 : 1
            if all || isFlagged || !wrong.isEmpty || outcome.found.count < PlantedFault.allCases.count {
                print(
                    "seed \(seed) \(trial.kind) \(trial.fault): \(outcome.clean.cells) squares, clean torn",
                    outcome.clean.torn, "fidelity", outcome.clean.fidelity, "found",
                    PlantedFault.allCases.filter { outcome.found.contains($0) }.map(\.rawValue).joined(separator: ","),
                    "wrongly missing or shown:",
                    wrong.map { "\(said[$0].name) \(said[$0].shown ?? 1)" }.joined(separator: ","))
            }
        }
        let counts = PlantedFault.allCases.map { "\($0.rawValue) \(found[$0] ?? 0)" }.joined(separator: ", ")
        print(
            "\(worlds) panoramas audited: found \(counts) (smears called so: \(named)); clean ones flagged \(flagged);",
            "\(strangers) with a stranger; missing photos told wrongly in \(missed)")
    }
}
