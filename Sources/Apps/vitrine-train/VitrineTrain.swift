import ArgumentParser
import Foundation

/// The program that trains the product's models, measures them and hands them over.
struct VitrineTrain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vitrine-train",
        abstract: "Train a shop's own models on its own photos, on two processor cores, without Python.",
        discussion: """
            A training is one JSON file: which pictures, which net, which losses. Look before you train, train, measure, \
            hand over:

              vitrine-train inspect items.json
              vitrine-train fit items.json
              vitrine-train eval runs/items-20261121T083000Z-1a2b3c
              vitrine-train export runs/items-20261121T083000Z-1a2b3c

            A run is a folder. TensorBoard opens it (tensorboard --logdir runs), metrics.jsonl is the same as lines. \
            Ctrl-C ends after the step and keeps the state; a killed run loses nothing before its last checkpoint:

              vitrine-train resume runs/items-20261121T083000Z-1a2b3c

            Which change helps? A ladder of named changes of one file, each with its interval:

              vitrine-train ablate Examples/items/ladder.json

            Exit status: 0 done or stopped as asked, 64 the file or the command line is wrong (every fault is named, \
            nothing is written), 65 the pictures are wrong, 69 libtorch is missing something, 70 the computation failed, \
            74 the disk is full or a file cannot be written, 75 somebody else is at it.
            """,
        version: "0.1.0",
        subcommands: [
            Inspect.self, Fit.self, Resume.self, Eval.self, Ablate.self, Embed.self, Export.self, Sampling.self,
            Bench.self,
        ])
}

@main
enum Program {
    static func main() async {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        Surroundings.makeThreadsSleep(CommandLine.arguments)
        await VitrineTrain.main()
    }
}
