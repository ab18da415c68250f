package import Basics
public import Foundation

extension Experiment {
    /// The experiment that a file describes.
    ///
    /// Throws ``ExperimentError`` with everything that is wrong at once.
    public init(contentsOf file: URL) throws {
        guard let data = try? Data(contentsOf: file) else {
            throw ExperimentError(["\(file.path): there is no such file, or it cannot be read"])
        }
        try self.init(bytes: Array(data))
    }

    /// The experiment that JSON text describes.
    public init(bytes: [UInt8]) throws { try self.init(json: Self.parsed(bytes)) }

    /// The object that JSON text holds; a fault is told with its line.
    package static func parsed(_ bytes: [UInt8]) throws -> JSONObject {
        do {
            guard let object = try JSON(parsing: bytes, limits: JSONLimits(maximumBytes: 1 << 20)).objectValue else {
                throw ExperimentError(["the file must hold one JSON object"])
            }
            return object
        } catch let error as JSONError {
            let line = bytes.prefix(error.offset).count { $0 == UInt8(ascii: "\n") } + 1
            throw ExperimentError(["line \(line): \(error.reason.rawValue)"])
        }
    }

    /// The experiment that an object describes.
    package init(json: JSONObject) throws {
        let problems = ProblemList()
        self.init(json: json, problems: problems)
        guard problems.problems.isEmpty else { throw ExperimentError(problems.problems) }
    }

    /// The experiment that an object describes, as far as it can be read; what is wrong goes to a list.
    package init(json: JSONObject, problems: ProblemList) {
        var reader = ConfigurationReader(json, path: "", problems: problems)
        self.init(&reader, json)
        reader.finish()
    }

    private init(_ reader: inout ConfigurationReader, _ json: JSONObject) {
        self.json = json
        name = Self.name(&reader)
        seed = UInt64(reader.int("seed", in: 0...(1 << 53) - 1) ?? 1)
        device = Self.device(&reader)
        threads = reader.int("threads", in: 1...256) ?? ProcessInfo.processInfo.activeProcessorCount
        precision = Self.precision(&reader, device)
        lossScale = reader.number("lossScale", in: 1...3e38) ?? (precision == .float16 ? LossScaler().scale : nil)
        model = reader.inner("model")?.object ?? JSONObject()
        sources = reader.list("sources")?.map(\.object) ?? []
        if json["sources"] == nil { reader.problems.add("sources", "at least one source of pictures") }
        backgrounds = reader.inner("backgrounds")?.object
        split = reader.inner("split")?.object
        loading = Self.loading(&reader)
        let isDetector = model["kind"]?.stringValue == ModelSettings.Kind.detector.rawValue
        var base = Stage(&reader, over: nil)
        if isDetector { base.batch.shuffle(usual: 16) }
        stages = Self.stages(&reader, base, isDetector)
        evaluation = Self.evaluation(&reader, isDetector)
        checkpoints = Self.checkpoints(&reader)
        teacher = Self.teacher(&reader)
        mutual = Self.mutual(&reader)
        initial = reader.text("initFrom")
        if isDetector { refuseVectors(reader.problems) }
        if mutual != nil, stages.contains(where: \.batch.recomputes) {
            reader.problems.add("batch.recompute", "not with two nets that learn from each other")
        }
        if model["cascade"]?.boolValue != true { refuseLevels(reader.problems) }
    }

    /// What needs a net whose vectors have levels.
    private func refuseLevels(_ problems: ProblemList) {
        for term in stages.flatMap(\.losses) where term.json["type"]?.stringValue == "cascade" {
            problems.add(term.path + "type", "a cascade needs levels: set model.cascade to true")
        }
    }

    /// What only nets that make vectors can do.
    private func refuseVectors(_ problems: ProblemList) {
        if stages.contains(where: { !$0.losses.isEmpty }) {
            problems.add("losses", "a detector's loss is its own: leave losses out")
        }
        if stages.contains(where: { $0.batch.sampler != .shuffled }) {
            problems.add("batch.sampler", "a detector's batches are shuffled: give a size")
        }
        for stage in stages {
            let isErasing = stage.augment.contains {
                ($0.stringValue ?? $0["type"]?.stringValue) == "adversarialErasing"
            }
            if isErasing { problems.add("augment", "adversarialErasing follows the looks of nets that make vectors") }
        }
        if stages.contains(where: \.batch.recomputes) { problems.add("batch.recompute", "only embedders do") }
        if teacher != nil { problems.add("teacher", "only embedders have one") }
        if mutual != nil { problems.add("mutual", "only embedders learn from each other") }
    }

    // MARK: Parts

