import Imaging
import Kernels
import Testing

@testable import Panorama

@Suite("Cheap steps against sums pixel by pixel")
struct AlignmentStepTests {
    private static let origin = (x: -47.5, y: -32.5)

    private struct Scene {
        let template: WeightedPlane
        let picture: WeightedPlane
        let slopes: SampledPlane
        /// From pixels to pixels.
        let map: [Double]
        /// From the middles.
        let whole: Matrix3

        init(_ whole: Matrix3) throws {
            let scene = WavyScene(seed: 11, shortest: 14)
            let back = try #require(whole.inverse)
            let (a, b) = (
                try scene.view(.identity, width: 96, height: 66), try scene.view(back, width: 100, height: 70)
            )
            template = WeightedPlane(width: 96, height: 66, values: a.values)
            picture = WeightedPlane(width: 100, height: 70, values: b.values)
            // A little off, so that there is something to sum.
            self.whole = shift(0.4, -0.3) * whole
            map = self.whole.moved(from: AlignmentStepTests.origin, to: (-49.5, -34.5)).values
            slopes = samplePlane(
                template, map: Matrix3.identity.values, width: 96, height: 66, cubic: true, withSlopes: true)
        }
    }

    private static let maps = [
        Matrix3.identity, shift(1.3, -2.2),
        Matrix3(rows: Vector3(1.01, 0.012, 0.9), Vector3(-0.015, 0.985, -0.7), Vector3(4e-5, -3e-5, 1)),
        // Leans too much for sixteen pixels at one fraction: each by itself.
        Matrix3(rows: Vector3(0.9, 0.2, 3), Vector3(-0.2, 0.9, -2), Vector3(0, 0, 1)),
    ]

    @Test(
        "PANO-134, PANO-138 a cheap step sums what sampling and summing each pixel does", arguments: 0..<4,
        [RobustLoss.squares, .huber(0.02), .gemanMcClure(0.05), .absolute(0.004)])
    func sums(map: Int, loss: RobustLoss) throws {
        let scene = try Scene(Self.maps[map])
        var terms = AlignmentTerms(map: Matrix3.identity.values, origin: Self.origin)
        terms.loss = loss
        (terms.gain, terms.bias) = (0.1, -0.02)
        let step = AlignmentStep(
            scene.template, slopesX: scene.slopes.slopesX, slopesY: scene.slopes.slopesY, terms)
        for cubic in [true, false] {
            var view = AlignmentStep.View(picture: scene.picture, map: scene.map)
            view.cubic = cubic
            view.loss = loss
            (view.gain, view.bias) = (terms.gain, terms.bias)
            let seen = samplePlane(
                scene.picture, map: scene.map, width: 96, height: 66, cubic: cubic, withSlopes: false)
            let full = alignmentSums(
                scene.template, seen, slopesX: scene.slopes.slopesX, slopesY: scene.slopes.slopesY, terms)
            for variant in KernelVariant.supported {
                let cheap = step.sums(view, variant: variant)
                #expect(cheap.count == full.count && abs(cheap.weight - full.weight) < 1e-3 * full.weight)
                #expect(abs(cheap.cost - full.cost) < 0.02 * full.cost, "\(variant): \(cheap.cost) \(full.cost)")
                for entry in 0..<11 {
                    // The most that a pull of these differences could be.
                    let size = (full.matrix[entry * 11 + entry] * full.cost).squareRoot()
                    #expect(
                        abs(cheap.vector[entry] - full.vector[entry]) < 0.02 * size,
                        "\(variant) \(entry): \(cheap.vector[entry]) \(full.vector[entry])")
                }
            }
        }
    }

    @Test(
        "PANO-136 structure and pull of blocks, gathered, are those of blocks summed pixel by pixel", arguments: 0..<4)
    func blocks(map: Int) throws {
        let scene = try Scene(Self.maps[map])
        let terms = AlignmentTerms(map: scene.whole.values, origin: Self.origin)
        let step = AlignmentStep(
            scene.template, slopesX: scene.slopes.slopesX, slopesY: scene.slopes.slopesY,
            AlignmentTerms(map: Matrix3.identity.values, origin: Self.origin))
        let seen = samplePlane(scene.picture, map: scene.map, width: 96, height: 66, cubic: true, withSlopes: false)
        let patches = patchSums(
            scene.template, seen, slopesX: scene.slopes.slopesX, slopesY: scene.slopes.slopesY, side: 16, terms)
        let full = LevelAlignment.gathered(patches, map: scene.whole, origin: Self.origin)
        let cheap = step.blockSums(AlignmentStep.View(picture: scene.picture, map: scene.map), at: scene.whole.values)
        #expect(abs(cheap.cost - full.cost) < 0.02 * full.cost)
        for p in 0..<9 {
            let size = (full.matrix[p * 11 + p] * full.cost).squareRoot()
            #expect(abs(cheap.vector[p] - full.vector[p]) < 0.02 * size, "\(p)")
            for q in p..<9 {
                let scale = (full.matrix[p * 11 + p] * full.matrix[q * 11 + q]).squareRoot()
                // Blocks at the border are there in part: their structure is taken to be even.
                #expect(abs(cheap.matrix[p * 11 + q] - full.matrix[p * 11 + q]) < 0.05 * scale, "\(p) \(q)")
            }
        }
    }

    @Test(
        "PANO-134, PANO-136, PANO-138 eight parameters come out as with the slopes of the moved picture, to 0.02 pixels"
    )
    func optimum() throws {
        let truth = Self.maps[2]
        let (a, b) = try WavyScene(seed: 29, shortest: 12).pair(truth, width: 160, height: 128)
        var alignment = DirectAlignment(.homography)
        alignment.method = .forward
        let full = try alignment.align(a, b)
        #expect(cornerError(full.map, truth, width: 160, height: 128) < 0.02)
        for method in [DirectMethod.templateSlopes, .patches, .inverseCompositional] {
            alignment.method = method
            let found = try alignment.align(a, b)
            #expect(cornerError(found.map, full.map, width: 160, height: 128) < 0.02, "\(method)")
        }
    }
}
