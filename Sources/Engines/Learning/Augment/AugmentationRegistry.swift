package import Basics
internal import Imaging

/// What augmentations may need beside their options.
public struct AugmentationResources: Sendable {
    /// Photographs without items, to put items on.
    public var backgrounds: PictureCache?
    /// Where the net looks; the trainer fills it.
    public var attention: AttentionMaps

    /// Resources; without photographs other pictures of the data set serve as grounds.
    public init(backgrounds: PictureCache? = nil, attention: AttentionMaps = AttentionMaps()) {
        (self.backgrounds, self.attention) = (backgrounds, attention)
    }
}

/// Augmentations by the names that configurations use. A new one is a file and a row here.
public enum AugmentationRegistry {
    private enum Step {
        case single(any Augmentation)
        case batch(any BatchAugmentation)
    }

    private typealias Maker = @Sendable (AugmentationResources, inout OptionReader) -> Step

    private static let makers: [String: Maker] = [
        "resizedCrop": { _, options in
            let crop = ResizedCrop()
            return .single(
                ResizedCrop(
                    area: options.span("area", crop.area, in: 0.01...1),
                    ratio: options.span("ratio", crop.ratio, in: 0.1...10),
                    rotation: options.span("rotation", crop.rotation, in: -180...180),
                    flip: options.number("flip", crop.flip, in: 0...1)))
        },
        "perspective": { _, options in
            .single(
                Perspective(
                    probability: options.chance(0.3), jitter: options.number("jitter", 0.08, in: 0...0.24)))
        },
        "colour": { _, options in
            .single(
                ColourShift(
                    probability: options.chance(1), exposure: options.number("exposure", 0.35, in: 0...2),
                    balance: options.number("balance", 0.08, in: 0...2),
                    contrast: options.number("contrast", 0.3, in: 0...2),
                    saturation: options.number("saturation", 0.3, in: 0...2),
                    gamma: options.number("gamma", 0.3, in: 0...2)))
        },
        "camera": { _, options in .single(camera(&options)) },
        "background": { resources, options in
            .single(ground(resources, &options, grounds: Ground.allCases, isCentred: false, shadow: 0.3))
        },
        "merchant": { resources, options in
            .single(ground(resources, &options, grounds: [.white, .plain], isCentred: true, shadow: 0.2))
        },
        "textureExchange": { _, options in
            .single(
                TextureExchange(
                    probability: options.chance(0.2), mask: options.choice("mask", ItemMask.auto),
                    shade: options.number("shade", 0.6, in: 0...1)))
        },
        "merchantView": { resources, options in .single(merchantView(resources, &options)) },
        "scene": { _, options in
            let usual = PastedScene()
            return .single(
                PastedScene(
                    most: options.integer("most", usual.most, in: 1...16),
                    size: options.span("size", usual.size, in: 0.05...1),
                    rotation: options.span("rotation", usual.rotation, in: -180...180),
                    grounds: options.choices("grounds", usual.grounds),
                    clutter: options.number("clutter", usual.clutter, in: 0...1),
                    made: options.number("made", usual.made, in: 0...1)))
        },
        "randomErasing": { _, options in
            .single(
                RandomErasing(
                    probability: options.chance(0.5), rectangle: rectangle(&options),
                    fill: options.choice("fill", ErasingFill.random)))
        },
        "bernoulliErasing": { _, options in
            .single(
                BernoulliErasing(
                    probability: options.chance(0.5), rectangle: rectangle(&options),
                    fill: options.choice("fill", ErasingFill.random), share: options.number("q", 0.5, in: 0...1),
                    cells: options.integer("cells", 14, in: 2...64)))
        },
        "adversarialErasing": { resources, options in
            .single(
                AdversarialErasing(
                    maps: resources.attention, probability: options.chance(0.3),
                    threshold: options.number("threshold", 0.7, in: 0...1),
                    most: options.number("most", 0.25, in: 0...1), every: options.integer("every", 2, in: 1...10_000)))
        },
        "mosaic": { _, options in
            .single(
                Mosaic(
                    probability: options.chance(0.5), middle: options.span("middle", 0.3...0.7, in: 0...1)))
        },
        "mixUp": { _, options in
            .batch(MixUp(probability: options.chance(1), alpha: options.number("alpha", 0.2, in: 0.05...2)))
        },
        "cutMix": { _, options in
            .batch(CutMix(probability: options.chance(1), alpha: options.number("alpha", 1, in: 0.05...2)))
        },
    ]

    /// The names of all augmentations, sorted.
    public static var names: [String] { makers.keys.sorted() }

