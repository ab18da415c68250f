import Basics
import Testing

@testable import Learning

/// What a new augmentation takes: this, and one row in the registry (see AddingAnAugmentation).
private struct Fading: Augmentation {
    var probability = 0.3
    var share = 0.0...0.5

    func apply(
        to picture: inout AugmentedPicture, _ random: inout CounterRandom, _ context: AugmentationContext
    ) throws {
        guard random.chance(probability) else { return }
        let weight = Int(random.uniform(share) * 256)
        try picture.withPixels { pixels in
            for at in pixels.indices {
                pixels[at] = UInt8(clamping: (Int(pixels[at]) * (256 - weight) + 128 * weight) >> 8)
            }
        }
    }
}

@Suite struct AugmentationRegistryTests {
    @Test("An augmentation of one's own works like those that are there")
    func own() async throws {
        let dataset = try Pictures.dataset(4)
        let loader = try Loader(
            dataset: dataset, sampler: SequentialSampler(count: 4, batchSize: 4),
            augmenter: Augmenter([Fading(probability: 1, share: 1...1)]), options: LoaderOptions(side: 8))
        let batch = try #require(try await loader.start().next())
        #expect(batch.images.bytes.allSatisfy { $0 == 128 })
    }

    private func make(_ text: String) throws -> Augmenter {
        try AugmentationRegistry.make(try #require(try JSON(parsing: text).arrayValue))
    }

    private func problems(_ text: String) -> [String] {
        #expect(throws: AugmentationConfigurationError.self) { try make(text) }?.problems ?? []
    }

    @Test("LEARN-033 every augmentation has a name, with and without options", arguments: AugmentationRegistry.names)
    func names(name: String) throws {
        let augmenter = try make(#"["\#(name)"]"#)
        #expect(augmenter.steps.count + augmenter.batchSteps.count == 1)
        #expect(throws: Never.self) { try make(#"[{"type": "\#(name)", "// why": "a comment"}]"#) }
    }

    @Test("Options arrive where they belong")
    func options() throws {
        let made = try make(
            #"[{"type": "resizedCrop", "area": [0.6, 0.9], "flip": 0}, {"type": "merchant", "p": 1, "grounds": ["plain"]}]"#
        )
        let crop = try #require(made.steps[0] as? ResizedCrop)
        #expect(crop.area == 0.6...0.9 && crop.flip == 0)
        let merchant = try #require(made.steps[1] as? GroundChange)
        #expect(merchant.probability == 1 && merchant.grounds == [.plain] && merchant.isCentred)
    }

    @Test("All problems are told at once, each with its place")
    func problems() {
        let found = problems(
            """
            ["nothing", {"type": "perspective", "jiter": 1, "p": 2}, {"type": "randomErasing", "area": [0.5, 0.2]},
             {"type": "background", "grounds": ["beach"]}, "mixUp", "cutMix"]
            """)
        #expect(found.count == 6)
        #expect(found[0].hasPrefix("augment[0]: one of adversarialErasing"))
        #expect(found[1] == "augment[1].p: a number from 0.0 to 1.0")
        #expect(found[2] == "augment[1].jiter: unknown key")
        #expect(found[3].hasPrefix("augment[2].area: two numbers"))
        #expect(found[4].hasPrefix("augment[3].grounds: a list of"))
        #expect(found[5].hasPrefix("augment: one of mixUp and cutMix"))
    }
}
