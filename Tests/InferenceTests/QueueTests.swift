import Testing

@testable import Inference

@Suite("A queue in front of a model")
struct QueueTests {
    private func matrix() throws -> [String: Tensor] {
        ["x": try Tensor(shape: [700, 700], .float32([Float](repeating: 0.001, count: 490_000)))]
    }

    @Test("all that are admitted are answered, whatever the width", arguments: [1, 3])
    func all(width: Int) async throws {
        var limits = ModelQueue.Limits()
        limits.width = width
        limits.deadlineMilliseconds = 60_000
        let queue = ModelQueue(try ModelSession(SampleModels.linear, runtime: Runtime.shared()), limits: limits)
        let answers = try await withThrowingTaskGroup(of: Float?.self) { group in
            for number in 0..<40 {
                group.addTask {
                    try await queue.run(["x": Tensor(shape: [1, 2], .float32([Float(number), 0]))])["y"]?.floats?.first
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.compactMap { $0 }.sorted() == (0..<40).map { Float($0) })
    }

    @Test("a run that takes too long is stopped, and the next one is served")
    func deadline() async throws {
        var limits = ModelQueue.Limits()
        limits.deadlineMilliseconds = 1
        let session = try ModelSession(SampleModels.slow, runtime: Runtime.shared())
        let error = await #expect(throws: InferenceError.self) {
            _ = try await ModelQueue(session, limits: limits).run(try matrix())
        }
        #expect(error?.kind == .timedOut)
        limits.deadlineMilliseconds = 60_000
        #expect(try await ModelQueue(session, limits: limits).run(try matrix())["t40"]?.shape == [700, 700])
    }

    @Test("a task that is cancelled frees its place")
    func cancelled() async throws {
        var limits = ModelQueue.Limits()
        limits.deadlineMilliseconds = 60_000
        let queue = ModelQueue(try ModelSession(SampleModels.slow, runtime: Runtime.shared()), limits: limits)
        let tensors = try matrix()
        let task = Task { try await queue.run(tensors) }
        task.cancel()
        let result = await task.result
        #expect(throws: InferenceError.self) { try result.get() }
        let answer = try await queue.run(tensors)
        #expect(answer["t40"] != nil)
    }

    @Test("who comes when too many wait is told so at once")
    func overloaded() async throws {
        var limits = ModelQueue.Limits()
        limits.waiting = 1
        limits.deadlineMilliseconds = 60_000
        let queue = ModelQueue(try ModelSession(SampleModels.slow, runtime: Runtime.shared()), limits: limits)
        let tensors = try matrix()
        // On a busy machine six may come one after another; then they are asked to come again.
        var kinds: [InferenceError.Kind?] = []
        for _ in 0..<20 where !kinds.contains(.overloaded) { kinds += await six(queue, tensors) }
        #expect(kinds.contains(.overloaded))
        #expect(kinds.contains(nil))
        #expect(kinds.allSatisfy { $0 == nil || $0 == .overloaded })
    }

    /// How six runs at once ended: nil for an answer.
    private func six(_ queue: ModelQueue, _ tensors: [String: Tensor]) async -> [InferenceError.Kind?] {
        await withTaskGroup(of: InferenceError.Kind?.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    do {
                        _ = try await queue.run(tensors)
                        return nil
                    } catch {
                        return (error as? InferenceError)?.kind
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }
}
