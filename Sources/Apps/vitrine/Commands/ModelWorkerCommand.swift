import ArgumentParser
import Inference

/// The inside of the cage in which models of strangers run; started by the program itself.
struct ModelWorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model-worker", abstract: "Runs one model in a cage. Started by the server.", shouldDisplay: false)

    @Option var library: String
    @Option var memory: UInt64
    @Option var processorSeconds: UInt64
    @Option var threads: Int

    func run() throws {
        let entered = ModelWorker.enter()
        ModelWorker(
            library: library, memoryBytes: memory, processorSeconds: processorSeconds, threads: max(1, threads)
        ).run(entered)
    }
}
