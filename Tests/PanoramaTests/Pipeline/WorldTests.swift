import Imaging
import Panorama
import Testing

@Suite("Verdicts held against worlds of which everything is known")
struct WorldTests {
    private static func outcome(_ seed: UInt64) throws -> (WorldTrial, StitchVerdict, WorldTrial.Outcome) {
        let trial = try WorldTrial(seed: seed)
        var made: Stitcher.Panorama?
        let verdict = try Stitcher().stitch(trial.photos) { panorama in
            if made == nil { made = panorama }
            return nil
        }
        return (trial, verdict, trial.outcome(verdict, made))
    }

    @Test(
        "PANO-324 a camera that turned, a flat thing and scans are told apart by the evidence",
        arguments: [(1, "rotation"), (2, "plane"), (3, "scan")] as [(UInt64, String)])
    func model(seed: UInt64, model: String) throws {
        let (trial, verdict, outcome) = try Self.outcome(seed)
        #expect(trial.kind.model == model && verdict.groups.first?.model == model, "\(verdict.groups)")
        #expect(outcome.isModelRight && outcome.p95 < 3, "\(outcome)")
    }

    @Test(
        "PANO-322 a blurred photo that another shows sharp, and a stranger that is softer than the rest, are called so",
        arguments: [13, 14, 15, 6])
    func faults(seed: UInt64) throws {
        let (trial, verdict, outcome) = try Self.outcome(seed)
        #expect(trial.fault == (seed == 6 ? .stranger : .blurred))
        #expect(outcome.areVerdictsRight, "\(verdict.photos.map(\.verdict))")
        #expect(verdict.groups.first?.holes == 0)
        guard seed != 6 else { return }
        let graph = try Stitcher().outcome(trial.photos) { _ in nil }.graph
        #expect(graph.edges.contains { $0.fate == .leftOut } && !graph.edges.contains { $0.fate == .unsolved })
    }
}
