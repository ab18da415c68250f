import ArgumentParser
import Foundation
import Panorama

/// Measures parts of the stitcher on photos.
struct StitchStudyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stitch-study",
        abstract: "Measure parts of the stitcher on folders of photos.",
        discussion: """
            Each folder is a scene. Says how far codes of 7 bits agree with codes that are not rounded, which pairs of \
            photos a similarity holds, what lenses bring, which edges contradict the others and by how much, and scales \
            of flat things:

              vitrine stitch-study scenes/*
            """)

    @Argument(help: ArgumentHelp("Folders of photos.", valueName: "folders")) var folders: [String]
    @Flag(help: "Also how many edges of overlaps are doubled before and after photos are bent.") var ghosts = false

    func run() async throws {
        for folder in folders {
            let study = SceneStudy(try StitchFiles.photos([folder]))
            print((folder as NSString).lastPathComponent)
            say(study.codes())
            let pairs = study.pairs()
            print(
                "  pairs: \(pairs.withSet) of \(pairs.all) joined pairs have a similarity with inliers, least "
                    + "\(pairs.least), median \(pairs.median)")
            for gain in study.lenses() {
                print(
                    "  lens: \(gain.photos) photos, straight", pixels(gain.straight), "bent", pixels(gain.bent),
                    String(format: "lambda %.4f", gain.lens), "dropped \(gain.dropped[0]) and \(gain.dropped[1])")
            }
            for solution in study.solutions() { say(solution) }
            if ghosts, let found = study.ghosts() {
                print(
                    String(
                        format: "  doubled edges: %.2f %% before, %.2f %% after, %d of %d photos bent, by %.2f px",
                        found.before * 100, found.after * 100, found.bent, found.photos, found.bend))
            }
        }
    }

    private func say(_ codes: (rounded: Int, exact: Int, both: Int)) {
        let share = 200 * Double(codes.both) / Double(max(1, codes.rounded + codes.exact))
        print(
            String(
                format: "  codes: %d matches by 7 bits, %d exact, %d by both: %.2f %%", codes.rounded, codes.exact,
                codes.both, share))
    }

    private func say(_ solution: SceneStudy.Solution) {
        print(
            "  solved: \(solution.photos) photos, \(solution.model), \(solution.kept) edges, residual",
            pixels(solution.residuals))
        for edge in solution.dropped {
            print(
                "  dropped: \(edge.names.joined(separator: " - ")), \(edge.inliers) pairs,",
                edge.apart.isFinite ? String(format: "%.0f px from where they should be", edge.apart) : "not in view")
        }
        for map in solution.maps where abs(map[0] - 1) > 1e-6 {
            print(String(format: "  map: scale %.3f, turned by %.2f degrees", map[0], map[1]))
        }
    }

    private func pixels(_ spread: [Double]) -> String {
        spread.map { String(format: "%.2f", $0) }.joined(separator: "/") + " px"
    }
}
