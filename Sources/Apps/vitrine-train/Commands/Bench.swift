import ArgumentParser
import Basics
import Foundation
import Learning

/// Measures what training is made of.
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure a training step, the loader and the losses, in processor milliseconds.",
        discussion: """
            Figures are processor time of this process, so that other programs on the machine count little. Compare \
            them with a peer in the same minute: Benchmarks/peers/learn_*.py.
            """,
        subcommands: [BenchStep.self, BenchLoader.self, BenchLosses.self])
}

/// One whole step.
struct BenchStep: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "step", abstract: "One step of a classifier with SGD.")

    @Option(help: "The net below: one of the backbones' names.")
    var net = "resnet18"

    @Option(help: "The width of the net.")
    var width = 1.0

    @Option(help: "The side of the pictures.")
    var px = 64

    @Option(help: "Pictures in a batch.")
    var batch = 32

    @Option(help: "Steps that are measured.")
    var steps = 5

    @Option(help: "Threads inside an operator.")
    var threads = 1

    func validate() throws {
        try require("--width", width, in: 0.0625...4)
        try require("--px", px, in: 32...1_024)
        try require("--batch", batch, in: 1...4_096)
        try require("--steps", steps, in: 1...100_000)
        try require("--threads", threads, in: 1...256)
    }

    func run() async throws {
        try await Outcome.told {
            TorchRuntime.threads = threads
            TorchRuntime.keepMemory()
            let backbone = try BackboneRegistry.make(BackboneOptions(name: net, width: width))
            let model = ImageClassifier(backbone, classes: 100)
            let optimizer = SGD(model.trainable(), learningRate: 0.01)
            let x = Tensor.randn([batch, 3, px, px]).channelsLast()
            let labels = Tensor((0..<batch).map { $0 % 100 })
            func step() throws {
                _ = try valueAndGrad(model) { crossEntropy(model(x), labels: labels) }
                try optimizer.step()
            }
            try step()
            var milliseconds = 0.0
            let span = try ContinuousClock().measure {
                milliseconds = try ProcessorTime.milliseconds { for _ in 0..<steps { try step() } }
            }
            let speed = Double(batch * steps) / (span / .seconds(1))
            Terminal.say(
                "\(Terminal.decimal(milliseconds / Double(steps), 1)) CPU ms a step, "
                    + "\(Terminal.decimal(speed, 1)) img/s")
        }
    }
}

/// Decoding and augmenting.
struct BenchLoader: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loader", abstract: "Decode and augment the JPEGs of a folder, on one thread, without a cache.")

    @Option(help: "A folder of JPEGs.")
    var photos: String

    @Option(help: "The side of the pictures.")
    var side = 112

    @Option(help: "How many pictures.")
    var count = 512

    func validate() throws {
        try require("--side", side, in: 8...2_048)
        try require("--count", count, in: 1...1_000_000)
    }

    func run() async throws {
        try await Outcome.told {
            let milliseconds = try LoaderMeasure.run(folder: URL(filePath: photos), side: side, count: count)
            Terminal.say("cpu_ms_per_image \(Terminal.decimal(milliseconds, 3))")
        }
    }
}

/// Every loss on one batch.
struct BenchLosses: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "losses", abstract: "Every loss forward and backward on a batch of vectors.")

    @Option(help: "Vectors in a batch.")
    var batch = 256

    @Option(help: "The numbers of a vector.")
    var dimension = 128

    @Option(help: "How often each is computed.")
    var rounds = 20

    func validate() throws {
        try require("--batch", batch, in: 2...16_384)
        try require("--dimension", dimension, in: 2...2_048)
        try require("--rounds", rounds, in: 1...100_000)
    }

    func run() async throws {
        try await Outcome.told {
            TorchRuntime.threads = 1
            let labels = Tensor((0..<batch).map { $0 / 4 })
            for name in LossRegistry.names {
                let loss = try LossRegistry.make(
                    ["type": .string(name)], LossContext(classes: max(batch / 4, 1), dimension: dimension))
                let x = Tensor.randn([batch, dimension])
                x.requiresGrad = true
                func once() throws { _ = try valueAndGrad(loss) { loss(x, labels: labels) } }
                try once()
                let milliseconds = try ProcessorTime.milliseconds { for _ in 0..<rounds { try once() } }
                Terminal.say(
                    "\(name.padded(to: 18)) \(Terminal.decimal(milliseconds / Double(rounds), 2)) CPU ms")
            }
        }
    }
}

/// The processor's time of this process.
enum ProcessorTime {
    static func milliseconds(_ body: () throws -> Void) rethrows -> Double {
        let before = clock()
        try body()
        return Double(clock() - before) / Double(CLOCKS_PER_SEC) * 1000
    }
}
