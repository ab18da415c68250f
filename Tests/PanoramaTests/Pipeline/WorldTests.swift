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
    }

    @Test("PANO-322 a blurred photo that alone shows some part stays, weakly, and is said to be blurred")
    func needed() throws {
        let trial = try WorldTrial(seed: 1)
        var photos = trial.photos
        let soft = try Image.decode(photos[photos.count - 1].load()).image.gaussianBlurred(sigma: 5)
        photos[photos.count - 1] = StitchPhoto(
            name: photos[photos.count - 1].name, bytes: try soft.encoded(as: .jpeg(quality: 90)))
        let verdict = try Stitcher().stitch(photos) { _ in nil }
        let last = try #require(verdict.photos.last)
        #expect(last.verdict == .usedWeak && last.advice == PhotoReason.blurred.advice, "\(last)")
        #expect(verdict.groups.first?.warnings.contains { $0.hasPrefix("blurred: ") } == true)
        #expect(verdict.photos.dropLast().allSatisfy { $0.verdict == .used })
    }
}
