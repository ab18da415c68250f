internal import Basics
public import Foundation
internal import Imaging

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What loading costs, for benchmarks.
public enum LoaderMeasure {
    /// The augmentations of an embedder's training, as `Benchmarks/peers/learn_loader.py` has them.
    public static let usual = ["resizedCrop", "colour", "camera", "randomErasing"]

    /// Processor milliseconds a picture, from the bytes of a folder's JPEGs to the planes of a batch, without a cache.
    ///
    /// It runs on the caller's thread, so that the figure is that of one core. Throws `DataError` for a folder without
    /// pictures, and what decoding throws.
    public static func run(
        folder: URL, side: Int, count: Int, augmentations: [String] = usual
    ) throws -> Double {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let samples = names.filter { $0.hasSuffix(".jpg") }.map {
            Sample(id: $0, image: .file(folder.appending(path: $0)))
        }
        guard !samples.isEmpty, count > 0 else { throw DataError.empty(folder.path) }
        let augmenter = try AugmentationRegistry.make(augmentations.map(JSON.string))
        var options = LoaderOptions(side: side)
        options.cacheBytes = 0
        let order = (0..<count).map { $0 % samples.count }
        let loader = try Loader(
            dataset: Dataset(samples: samples), sampler: ListSampler(order: order), augmenter: augmenter,
            options: options)
        let plan = LoaderPlan(Batches.cut(order, into: 64, keepsRest: true), epoch: 0)
        _ = try loader.batch(0, of: plan)
        let start = clock()
        for number in 0..<((count + 63) / 64) { _ = try loader.batch(number, of: plan) }
        return Double(clock() - start) / Double(CLOCKS_PER_SEC) * 1000 / Double(count)
    }
}

/// A list of samples in its order.
private struct ListSampler: BatchSampler {
    let order: [Int]

    func batches(epoch: Int, seed: UInt64) -> [[Int]] { Batches.cut(order, into: 64, keepsRest: true) }
}
