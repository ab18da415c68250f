import ArgumentParser
import Server

/// The inside of the cage in which panoramas are made; started by the server.
struct StitchWorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stitch-worker", abstract: "Makes one panorama in a cage. Started by the server.",
        shouldDisplay: false)

    @Option var memory: UInt64
    @Option var processorSeconds: UInt64

    func run() throws { StitchInside.run(memoryBytes: memory, processorSeconds: processorSeconds) }
}
