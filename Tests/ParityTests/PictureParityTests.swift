import Foundation
import Imaging
import Learning
import Testing

@testable import Inference
@testable import VisualSearch

/// From the bytes of a file to the numbers that a net sees: by the trainer's loader, and by what a scan does.
@Suite("A photo is the same numbers in the trainer and in a scan")
struct PictureParityTests {
    struct Photo: Sendable, CustomTestStringConvertible {
        var width: Int
        var height: Int
        var orientation: UInt8 = 1
        var middle: Double?
        var testDescription: String { "\(width) x \(height), turned \(orientation), middle \(middle ?? 1)" }
    }

    private static let side = 112

    /// The differences of all bytes: mean and largest.
    private func difference(_ first: [Float], _ second: [Float]) -> (mean: Float, largest: Float) {
        let all = zip(first, second).map { abs($0 - $1) }
        return (all.reduce(0, +) / Float(max(1, all.count)), all.max() ?? 0)
    }

    private func trained(_ file: [UInt8], middle: Double?) throws -> [Float] {
        let place = FileManager.default.temporaryDirectory.appending(path: "vitrine-parity-\(UUID().uuidString).jpg")
        try Data(file).write(to: place)
        defer { try? FileManager.default.removeItem(at: place) }
        var sample = Sample(id: "photo", image: .file(place))
        sample.middle = middle
        let loader = try Loader(
            dataset: Dataset(samples: [sample]), sampler: SequentialSampler(count: 1, batchSize: 1),
            options: LoaderOptions(side: Self.side))
        let run = loader.start()
        defer { run.end() }
        let batch = try #require(try run.nextBlocking())
        return batch.images.floats
    }

    private func served(_ file: [UInt8], middle: Double?) throws -> [Float] {
        var steps = ModelManifest.Preprocess()
        (steps.resize, steps.size) = (.stretch, [Self.side, Self.side])
        let looked = try LookedAt(file, limits: ImageLimits())
        let tensor = try steps.prepare(looked.crop(middle.map { .middle($0) } ?? .full)).tensor
        return try #require(tensor.floats)
    }

    @Test(
        "LEARN-132 SCAN-121 profiles, turns and the middle are the trainer's, byte for byte but for rounding of sizes",
        arguments: [
            Photo(width: 198, height: 198), Photo(width: 256, height: 192, middle: 0.7),
            Photo(width: 640, height: 480, orientation: 6, middle: 0.7),
            Photo(width: 1600, height: 1200, orientation: 3),
        ])
    func same(photo: Photo) throws {
        let file = try WidePhoto.jpeg(
            width: photo.width, height: photo.height, orientation: photo.orientation, isWide: true)
        let own = try trained(file, middle: photo.middle)
        let other = try served(file, middle: photo.middle)
        #expect(own.count == 3 * Self.side * Self.side && other.count == own.count)
        let found = difference(own, other)
        #expect(found.mean < 2.5 && found.largest < 96, "mean \(found.mean), largest \(found.largest)")
        // Without the profile both sides would see duller colours: the same pixels are farther away than the two sides.
        let dull = try WidePhoto.jpeg(
            width: photo.width, height: photo.height, orientation: photo.orientation, isWide: false)
        #expect(difference(own, try served(dull, middle: photo.middle)).mean > 2 * found.mean)
        #expect(difference(try trained(dull, middle: photo.middle), other).mean > 2 * found.mean)
    }
}
