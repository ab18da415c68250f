internal import Imaging
internal import Synchronization

/// Makes the batches of a training: decodes, augments and packs pictures in tasks of its own.
///
/// The same data set, sampler, augmentations, size and seed give the same batches, byte for byte, whatever the number of
/// tasks, whatever is cached, and wherever a run starts.
public final class Loader: Sendable {
    /// The samples.
    public let dataset: Dataset
    /// How pictures are loaded.
    public let options: LoaderOptions
    private let sampler: any BatchSampler
    private let augmenter: Augmenter
    private let cache: PictureCache
    private let broken = Mutex<[Int: String]>([:])

    /// A loader. The sampler's positions are those of `dataset.samples`.
    ///
    /// Throws ``DataError/configuration(_:)`` for a size that no picture can have.
    public init(
        dataset: Dataset, sampler: any BatchSampler, augmenter: Augmenter = Augmenter(), options: LoaderOptions
    ) throws(DataError) {
        guard (1...4096).contains(options.imageSize.width), (1...4096).contains(options.imageSize.height),
            (1...4).contains(options.reserve)
        else { throw .configuration("pictures of a batch are 1 to 4,096 pixels wide and high, the reserve is 1 to 4") }
        (self.dataset, self.options, self.sampler, self.augmenter) = (dataset, options, sampler, augmenter)
        let least = ImageSize(
            width: Int((Double(options.imageSize.width) * options.reserve).rounded()),
            height: Int((Double(options.imageSize.height) * options.reserve).rounded()))
        cache = PictureCache(samples: dataset.samples, least: least, budget: options.cacheBytes)
    }

    /// The samples that could not be read so far, by position, each with the reason.
    public var brokenSamples: [Int: String] { broken.withLock { $0 } }

    /// The bytes of decoded pictures that are kept.
    public var cachedBytes: Int { cache.keptBytes }

    /// How many batches an epoch has.
    public func batchCount(epoch: Int) -> Int { plan(epoch).count }

    /// The rest of an epoch from a place on. Another sampler can be given for this epoch.
    public func start(at cursor: LoaderCursor = LoaderCursor(), sampler other: (any BatchSampler)? = nil) -> LoaderRun {
        let batches = (other ?? sampler).batches(epoch: cursor.epoch, seed: options.seed)
        let plan = LoaderPlan(batches, epoch: cursor.epoch)
        return LoaderRun(
            next: cursor, count: batches.count, lanes: options.tasks, ahead: options.ahead,
            make: LoaderRun.Maker { [self] number in try batch(number, of: plan) })
    }

    private func plan(_ epoch: Int) -> [[Int]] { sampler.batches(epoch: epoch, seed: options.seed) }

    /// One batch; nil if none of its samples can be read.
    func batch(_ number: Int, of plan: LoaderPlan) throws -> HostBatch? {
        var indexes: [Int] = []
        var pictures: [AugmentedPicture] = []
        for (index, occurrence) in plan.rows(of: number) {
            guard dataset.samples.indices.contains(index),
                let picture = try load(index, occurrence, plan.epoch, by: augmenter)
            else {
                continue
            }
            indexes.append(index)
            pictures.append(picture)
        }
        guard !indexes.isEmpty else { return nil }
        var mix: BatchMix?
        for step in augmenter.batchSteps {
            var random = CounterRandom(seed: options.seed, epoch: plan.epoch, sample: number, stage: .batch)
            mix = try step.apply(to: &pictures, &random) ?? mix
        }
        return try packed(pictures, indexes, LoaderCursor(epoch: plan.epoch, batch: number), mix)
    }

    /// Samples by position as they are, without any augmentation; those that cannot be read are missing.
    func plain(_ positions: [Int]) throws -> HostBatch? {
        var (indexes, pictures) = ([Int](), [AugmentedPicture]())
        for index in positions where dataset.samples.indices.contains(index) {
            guard let picture = try load(index, 0, 0, by: Augmenter()) else { continue }
            indexes.append(index)
            pictures.append(picture)
        }
        return indexes.isEmpty ? nil : try packed(pictures, indexes, LoaderCursor(), nil)
    }

