// Learns to tell the pictures of a folder apart, a folder a class, and keeps the run beside them.
//   swift run --package-path Examples train-small pictures/ run/
import Foundation
import Learning

guard CommandLine.arguments.count == 3 else {
    print("usage: train-small PICTURES RUN")
    exit(2)
}
let pictures = URL(filePath: CommandLine.arguments[1])
let run = URL(filePath: CommandLine.arguments[2])

let text = """
    { "epochs": 10, "batch": {"P": 8, "K": 4},
      "model": {"backbone": "resnet-s", "width": 0.5, "input": 96, "embedding": 128},
      "sources": [{"name": "shop"}],
      "losses": [{"type": "arcface", "label": "item", "s": 16, "m": 0.3, "ramp": 0.5}],
      "optimizer": {"type": "adamw", "lr": 0.002, "weightDecay": 0.05}, "schedule": {"type": "oneCycle"},
      "evaluate": {"every": 5, "label": "item"} }
    """

do {
    var dataset = try FolderReader(source: "shop", root: pictures, column: "item").read()
    Splits.assign(&dataset, seed: 1, validation: 20, test: 0)
    let experiment = try Experiment(bytes: Array(text.utf8))
    try FileManager.default.createDirectory(at: run, withIntermediateDirectories: true)
    let trainer = Trainer(experiment, dataset, in: RunFolder(run))
    let verdict = try await trainer.run { print("step \($0.step) of \($0.steps), loss \($0.loss ?? .nan)") }
    if let best = verdict.best { print("recall@1 of held-out pictures: \(best.value) at step \(best.step)") }
} catch let error as ExperimentError {
    print(error.problems.joined(separator: "\n"))
    exit(64)
} catch {
    print("\(error)")
    exit(1)
}
