internal import Basics

/// What a run stands on, so that one that goes on stands on the same.
struct RunFingerprint {
    private let parts: [(name: String, value: String)]

    init(_ experiment: Experiment, _ dataset: Dataset) {
        let version = TorchRuntime.version.split(separator: ".").prefix(2).joined(separator: ".")
        parts = [
            ("configuration", Self.digest(JSON.object(experiment.json).canonical())),
            ("data", Self.digest(Self.lines(dataset))), ("libtorch", version), ("threads", "\(experiment.threads)"),
        ]
    }

    /// Every sample with its labels, boxes, group and split.
    private static func lines(_ dataset: Dataset) -> [UInt8] {
        var bytes: [UInt8] = []
        for (column, names) in dataset.classNames.sorted(by: { $0.key < $1.key }) {
            bytes.append(contentsOf: Array("\(column) \(names)\n".utf8))
        }
        for sample in dataset.samples {
            let labels = sample.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let text =
                "\(sample.source)/\(sample.id) \(labels) \(sample.boxes) \(sample.group ?? "") "
                + "\(sample.split?.rawValue ?? "")\n"
            bytes.append(contentsOf: Array(text.utf8))
        }
        return bytes
    }

    private static func digest(_ bytes: [UInt8]) -> String { "\(FileDigest(of: bytes))" }

    /// Compares with what the run began with, or writes it down.
    func check(_ folder: RunFolder, allowsDrift: Bool, isResumed: Bool) throws {
        let known = folder.read("fingerprint.json")
        let drifts = parts.compactMap { part -> String? in
            guard let old = known?[part.name]?.stringValue, old != part.value else { return nil }
            return "\(part.name) was \(old), is \(part.value)"
        }
        if isResumed, !drifts.isEmpty {
            guard allowsDrift else { throw RunError.drift(drifts) }
            try folder.keep("drift.json", .array(drifts.map(JSON.string)))
        }
        var object = JSONObject()
        for part in parts { object[part.name] = .string(part.value) }
        try folder.keep("fingerprint.json", .object(object))
    }
}
