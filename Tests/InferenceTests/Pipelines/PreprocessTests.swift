import Evaluation
import Imaging
import Testing

@testable import Inference

@Suite("A picture becomes what a model takes")
struct PreprocessTests {
    /// 4 x 2 pixels, left half red, right half blue.
    private func picture() throws -> Image {
        let row: [UInt8] = [200, 10, 20, 200, 10, 20, 30, 40, 100, 30, 40, 100]
        return try Image(width: 4, height: 2, format: .rgb8, bytes: row + row)
    }

    private func preprocess(
        _ resize: ModelManifest.Preprocess.Resize, _ size: [Int]
    ) -> ModelManifest.Preprocess {
        var preprocess = ModelManifest.Preprocess()
        (preprocess.resize, preprocess.size) = (resize, size)
        return preprocess
    }

    @Test("stretched: each side by itself, channels apart, mean and deviation by channel")
    func stretched() throws {
        var preprocess = preprocess(.stretch, [2, 2])
        (preprocess.mean, preprocess.std) = ([100, 10, 0], [10, 1, 20])
        let made = try preprocess.prepare(picture())
        #expect(made.tensor.shape == [1, 3, 2, 2])
        #expect(made.tensor.floats == [10, -7, 10, -7, 0, 30, 0, 30, 1, 5, 1, 5])
        #expect(
            made.placement.original(Box(left: 0, top: 1, right: 1, bottom: 2))
                == Box(left: 0, top: 1, right: 2, bottom: 2))
    }

    @Test("blue first: mean and deviation follow the model's order")
    func blueFirst() throws {
        var preprocess = preprocess(.stretch, [1, 2])
        preprocess.colour = .bgr
        (preprocess.mean, preprocess.std) = ([20, 0, 0], [1, 1, 2])
        #expect(try preprocess.prepare(picture()).tensor.floats == [0, 80, 10, 40, 100, 15])
    }

    @Test("a letterbox keeps the shape, fills below and to the right, and boxes come back")
    func letterbox() throws {
        var preprocess = preprocess(.letterbox, [4, 8])
        preprocess.padValue = 7
        let made = try preprocess.prepare(Image(width: 2, height: 2, format: .rgb8, filledWith: .white))
        let red = try #require(made.tensor.floats).prefix(32)
        for row in 0..<4 { #expect(Array(red[row * 8..<row * 8 + 8]) == [255, 255, 255, 255, 7, 7, 7, 7]) }
        #expect(
            made.placement.original(Box(left: 2, top: 0, right: 9, bottom: 3))
                == Box(left: 1, top: 0, right: 2, bottom: 1.5))
    }

    @Test("the middle of a wide picture: boxes come back with what was cut off")
    func middle() throws {
        let made = try preprocess(.shortSideCrop, [4, 4]).prepare(picture())
        #expect(made.tensor.shape == [1, 3, 4, 4])
        #expect(made.placement.cutLeft == 1 && made.placement.scaleX == 2)
        #expect(
            made.placement.original(Box(left: 0, top: 0, right: 4, bottom: 4))
                == Box(left: 1, top: 0, right: 3, bottom: 2))
    }

    @Test("padded to multiples of 32, and grey")
    func padded() throws {
        var preprocess = preprocess(.pad32, [])
        preprocess.colour = .gray
        let made = try preprocess.prepare(Image(width: 33, height: 20, format: .gray8, filledWith: .white))
        #expect(made.tensor.shape == [1, 1, 32, 64])
        #expect(try #require(made.tensor.floats).reduce(0, +) == 255 * 33 * 20)
        #expect(made.placement.scaleX == 1)
    }

    @Test("a manifest without a size, or with a mean for too few channels, is an error")
    func faults() throws {
        let picture = try picture()
        #expect(throws: InferenceError.self) { try preprocess(.stretch, []).prepare(picture) }
        var wrong = preprocess(.stretch, [2, 2])
        (wrong.mean, wrong.std) = ([1, 2], [1, 1])
        #expect(throws: InferenceError.self) { try wrong.prepare(picture) }
    }
}
