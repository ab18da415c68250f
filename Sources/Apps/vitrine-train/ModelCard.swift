import Basics
import Foundation
import Learning

/// What somebody who is offered a model should know about it, made from its run.
struct ModelCard {
    let name: String
    let license: String
    let folder: RunFolder
    let prepared: PreparedExperiment
    let subject: Subject
    let parity: ExportParity?

    /// The card as Markdown.
    var text: String {
        [
            "# \(name)", intended, "## Where it comes from", origin, "## Pictures", pictures, "## Figures", figures,
            "## Known limits", limits,
        ].joined(separator: "\n\n") + "\n"
    }

    private var intended: String {
        "\(subject.purpose) Grade: demo. Licence of the weights: \(license)."
    }

    private var origin: String {
        let options = subject.backbone
        let seed = prepared.experiment.seed
        let drift = folder.read("drift.json")?.arrayValue?.compactMap(\.stringValue) ?? []
        let lines = [
            "Run \(folder.name), seed \(seed), libtorch \(TorchRuntime.version); \(subject.file.lastPathComponent)"
                + (subject.step.map { " of step \($0)" } ?? "") + ".",
            "Net: \(options.name), width \(options.width), \(Terminal.count(subject.parameters)) numbers. "
                + "The whole configuration is config.json in the run's folder.",
        ]
        let told = drift.isEmpty ? [] : ["Gone on with although \(drift.joined(separator: "; "))."]
        let bad = FileManager.default.fileExists(atPath: folder.file("bad_batches.jsonl").path)
        return (lines + told + (bad ? ["Steps were dropped because their loss was no number: bad_batches.jsonl."] : []))
            .joined(separator: "\n")
    }

    private var pictures: String {
        let samples = prepared.dataset.samples
        let rows = prepared.experiment.sources.compactMap { source -> String? in
            let name = source["name"]?.stringValue ?? "pictures"
            let own = samples.filter { $0.source == name }
            func count(_ split: Split) -> String { Terminal.count(own.count { $0.split == split }) }
            let license = source["license"]?.stringValue ?? "not stated"
            return "| \(name) | \(license) | \(count(.train)) | \(count(.validation)) | \(count(.test)) |"
        }
        let left = prepared.dataset.report.skippedCount
        return
            (["| source | licence | learnt from | chosen with | reported on |", "|---|---|---|---|---|"] + rows
            + ["", "Left out because they could not be read: \(left)."]).joined(separator: "\n")
    }

    private var figures: String {
        guard let measured = folder.read("figures.json"), let all = measured["figures"]?.arrayValue, !isFinal else {
            return isFinal
                ? "None: every held-out picture was learnt from."
                : "Not measured. `vitrine-train eval` writes them into the run's folder, and the next export into this card."
        }
        let rows = all.flatMap { question -> [String] in
            let title = question["question"]?.stringValue ?? ""
            return (question.objectValue?.keys ?? []).compactMap { key in
                guard let value = question[key]?["value"]?.doubleValue else { return nil }
                let low = question[key]?["low"]?.doubleValue, high = question[key]?["high"]?.doubleValue
                let range =
                    low.flatMap { low in high.map { "\(Terminal.decimal(low)) to \(Terminal.decimal($0))" } } ?? "-"
                let count = question[key]?["n"]?.intValue ?? 0
                return "| \(title) | \(key) | \(Terminal.decimal(value)) | \(range) | \(count) |"
            }
        }
        let split = measured["split"]?.stringValue ?? "held-out"
        return
            ([
                "On the split `\(split)`, which was not learnt from, with \(measured["weights"]?.stringValue ?? "these weights"):",
                "",
                "| question | figure | value | 95 % interval | n |", "|---|---|---|---|---|",
            ] + rows).joined(separator: "\n")
    }

    private var isFinal: Bool { folder.read("env.json")?["final"]?.boolValue == true }

    private var limits: String {
        let compared =
            parity.map {
                "Compared with the trainer on \($0.answers) answers: largest difference \($0.maximumDifference)."
            }
            ?? "Not compared with ONNX Runtime."
        return (subject.limits(prepared) + [compared]).map { "- \($0)" }.joined(separator: "\n")
    }
}

extension ModelCard {
    /// What a card is about.
    struct Subject {
        let purpose: String
        let backbone: BackboneOptions
        let parameters: Int
        let file: URL
        let step: String?
        let limits: (PreparedExperiment) -> [String]

        init(_ model: TrainedModel) {
            purpose =
                "Makes vectors of \(model.net.options.dimension) numbers from pictures of \(model.settings.side) px, in "
                + "which the same thing lies near itself."
            (backbone, parameters) = (model.net.options.backbone, model.net.parameterCount)
            (file, step) = (model.file, model.metadata["step"])
            limits = { prepared in
                let label = prepared.experiment.firstLabel
                let sizes = prepared.subset { $0.split == .train }.classSizes(label)
                let rare = Self.rare(model.classNames[label] ?? [], sizes)
                return [
                    "It knows what it was shown: things unlike these pictures get vectors too, and those mean little.",
                    "Classes of \(label) with the fewest pictures: \(rare).",
                    "Vectors of another model, or of another version of this one, must not be compared with its own.",
                ]
            }
        }

        init(_ model: TrainedDetector) {
            let head = model.net.options.head == .retina ? "from anchors" : "without anchors"
            purpose =
                "Finds boxes of \(model.classNames.count) classes on pictures of \(model.settings.side) px, \(head)."
            (backbone, parameters) = (model.net.options.backbone, model.net.parameterCount)
            (file, step) = (model.file, model.step)
            limits = { prepared in
                var sizes = [Int](repeating: 0, count: model.classNames.count)
                for sample in prepared.dataset.samples where sample.split == .train {
                    for box in sample.boxes {
                        let label = sizes.count == 1 ? 0 : box.label
                        if sizes.indices.contains(label) { sizes[label] += 1 }
                    }
                }
                return [
                    "It knows what it was shown: it may miss things unlike these, or take the ground for one.",
                    "Classes with the fewest boxes drawn by people: \(Self.rare(model.classNames, sizes)).",
                ]
            }
        }

        private static func rare(_ names: [String], _ sizes: [Int]) -> String {
            zip(names, sizes).sorted { ($0.1, $0.0) < ($1.1, $1.0) }.prefix(5).map { "\($0.0) (\($0.1))" }
                .joined(separator: ", ")
        }
    }
}
