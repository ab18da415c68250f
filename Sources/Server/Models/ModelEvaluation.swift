import Basics
import Evaluation
import Foundation
import Imaging
import Inference
import Logging
import Storage

/// How a model is measured on the operator's own pictures.
enum EvaluationProtocol: String, CaseIterable {
    /// Pictures of `queries/LABEL/` look for those of `gallery/LABEL/`: recall at 1, 5 and 10, mean average precision.
    case retrieval
    /// The class with the highest score is the name of the picture's folder.
    case classification

    static func of(_ role: ModelRole) -> EvaluationProtocol? {
        switch role {
        case .itemEmbedder, .imageTower, .faceEmbedder: .retrieval
        case .categoryHead: .classification
        default: nil
        }
    }
}

/// Pictures in folders that are named for what they show, below `evaluation/NAME` of the data folder.
struct EvaluationSet {
    struct Picture {
        /// `LABEL/FILE`.
        let name: String
        let label: String
        let path: String
    }

    static let mostPictures = 20_000

    let queries: [Picture]
    let gallery: [Picture]

    /// Lists a set. Names that begin with a point and links are passed over.
    ///
    /// - Throws: 404 when there is none of that name, 422 for too many pictures.
    init(_ name: String, data: String) throws {
        guard Self.isName(name) else { throw RequestError.invalidParam("'dataset' is a name, not a path.") }
        let folder = "\(data)/evaluation/\(name)"
        queries = Self.pictures(below: folder + "/queries")
        gallery = Self.pictures(below: folder + "/gallery")
        guard !queries.isEmpty else {
            throw RequestError.notFound(
                "There are no pictures in evaluation/\(name)/queries/LABEL/ of the data folder.")
        }
        guard queries.count + gallery.count <= Self.mostPictures else {
            throw RequestError(
                status: 422, code: "M_TOO_LARGE", message: "A set has at most \(Self.mostPictures) pictures.")
        }
    }

    /// A name of one folder, without surprises.
    static func isName(_ text: String) -> Bool {
        (1...100).contains(text.utf8.count) && text.first != "."
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || [0x2D, 0x2E, 0x5F].contains(byte)
            }
    }

    private static func pictures(below folder: String) -> [Picture] {
        func names(_ folder: String, _ type: FileAttributeType) -> [String] {
            let all = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return all.sorted().filter { name in
                let kind = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")[.type]
                return !name.hasPrefix(".") && kind as? FileAttributeType == type
            }
        }
        return names(folder, .typeDirectory).flatMap { label in
            names("\(folder)/\(label)", .typeRegular).map { file in
                Picture(name: "\(label)/\(file)", label: label, path: "\(folder)/\(label)/\(file)")
            }
        }
    }
}

extension ModelService {
    /// Begins to measure a version, and the active one of its role unless that was measured on the same set.
    ///
    /// - Returns: the name of the work; ``ModelWork`` tells how it stands.
    func evaluate(_ key: ModelKey, on dataset: String, by who: String) async throws -> String {
        let registry = try await registry()
        guard let entry = registry[key] else { throw RequestError.notFound("There is no \(key).") }
        guard let kind = EvaluationProtocol.of(entry.role) else {
            throw RequestError(
                status: 409, code: "M_CONFLICT",
                message: "Models of the role \(entry.role.rawValue) cannot be measured here.")
        }
        guard ![.trial, .quarantined, .damaged].contains(entry.state) else {
            throw RequestError(status: 409, code: "M_CONFLICT", message: "\(key) is \(entry.state.rawValue).")
        }
        let set = try EvaluationSet(dataset, data: settings.data)
        _ = try runtimeOrRefusal()
        let name = "evaluation \(key) \(dataset)"
        guard work.begin(name, for: key) else {
            throw RequestError(status: 409, code: "M_CONFLICT", message: "This evaluation is under way.")
        }
        let active = registry.active(entry.role)
        Task {
            do {
                try await measure(entry, kind, dataset, set)
                if let active, active.key != key {
                    let known = try await database.read { try ModelRows.measurements(active.key, $0) }
                    if !known.contains(where: { $0.dataset == dataset && $0.kind == kind.rawValue }) {
                        try await measure(active, kind, dataset, set)
                    }
                }
                work.end(name, failure: nil)
            } catch {
                let reason = (error as? RequestError)?.message ?? "\(error)"
                logger.warning("an evaluation failed", metadata: ["model": "\(key)", "reason": "\(reason)"])
                work.end(name, failure: reason)
            }
        }
        return name
    }

