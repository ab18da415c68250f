import Dispatch
import Storage

/// Holds the writer's thread inside a command, so that a test decides what the next batch consists of.
final class WriterGate: Sendable {
    private let entered = DispatchSemaphore(value: 0)
    private let opened = DispatchSemaphore(value: 0)

    /// Waits, on the writer's thread, until the gate is opened.
    func hold() {
        entered.signal()
        opened.wait()
    }

    func open() { opened.signal() }

    /// Suspends until the writer stands in the gate.
    func untilHeld() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                self.entered.wait()
                continuation.resume()
            }
        }
    }
}

/// A write that answers with a position.
typealias PositionCommand = @Sendable (WriteContext) throws -> Int64

extension Database {
    /// Runs some writes so that all of them are in one batch, and returns their results in order.
    func inOneBatch<T: Sendable>(
        _ bodies: [@Sendable (WriteContext) throws -> T]
    ) async -> [Result<T, any Error>] {
        let gate = WriterGate()
        async let held: Void? = try? write { _ in gate.hold() }
        await gate.untilHeld()
        let results = await withTaskGroup(of: (Int, Result<T, any Error>).self) { group in
            for (number, body) in bodies.enumerated() {
                group.addTask {
                    do { return (number, .success(try await self.write(body))) } catch {
                        return (number, .failure(error))
                    }
                }
                // One after the other into the queue, so that their order is known.
                while statistics.waitingCommands <= number { await Task.yield() }
            }
            gate.open()
            var results: [Int: Result<T, any Error>] = [:]
            for await (number, result) in group { results[number] = result }
            return bodies.indices.compactMap { results[$0] }
        }
        await held
        return results
    }
}
