internal import Imaging

/// A picture with the boxes that a detector found and those that people drew, both in pixels of the detector's input.
package struct ExaminedPicture: Hashable, Sendable {
    /// The position in the data set.
    package let index: Int
    /// What was found, the surest first.
    package let found: [FoundBox]
    /// What is there; ``FocalLoss/Target/ignored`` for what is neither right nor wrong.
    package let truths: [TargetBox]

    /// A picture.
    package init(index: Int, found: [FoundBox], truths: [TargetBox]) {
        (self.index, self.found, self.truths) = (index, found, truths)
    }

    /// Whether the surest box overlaps one that is there by 0.5 or more; nil where there is none.
    package var hasMainBox: Bool? {
        let real = truths.filter { $0.label >= 0 }
        guard !real.isEmpty else { return nil }
        guard let first = found.first else { return false }
        return real.contains { first.overlap($0) >= 0.5 }
    }
}

extension FoundBox {
    /// The area that it shares with a box that is there, as a share of both.
    package func overlap(_ box: TargetBox) -> Float {
        overlap(left: Float(box.left), top: Float(box.top), right: Float(box.right), bottom: Float(box.bottom))
    }
}

/// Pictures to boxes, as the net would be served.
package struct BoxFinder {
    private let net: ItemDetector
    private let settings: ModelSettings
    private let device: Device
    /// Which boxes count as found.
    package var rules = FoundBox.Rules()

    /// A finder. The net must have been told not to learn.
    package init(_ net: ItemDetector, _ settings: ModelSettings, device: Device = .cpu) {
        (self.net, self.settings, self.device) = (net, settings, device)
    }

    /// The boxes of all pictures that can be read. Blocks its thread.
    package func callAsFunction(
        _ dataset: Dataset, tasks: Int = 1, batch: Int = 16, seen: (Int) -> Void = { _ in }
    ) throws -> [ExaminedPicture] {
        let side = settings.side
        var options = LoaderOptions(imageSize: ImageSize(width: side, height: side), tasks: tasks)
        options.servesDetector()
        let loader = try Loader(
            dataset: dataset, sampler: SequentialSampler(count: dataset.count, batchSize: batch), options: options)
        let run = loader.start()
        defer { run.end() }
        var pictures: [ExaminedPicture] = []
        while let batch = try run.nextBlocking() {
            let found = try checked {
                inference { boxes(settings.scale(Tensor(batch.images, device: device))) }
            }
            for (place, index) in batch.indexes.enumerated() where found.indices.contains(place) {
                let truths = batch.boxes[place].map { settings.target($0, classes: net.options.classes) }
                pictures.append(ExaminedPicture(index: index, found: found[place], truths: truths))
            }
            seen(pictures.count)
        }
        return pictures
    }

    /// The boxes of scaled pictures [n, 3, h, w].
    package func boxes(_ pictures: Tensor) -> [[FoundBox]] {
        net.found(net(pictures), height: pictures.length(2), width: pictures.length(3), rules: rules)
    }
}