    /// The augmentations that a configuration lists: names, or objects such as `{"type": "perspective", "p": 0.5}`.
    ///
    /// Throws every problem at once, each with its place, such as `augment[1].jiter: unknown key`.
    package static func make(
        _ list: [JSON], _ resources: AugmentationResources = AugmentationResources(), path: String = "augment"
    ) throws(AugmentationConfigurationError) -> Augmenter {
        var steps: [any Augmentation] = []
        var batchSteps: [any BatchAugmentation] = []
        var problems: [String] = []
        for (number, entry) in list.enumerated() {
            let place = "\(path)[\(number)]"
            let object = entry.objectValue ?? JSONObject()
            guard let name = entry.stringValue ?? object["type"]?.stringValue, let maker = makers[name] else {
                problems.append("\(place): one of \(names.joined(separator: ", "))")
                continue
            }
            var options = OptionReader(object, path: place + ".", known: ["type"])
            switch maker(resources, &options) {
            case .single(let step): steps.append(step)
            case .batch(let step): batchSteps.append(step)
            }
            problems += options.finish()
        }
        if batchSteps.count > 1 { problems.append("\(path): one of mixUp and cutMix at most") }
        guard problems.isEmpty else { throw AugmentationConfigurationError(problems: problems) }
        return Augmenter(steps, batch: batchSteps)
    }

    private static func rectangle(_ options: inout OptionReader) -> ErasedRectangle {
        let usual = ErasedRectangle()
        return ErasedRectangle(
            area: options.span("area", usual.area, in: 0.001...1),
            ratio: options.span("ratio", usual.ratio, in: 0.01...100)
        )
    }

    private static func merchantView(
        _ resources: AugmentationResources, _ options: inout OptionReader
    ) -> MerchantView {
        let usual = MerchantView()
        return MerchantView(
            probability: options.chance(0.5), pieces: options.number("pieces", usual.pieces, in: 0...1),
            outlined: options.number("outlined", 0.8, in: 0...1),
            fill: options.span("fill", usual.fill, in: 0.1...1),
            rotation: options.span("rotation", usual.rotation, in: -180...180),
            area: options.span("area", usual.area, in: 0.01...1), flip: options.number("flip", 0.5, in: 0...1),
            item: steps("item", resources, &options), otherwise: steps("otherwise", resources, &options))
    }

    /// Augmentations inside another one: of single pictures only.
    private static func steps(
        _ key: String, _ resources: AugmentationResources, _ options: inout OptionReader
    ) -> [any Augmentation] {
        guard let found = options.read(key) else { return [] }
        do {
            let made = try make(found.arrayValue ?? [found], resources, path: key)
            if !made.batchSteps.isEmpty { options.refuse(key, "mixUp and cutMix change batches, they stand outside") }
            return made.steps
        } catch {
            for problem in error.problems { options.refuse(key, problem) }
            return []
        }
    }

    private static func camera(_ options: inout OptionReader) -> CameraFaults {
        let usual = CameraFaults()
        return CameraFaults(
            scaling: options.number("scaling", usual.scaling, in: 0...1),
            scale: options.span("scale", usual.scale, in: 0.05...1),
            blur: options.number("blur", usual.blur, in: 0...1), sigma: options.span("sigma", usual.sigma, in: 0...20),
            motion: options.number("motion", usual.motion, in: 0...1),
            motionLength: options.span("motionLength", usual.motionLength, in: 1...64),
            noise: options.number("noise", usual.noise, in: 0...1),
            noiseSigma: options.span("noiseSigma", usual.noiseSigma, in: 0...1),
            jpeg: options.number("jpeg", usual.jpeg, in: 0...1),
            quality: options.span("quality", usual.quality, in: 1...100))
    }

    private static func ground(
        _ resources: AugmentationResources, _ options: inout OptionReader, grounds: [Ground], isCentred: Bool,
        shadow: Double
    ) -> GroundChange {
        GroundChange(
            probability: options.chance(0.3), mask: options.choice("mask", ItemMask.auto),
            grounds: options.choices("grounds", grounds), photographs: resources.backgrounds,
            isCentred: options.flag("centre", isCentred), fill: options.span("fill", 0.7...0.95, in: 0.1...1),
            shadow: options.number("shadow", shadow, in: 0...1))
    }
}

/// Why augmentations could not be made from their configuration; every problem names its place.
public struct AugmentationConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence a problem, each beginning with its place.
    public let problems: [String]

    /// All problems in one line.
    public var description: String { problems.joined(separator: "; ") }
}

extension OptionReader {
    /// How often something happens.
    mutating func chance(_ value: Double) -> Double { number("p", value, in: 0...1) }
}