    /// An augmented picture; nil, after it was counted, if it cannot be read.
    private func load(
        _ index: Int, _ occurrence: Int, _ epoch: Int, by augmenter: Augmenter
    ) throws -> AugmentedPicture? {
        let read: (image: Image, boxes: [LabelledBox])
        do {
            read = try cache.picture(index)
        } catch {
            try note(index, "\(error)")
            return nil
        }
        var picture = AugmentedPicture(
            image: read.image, boxes: read.boxes, target: options.imageSize, fit: options.fit)
        picture.cornerPad = options.cornerPad
        let context = AugmentationContext(index: index, sample: dataset.samples[index], pictures: cache)
        return try augmenter.applied(
            to: picture, seed: options.seed, epoch: epoch, occurrence: occurrence, context)
    }

    private func note(_ index: Int, _ reason: String) throws {
        let all = broken.withLock { broken in
            broken[index] = reason
            return broken
        }
        guard Double(all.count) > options.brokenShare * Double(dataset.count) else { return }
        let examples = all.keys.sorted().prefix(3).map { "\(dataset.samples[$0].id): \(all[$0] ?? "")" }
        throw DataError.tooManyBroken(count: all.count, of: dataset.count, examples: examples)
    }

    private func packed(
        _ pictures: [AugmentedPicture], _ indexes: [Int], _ cursor: LoaderCursor, _ mix: BatchMix?
    ) throws -> HostBatch {
        let size = options.imageSize
        let bytes = PlanePacking.planes(of: pictures.map(\.image), size)
        guard let images = HostTensor(bytes: bytes, shape: [pictures.count, 3, size.height, size.width], dtype: .uint8)
        else { throw DataError.configuration("an augmentation left a picture of another size") }
        var labels: [String: [Int]] = [:]
        for column in dataset.classNames.keys where column != Dataset.boxColumn {
            labels[column] = indexes.map { dataset.samples[$0].labels[column] ?? -1 }
        }
        return HostBatch(
            cursor: cursor, indexes: indexes, images: images, labels: labels, boxes: pictures.map(\.boxes),
            sources: indexes.map { dataset.samples[$0].source }, mix: mix)
    }
}

/// The batches of an epoch, with how often each sample came before: a picture that comes twice is augmented in two ways.
struct LoaderPlan: Sendable {
    let epoch: Int
    private let batches: [[Int]]
    private let occurrences: [[Int]]

    init(_ batches: [[Int]], epoch: Int) {
        (self.batches, self.epoch) = (batches, epoch)
        var seen: [Int: Int] = [:]
        occurrences = batches.map { batch in
            batch.map { index in
                defer { seen[index, default: 0] += 1 }
                return seen[index] ?? 0
            }
        }
    }

    func rows(of number: Int) -> [(index: Int, occurrence: Int)] {
        guard batches.indices.contains(number) else { return [] }
        return Array(zip(batches[number], occurrences[number])).map { ($0.0, $0.1) }
    }
}

/// Pictures as planes.
enum PlanePacking {
    /// Red, green and blue planes of each picture after another; pictures of another size are left out.
    static func planes(of images: [Image], _ size: ImageSize) -> [UInt8] {
        let plane = size.width * size.height
        var bytes = [UInt8](repeating: 0, count: images.count * 3 * plane)
        var start = 0
        for image in images where image.width == size.width && image.height == size.height && image.format == .rgb8 {
            image.withPixels { pixels in
                for y in 0..<size.height {
                    var from = y * image.stride
                    for at in (start + y * size.width)..<(start + (y + 1) * size.width) {
                        bytes[at] = pixels[from]
                        bytes[at + plane] = pixels[from + 1]
                        bytes[at + 2 * plane] = pixels[from + 2]
                        from += 3
                    }
                }
            }
            start += 3 * plane
        }
        return start == bytes.count ? bytes : Array(bytes[..<start])
    }
}