    private func runtimeOrRefusal() throws -> InferenceRuntime {
        do { return try runtime() } catch { throw error.request }
    }

    private func measure(
        _ entry: ModelEntry, _ kind: EvaluationProtocol, _ dataset: String, _ set: EvaluationSet
    ) async throws {
        let manifest = try await manifest(entry.key)
        let queue = try await queue(for: entry)
        let now = clock.now()
        let (figures, outcomes) =
            switch kind {
            case .retrieval: try await retrieval(queue, manifest, set)
            case .classification: try await classification(queue, manifest, set)
            }
        let measurement = ModelRows.Measurement(
            dataset: dataset, kind: kind.rawValue, measured: now, figures: figures, outcomes: outcomes)
        try await database.write { context in
            var registry = try ModelRows.registry(context.connection)
            // It may have been deleted meanwhile.
            guard registry[entry.key] != nil else { return }
            try registry.measured(entry.key, at: now)
            try ModelRows.write(&registry, in: context)
            try ModelRows.set(measurement, of: entry.key, in: context)
        }
    }

    private func retrieval(
        _ queue: ModelQueue, _ manifest: ModelManifest, _ set: EvaluationSet
    ) async throws -> (JSON, [String: Double]) {
        let labels = Set((set.queries + set.gallery).map(\.label)).sorted()
        let numbers = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
        func vectors(_ pictures: [EvaluationSet.Picture]) async throws -> LabelledVectors {
            var values: [Float] = []
            var size = manifest.embedding?.dimension ?? 0
            for picture in pictures {
                let vector = try await vector(of: picture, queue, manifest)
                size = vector.count
                values += vector
            }
            return try LabelledVectors(
                values: values, dimension: size, labels: pictures.map { numbers[$0.label] ?? -1 },
                groups: pictures.map { numbers[$0.label] ?? -1 })
        }
        let queries = try await vectors(set.queries)
        let gallery = try await vectors(set.gallery)
        let (report, threshold) = try await offThread {
            (
                try Retrieval().report(queries: queries, gallery: gallery),
                ModelThreshold.measured(queries: queries, gallery: gallery)
            )
        }
        var outcomes: [String: Double] = [:]
        for outcome in report.outcomes {
            outcomes[set.queries[outcome.query].name] = outcome.firstPosition == 0 ? 1 : 0
        }
        var figures = report.json.objectValue ?? JSONObject()
        figures["threshold"] = threshold
        return (.object(figures), outcomes)
    }

    private func classification(
        _ queue: ModelQueue, _ manifest: ModelManifest, _ set: EvaluationSet
    ) async throws -> (JSON, [String: Double]) {
        var outcomes: [String: Double] = [:]
        for picture in set.queries {
            let scores = try await vector(of: picture, queue, manifest)
            let best = scores.indices.max { scores[$0] < scores[$1] }
            let label = best.flatMap { $0 < manifest.labels.count ? manifest.labels[$0] : nil }
            outcomes[picture.name] = label == picture.label ? 1 : 0
        }
        let accuracy = Bootstrap().mean(set.queries.map { outcomes[$0.name] ?? 0 })
        return (.object(["accuracy": accuracy?.json ?? .null]), outcomes)
    }

    /// What the model makes of a picture: the output that is as long as the manifest's vectors, else the first.
    private func vector(
        of picture: EvaluationSet.Picture, _ queue: ModelQueue, _ manifest: ModelManifest
    ) async throws -> [Float] {
        let input = try await offThread {
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: picture.path)))
            return try manifest.preprocess.prepare(Image.decode(bytes).image).tensor
        }
        guard let name = manifest.inputs.first?.name else { throw EvaluationError("The model takes nothing.") }
        do {
            let outputs = try await queue.run([name: input])
            let wished = manifest.embedding?.dimension ?? manifest.labels.count
            let port = manifest.outputs.first { outputs[$0.name]?.floats?.count == wished } ?? manifest.outputs.first
            guard let values = port.flatMap({ outputs[$0.name]?.floats }), !values.isEmpty else {
                throw EvaluationError("The model gives no vector.")
            }
            return values
        } catch let error as InferenceError {
            throw error.request
        }
    }
}
