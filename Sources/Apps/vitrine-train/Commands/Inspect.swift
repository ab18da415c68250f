import ArgumentParser
import Foundation
import Learning

/// Shows what a configuration would train.
struct Inspect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the net of a configuration, its pictures, and limits and rates that fit them.",
        discussion: """
              vitrine-train inspect items.json
              vitrine-train inspect items.json --tree
              vitrine-train inspect items.json --statistics
              vitrine-train inspect items.json --find-rate

            With --find-rate the net is trained for a moment while the learning rate rises; the rate at which the loss \
            falls fastest is a good largest rate. What was learnt is forgotten.
            """)

    @Argument(help: "The configuration, a JSON file.")
    var configuration: String

    @Option(name: .customLong("set"), help: "Replace one value of the file: path=JSON. Repeatable.")
    var changes: [String] = []

    @Flag(help: "Show the tree of modules.")
    var tree = false

    @Flag(help: "Send one batch through the net, and show what each layer makes of it.")
    var statistics = false

    @Flag(help: "Look for a learning rate.")
    var findRate = false

    @Option(help: "Steps of that search.")
    var steps = 100

    func validate() throws { try require("--steps", steps, in: 2...100_000) }

    func run() async throws {
        try await Outcome.told {
            let file = URL(filePath: configuration)
            let prepared = try PreparedExperiment(
                json: ConfigurationChanges.object(file, changes), base: file.deletingLastPathComponent())
            Summary.say(prepared)
            let sketch = try ModelSketch(prepared)
            Terminal.say(
                "net: \(Terminal.count(sketch.parameters)) numbers, "
                    + "\(Terminal.count(sketch.multiplications)) multiplications a picture of \(sketch.side) px")
            if tree { Terminal.say(sketch.tree) }
            sayDistributions(prepared.dataset)
            if statistics { try sayStatistics(prepared) }
            if findRate { try sayRates(prepared) }
        }
    }

    /// Silent channels, numbers that grow or shrink from layer to layer, and layers that learn much faster than others are
    /// what to look for.
    private func sayStatistics(_ prepared: PreparedExperiment) throws {
        let rows = try LayerStatistics(prepared).rows
        let width = rows.map(\.key.count).max() ?? 0
        Terminal.say(
            "layer".padded(to: width) + "  shape               mean  deviation  dead channels  gradient/weight")
        for row in rows {
            let shape = row.shape.map(String.init).joined(separator: "x").padded(to: 16)
            let dead = row.deadShare.map { String(format: "%12.1f %%", 100 * $0) } ?? "             -"
            let gradient = row.gradient.map { String(format: "%15.2e", $0) } ?? "              -"
            Terminal.say(
                row.key.padded(to: width) + "  " + shape
                    + String(format: " %8.3f  %9.3f", row.mean, row.deviation) + " " + dead + "  " + gradient)
        }
    }

    private func sayDistributions(_ dataset: Dataset) {
        for label in dataset.classNames.keys.sorted() where label != Dataset.boxColumn {
            say("pictures of a class of \(label)", CountDistribution(dataset.classSizes(label)))
        }
        let boxes = dataset.samples.map(\.boxes.count)
        if boxes.contains(where: { $0 > 0 }) { say("boxes of a picture", CountDistribution(boxes), isLimited: true) }
        let words = dataset.samples.compactMap { $0.text?.split(separator: " ").count }
        say("words of a text", CountDistribution(words), isLimited: true)
    }

    private func say(_ what: String, _ counts: CountDistribution?, isLimited: Bool = false) {
        guard let counts else { return }
        let limit = isLimited ? ", proposed limit \(counts.proposedLimit)" : ""
        Terminal.say(
            "\(what): mean \(Terminal.decimal(counts.mean, 1)), median \(counts.percentile(50)), "
                + "90 % \(counts.percentile(90)), 99 % \(counts.percentile(99)), largest \(counts.largest)" + limit)
    }

    private func sayRates(_ prepared: PreparedExperiment) throws {
        let finder = try RateFinder(prepared, steps: steps)
        let largest = finder.points.map(\.loss).max() ?? 1
        let stride = max(1, finder.points.count / 20)
        for (place, point) in finder.points.enumerated() where place % stride == 0 {
            let bar = String(repeating: "#", count: max(0, Int(40 * point.loss / max(largest, 1e-9))))
            Terminal.say(String(format: "%.1e  %8.3f  ", point.rate, point.loss) + bar)
        }
        Terminal.say(
            finder.suggestion.map { String(format: "the loss falls fastest at lr %.1e", $0) }
                ?? "the loss never fell: look at the losses, or at the pictures")
    }
}