    private static func name(_ reader: inout ConfigurationReader) -> String {
        let name = reader.text("name") ?? "run"
        let isPlain = name.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 95
        }
        if !isPlain || name.utf8.count > 64 {
            reader.problems.add("name", "at most 64 letters, digits, hyphens and underscores")
        }
        return name
    }

    private static func device(_ reader: inout ConfigurationReader) -> Device {
        let text = reader.text("device") ?? "cpu"
        if text == "cpu" { return .cpu }
        if text.hasPrefix("cuda:"), let number = Int(text.dropFirst(5)), (0..<64).contains(number) {
            if TorchRuntime.hasCUDA { return .cuda(number) }
            reader.problems.add("device", "this libtorch has no CUDA; cpu works everywhere")
            return .cpu
        }
        reader.problems.add("device", "cpu or cuda:0")
        return .cpu
    }

    private static func precision(_ reader: inout ConfigurationReader, _ device: Device) -> Precision {
        let precision: Precision = reader.choice("precision") ?? .float32
        if let narrow = precision.narrow, !TorchRuntime.computes(narrow, on: device) {
            reader.problems.add(
                "precision",
                "this libtorch does not compute in \(precision.rawValue) on \(device); f32 works everywhere")
        }
        return precision
    }

    private static func loading(_ reader: inout ConfigurationReader) -> Loading {
        var inner = reader.inner("loader")
        let loading = Loading(
            tasks: inner?.int("tasks", in: 1...256), cacheMebibytes: inner?.int("cacheMiB", in: 0...1 << 20) ?? 1024,
            reserve: inner?.number("reserve", in: 1...4) ?? 1.25)
        inner?.finish()
        return loading
    }

    private static func stages(_ reader: inout ConfigurationReader, _ base: Stage, _ isDetector: Bool) -> [Stage] {
        guard let list = reader.list("stages") else {
            if base.losses.isEmpty, reader.object["losses"] == nil, !isDetector {
                reader.problems.add("losses", "at least one loss")
            }
            return [base]
        }
        if list.isEmpty { reader.problems.add("stages", "at least one stage, or no stages at all") }
        return list.map { stage in
            var stage = stage
            let read = Stage(&stage, over: base)
            stage.finish()
            if read.losses.isEmpty, !isDetector { reader.problems.add("\(stage.path).losses", "at least one loss") }
            return read
        }
    }

    private static func evaluation(_ reader: inout ConfigurationReader, _ isDetector: Bool) -> Evaluation {
        var inner = reader.inner("evaluate")
        let metric = inner?.choice("metric", EvaluationMetric.self) ?? (isDetector ? .averagePrecision50 : .recall1)
        if metric.isOfBoxes != isDetector {
            let known = EvaluationMetric.allCases.filter { $0.isOfBoxes == isDetector }.map(\.rawValue)
            reader.problems.add("evaluate.metric", "one of \(known.joined(separator: ", "))")
        }
        let evaluation = Evaluation(
            every: inner?.int("every", in: 0...100_000) ?? (inner == nil ? 0 : 1),
            protocolName: inner?.choice("protocol", EvaluationProtocol.self)?.rawValue
                ?? EvaluationProtocol.photos.rawValue,
            metric: metric.rawValue,
            label: inner?.text("label"), queries: inner?.text("queries"), gallery: inner?.text("gallery"),
            strangers: inner?.text("strangers"),
            patience: inner?.int("patience", in: 1...100_000))
        inner?.finish()
        return evaluation
    }

    private static func checkpoints(_ reader: inout ConfigurationReader) -> Checkpoints {
        var inner = reader.inner("checkpoint")
        let checkpoints = Checkpoints(
            everySteps: inner?.int("everySteps", in: 1...10_000_000) ?? 200, kept: inner?.int("keep", in: 1...1000) ?? 3
        )
        inner?.finish()
        return checkpoints
    }

    private static func teacher(_ reader: inout ConfigurationReader) -> Teacher? {
        guard var inner = reader.inner("teacher") else { return nil }
        let file = inner.text("embeddings")
        if file == nil { inner.problems.add(inner.place("embeddings"), "the file with the teacher's embeddings") }
        let teacher = Teacher(embeddings: file ?? "", weight: inner.number("weight", in: 0...1000) ?? 1)
        inner.finish()
        return teacher
    }

    private static func mutual(_ reader: inout ConfigurationReader) -> Mutual? {
        guard var inner = reader.inner("mutual") else { return nil }
        let mutual = Mutual(
            model: inner.inner("model")?.object ?? JSONObject(), weight: inner.number("weight", in: 0...1000) ?? 1,
            temperature: inner.number("temperature", in: 0.01...100) ?? 1)
        inner.finish()
        return mutual
    }
}

/// What held-out pictures are asked.
package enum EvaluationProtocol: String, CaseIterable, Sendable {
    /// Each held-out picture finds others of its label among the held-out ones of other groups.
    case photos
    /// Each held-out picture finds its label among the pictures that were learnt from.
    case nearest
    /// Pictures of the role `query` find their label among those of the role `gallery`.
    case userMerchant = "user-merchant"
}

/// The figures that may decide.
package enum EvaluationMetric: String, CaseIterable, Sendable {
    case recall1 = "recall@1"
    case recall5 = "recall@5"
    case meanAveragePrecision = "mAP"
    /// Of boxes: the mean average precision at an overlap of 0.5, and the mean over overlaps up to 0.95.
    case averagePrecision50 = "AP50"
    case averagePrecision = "AP50:95"
    /// The share of pictures whose surest box overlaps a true one by 0.5 or more.
    case mainBox

    /// Whether it is a figure of boxes.
    var isOfBoxes: Bool { [.averagePrecision50, .averagePrecision, .mainBox].contains(self) }
}
