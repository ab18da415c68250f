import Testing

@testable import Inference

@Suite("A model is loaded and run")
struct SessionTests {
    @Test("a model says what it takes and gives, and its numbers are right")
    func run() throws {
        let session = try ModelSession(SampleModels.linear, runtime: Runtime.shared())
        #expect(session.inputs.map(\.text) == ["x f32 [?, 2]"])
        #expect(session.outputs.map(\.text) == ["y f32 [?, 2]"])
        #expect(session.provider == "CPU")
        let rows = try Tensor(shape: [3, 2], .float32([1, 0, 0, 1, -1, 1]))
        let answer = try #require(try session.run(["x": rows])["y"])
        #expect(answer.shape == [3, 2])
        // x w, negative numbers cut off.
        #expect(answer.floats == [1, 0, 2, 3, 1, 4])
        #expect(try session.run(["x": Tensor(shape: [0, 2], .float32([]))])["y"]?.shape == [0, 2])
    }

    @Test("whole numbers, bytes and halves pass unchanged", arguments: [ElementType.uint8, .int32, .int64, .float16])
    func types(type: ElementType) throws {
        let model = SampleModels.model(
            [.init(type: "Identity", inputs: ["x"], outputs: ["y"])],
            inputs: [SampleModels.port("x", [nil], type: UInt64(type.rawValue))],
            outputs: [SampleModels.port("y", [nil], type: UInt64(type.rawValue))])
        let elements: Tensor.Elements =
            switch type {
            case .uint8: .uint8([0, 1, 255])
            case .int32: .int32([.min, 0, .max])
            case .int64: .int64([.min, 0, .max])
            default: .float16([0x3C00, 0xC000, 0x7BFF])
            }
        let tensor = try Tensor(shape: [3], elements)
        #expect(try ModelSession(model, runtime: Runtime.shared()).run(["x": tensor]) == ["y": tensor])
    }

    @Test("what does not fit is refused, naming the input and what the model takes")
    func wrongInputs() throws {
        let session = try ModelSession(SampleModels.linear, runtime: Runtime.shared())
        let good = try Tensor(shape: [1, 2], .float32([1, 2]))
        let wrong: [[String: Tensor]] = [
            [:], ["z": good], ["x": good, "z": good], ["x": try Tensor(shape: [2], .float32([1, 2]))],
            ["x": try Tensor(shape: [1, 3], .float32([1, 2, 3]))], ["x": try Tensor(shape: [1, 2], .int64([1, 2]))],
        ]
        for tensors in wrong {
            let error = #expect(throws: InferenceError.self) { try session.run(tensors) }
            #expect(error?.kind == .invalidInput)
            #expect(error?.message.contains("x f32 [?, 2]") == true)
        }
    }

    @Test("a tensor whose shape and numbers differ cannot be made")
    func shapes() throws {
        for shape in [[2], [-1, -1], [3, 3], [1, 1, 1, 1, 1, 1, 1, 1, 1], [.max, 2], [Tensor.maximumElements + 1]] {
            #expect(throws: InferenceError.self) { try Tensor(shape: shape, .float32([1])) }
        }
        #expect(try Tensor(shape: [], .float32([1])).shape == [])
    }

    @Test("bytes that are no model are refused with the reason", arguments: [0, 1, 10, 100])
    func notAModel(count: Int) throws {
        let bytes = [UInt8](repeating: 0x41, count: count)
        let error = #expect(throws: InferenceError.self) {
            try ModelSession(bytes, runtime: try Runtime.shared())
        }
        #expect(error?.kind == .invalidModel)
    }

    @Test("LEARN-050 a provider that this machine lacks is passed over and named")
    func providers() throws {
        var options = SessionOptions()
        options.providers = ["TensorRT", "CUDA"]
        options.providerOptions = ["device_id": "0"]
        let session = try ModelSession(SampleModels.linear, runtime: Runtime.shared(), options: options)
        #expect(session.provider == "CPU")
        #expect(session.refusals.count == 2)
        #expect(session.refusals.first?.hasPrefix("TensorRT: ") == true)
    }

    @Test("one session serves many tasks at once")
    func concurrent() async throws {
        let session = try ModelSession(SampleModels.linear, runtime: Runtime.shared())
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<64 {
                group.addTask {
                    let rows = try Tensor(shape: [1, 2], .float32([Float(number), 1]))
                    return try session.run(["x": rows])["y"]?.floats == [Float(number) + 2, max(0, 3 - Float(number))]
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }

    @Test("an infinite answer is told from a number")
    func finite() throws {
        let session = try ModelSession(SampleModels.reciprocal, runtime: Runtime.shared())
        #expect(try session.run(["x": Tensor(shape: [2], .float32([2, 4]))])["y"]?.isFinite == true)
        #expect(try session.run(["x": Tensor(shape: [2], .float32([2, 0]))])["y"]?.isFinite == false)
        #expect(try Tensor(shape: [2], .float16([0x3C00, 0x7C00])).isFinite == false)
    }
}
