import Basics
import Foundation
import Synchronization
import Testing

@testable import Inference

/// A model that waits for a sign before its first run ends, and remembers what it was given.
private final class HeldModel: ModelRunner {
    private struct State {
        var isOpen = false
        var runs: [[Float]] = []
    }

    let inputs = [TensorPort(name: "x", type: .float32, shape: [nil, 2])]
    let outputs = [TensorPort(name: "y", type: .float32, shape: [nil, 2])]
    let provider = "CPU"
    private let state = Mutex(State())
    private let gate = NSCondition()

    var runs: [[Float]] { state.withLock { $0.runs } }

    func open() {
        gate.lock()
        state.withLock { $0.isOpen = true }
        gate.broadcast()
        gate.unlock()
    }

    func run(_ tensors: [String: Tensor], cancel: RunCancel?) throws(InferenceError) -> [String: Tensor] {
        gate.lock()
        while !state.withLock({ $0.isOpen }) { gate.wait() }
        gate.unlock()
        guard let x = tensors["x"], let values = x.floats else { throw InferenceError(.invalidInput, "no x") }
        state.withLock { $0.runs.append(values) }
        return ["y": try Tensor(shape: x.shape, .float32(values.map { $0 * 2 }))]
    }
}

@Suite("Turns and batches in front of a model")
struct QueueFairnessTests {
    /// Sends requests one after the other: the first one runs, the others wait. Then lets the model go.
    private func answers(
        _ requests: [(tenant: Int64, values: [Float])], batch: Int = 1, model: HeldModel = HeldModel()
    ) async throws -> (answers: [[Float]?], runs: [[Float]], figures: ModelFigures) {
        var limits = ModelQueue.Limits()
        limits.batch = batch
        limits.deadlineMilliseconds = 60_000
        let queue = ModelQueue(model, limits: limits)
        let (stream, sink) = AsyncStream.makeStream(of: (Int, [Float]?).self)
        for (number, request) in requests.enumerated() {
            let tensor = try Tensor(shape: [request.values.count / 2, 2], .float32(request.values))
            queue.enqueue(["x": tensor], request.tenant, RunCancel()) { result in
                sink.yield((number, (try? result.get())?["y"]?.floats))
            }
        }
        model.open()
        var answers = [[Float]?](repeating: nil, count: requests.count)
        for await (number, values) in stream.prefix(requests.count) { answers[number] = values }
        return (answers, model.runs, queue.figures)
    }

    @Test("LEARN-110 those who wait take turns: who asks a lot delays himself alone")
    func turns() async throws {
        let requests: [(Int64, [Float])] = [
            (1, [0, 0]), (1, [1, 0]), (1, [2, 0]), (1, [3, 0]), (2, [9, 0]), (3, [8, 0]),
        ]
        let done = try await answers(requests.map { (tenant: $0.0, values: $0.1) })
        #expect(done.runs.map { $0[0] } == [0, 1, 9, 8, 2, 3])
    }

    @Test("LEARN-110 requests of one shape share a run, and each gets its own rows")
    func batches() async throws {
        let requests: [[Float]] = [[0, 0], [1, 2], [3, 4, 5, 6], [7, 8]]
        let done = try await answers(requests.map { (tenant: 1, values: $0) }, batch: 3)
        #expect(done.runs == [[0, 0], [1, 2, 3, 4, 5, 6, 7, 8]])
        #expect(done.answers == requests.map { $0.map { $0 * 2 } })
        #expect(done.figures.answers == 4 && done.figures.runs == 2)
        #expect(done.figures.latency(0.5) != nil)
    }

    @Test("LEARN-110 without a wish for batches each request has its run")
    func single() async throws {
        let done = try await answers([(1, [0, 0]), (1, [1, 2]), (1, [3, 4])])
        #expect(done.runs == [[0, 0], [1, 2], [3, 4]] && done.figures.runs == 3)
    }
}
