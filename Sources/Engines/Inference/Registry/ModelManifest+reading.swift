import Basics

extension ModelManifest {
    private static let members: Set<String> = [
        "schema", "id", "version", "role", "file", "sha256", "license", "grade", "inputs", "outputs", "preprocess",
        "decode", "embedding", "labels", "calibration", "parity", "run", "providers", "isolation",
    ]

    /// Reads what must be there, then the rest; nil when something that must be there is missing or wrong.
    init?(_ json: JSON, _ reader: inout ManifestReader) {
        guard let object = reader.object(json, "", members: Self.members) else { return nil }
        _ = reader.text(object["schema"], "schema", isRequired: true, "must be vitrine.model/1") {
            $0 == "vitrine.model/1"
        }
        let id = reader.text(
            object["id"], "id", isRequired: true, "must be 2 to 41 lower case letters, digits or hyphens",
            where: Self.isIdentifier)
        let version = reader.text(
            object["version"], "version", isRequired: true, "must be three numbers, as 1.0.2", where: Self.isVersion)
        let role: ModelRole? = reader.choice(object["role"], "role", isRequired: true)
        let file = reader.text(
            object["file"], "file", isRequired: true, "must be a file name that ends in .onnx, without a folder",
            where: Self.isFileName)
        let hash = reader.text(
            object["sha256"], "sha256", isRequired: true, "must be 64 hexadecimal digits in lower case",
            where: Self.isHash)
        let license = reader.text(object["license"], "license", isRequired: true)
        let inputs = reader.list(object["inputs"], "inputs", atMost: 16, isRequired: true, Self.port)
        let outputs = reader.list(object["outputs"], "outputs", atMost: 16, isRequired: true, Self.port)
        guard let id, let version, let role, let file, let hash, let license, let inputs, let outputs else {
            return nil
        }
        self.id = id
        self.version = version
        self.role = role
        self.file = file
        sha256 = hash
        self.license = license
        self.inputs = inputs
        self.outputs = outputs
        readRest(of: object, &reader)
    }

    private mutating func readRest(of object: JSONObject, _ reader: inout ManifestReader) {
        grade = reader.choice(object["grade"], "grade") ?? grade
        preprocess = Preprocess(object["preprocess"], &reader)
        decode = Decode(object["decode"], &reader)
        embedding = Embedding(object["embedding"], &reader)
        labels = reader.list(object["labels"], "labels", atMost: 10_000) { $0.text($1, $2) } ?? []
        calibration = Calibration(object["calibration"], &reader)
        parity = Parity(object["parity"], &reader)
        run = reader.text(object["run"], "run")
        providers =
            reader.list(object["providers"], "providers", atMost: 3) { reader, json, path in
                reader.text(json, path, "must be TensorRT, CUDA or CPU") { ["TensorRT", "CUDA", "CPU"].contains($0) }
            } ?? providers
        let isolation = reader.text(object["isolation"], "isolation", "must be process or worker") {
            ["process", "worker"].contains($0)
        }
        isIsolated = isolation != "process"
        if embedding == nil, [.itemEmbedder, .textTower, .imageTower, .faceEmbedder].contains(role) {
            reader.report("embedding", "is missing: the role \(role.rawValue) makes vectors")
        }
    }

    // MARK: Rules of texts

    private static func isIdentifier(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return (2...41).contains(bytes.count) && bytes[0] != 0x2D
            && bytes.allSatisfy { isLowerCaseOrDigit($0) || $0 == 0x2D }
    }

    private static func isLowerCaseOrDigit(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
    }

    private static func isVersion(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 3
            && parts.allSatisfy { part in
                (1...6).contains(part.utf8.count) && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
            }
    }

    private static func isFileName(_ text: String) -> Bool {
        text.utf8.count <= 100 && text.hasSuffix(".onnx") && text != ".onnx"
            && text.utf8.allSatisfy {
                isLowerCaseOrDigit($0) || (0x41...0x5A).contains($0) || [0x2D, 0x2E, 0x5F].contains($0)
            }
    }

    private static func isHash(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    private static func port(_ reader: inout ManifestReader, _ json: JSON, _ path: String) -> Port? {
        guard let object = reader.object(json, path, members: ["name", "dtype", "shape"]) else { return nil }
        let name = reader.text(object["name"], "\(path).name", isRequired: true)
        let type = reader.text(
            object["dtype"], "\(path).dtype", isRequired: true, "must be f32, f16, u8, i32 or i64"
        ) { ElementType(name: $0) != nil }.flatMap { ElementType(name: $0) }
        let shape = reader.list(object["shape"], "\(path).shape", atMost: 5, isRequired: true) {
            reader, json, path -> Int?? in
            if json.stringValue != nil { return .some(nil) }
            return reader.integer(json, path, in: 1...1_000_000).map { .some($0) }
        }
        guard let name, let type, let shape else { return nil }
        return Port(name: name, type: type, shape: shape)
    }
}

extension ModelManifest.Preprocess {
    fileprivate init(_ json: JSON?, _ reader: inout ManifestReader) {
        self.init()
        let members: Set = ["resize", "size", "color", "mean", "std", "padValue", "template", "flip", "middle"]
        guard let object = reader.object(json, "preprocess", members: members) else { return }
        resize = reader.choice(object["resize"], "preprocess.resize") ?? resize
        colour = reader.choice(object["color"], "preprocess.color") ?? colour
        size = reader.list(object["size"], "preprocess.size", atMost: 2) { $0.integer($1, $2, in: 1...4_096) } ?? []
        if ![0, 2].contains(size.count) { reader.report("preprocess.size", "must be height and width") }
        mean = reader.floats(object["mean"], "preprocess.mean", -10_000...10_000)
        std = reader.floats(object["std"], "preprocess.std", 0.000_001...10_000)
        if mean.count != std.count { reader.report("preprocess.std", "must have as many numbers as mean") }
        padValue = reader.number(object["padValue"], "preprocess.padValue", in: -10_000...10_000).map { Float($0) } ?? 0
        let templates = ["arcface112", "arcface112x96", "none"]
        template =
            reader.text(
                object["template"], "preprocess.template", "must be one of \(templates.joined(separator: ", "))",
                where: templates.contains) ?? template
        flip = reader.flag(object["flip"], "preprocess.flip") ?? flip
        middle = reader.number(object["middle"], "preprocess.middle", in: 0.1...1).map { Float($0) }
    }
}

extension ModelManifest.Decode {
    private static let kinds = ["none", "retina", "anchorFree", "scrfd", "yunet", "retinaface", "ultraface", "mtcnn"]

    fileprivate init(_ json: JSON?, _ reader: inout ManifestReader) {
        self.init()
        let members: Set = ["kind", "strides", "minSizes", "variances", "scoreThreshold", "nmsIoU", "topK"]
        guard let object = reader.object(json, "decode", members: members) else { return }
        kind =
            reader.text(
                object["kind"], "decode.kind", "must be one of \(Self.kinds.joined(separator: ", "))",
                where: Self.kinds.contains) ?? kind
        strides = reader.list(object["strides"], "decode.strides", atMost: 8) { $0.integer($1, $2, in: 1...512) } ?? []
        minSizes =
            reader.list(object["minSizes"], "decode.minSizes", atMost: 8) { reader, json, path in
                reader.list(json, path, atMost: 16) { $0.integer($1, $2, in: 1...4_096) }
            } ?? []
        variances = reader.floats(object["variances"], "decode.variances", 0...10)
        scoreThreshold =
            reader.number(object["scoreThreshold"], "decode.scoreThreshold", in: 0...1).map { Float($0) } ?? 0.5
        nmsIoU = reader.number(object["nmsIoU"], "decode.nmsIoU", in: 0...1).map { Float($0) } ?? 0.5
        topK = reader.integer(object["topK"], "decode.topK", in: 1...5_000) ?? topK
    }
}

extension ModelManifest.Embedding {
    fileprivate init?(_ json: JSON?, _ reader: inout ManifestReader) {
        let members: Set = ["dim", "space", "normalized", "metric", "colourWeight"]
        guard let object = reader.object(json, "embedding", members: members) else { return nil }
        _ = reader.text(object["metric"], "embedding.metric", "must be cosine") { $0 == "cosine" }
        let space = reader.text(object["space"], "embedding.space", isRequired: true)
        if object["dim"] == nil { reader.report("embedding.dim", "is missing") }
        guard let dimension = reader.integer(object["dim"], "embedding.dim", in: 1...2_048), let space else {
            return nil
        }
        self.init(
            dimension: dimension, space: space,
            isNormalized: reader.flag(object["normalized"], "embedding.normalized") ?? false,
            colourWeight: reader.number(object["colourWeight"], "embedding.colourWeight", in: 0...1).map(Float.init)
                ?? 0)
    }
}

extension ModelManifest.Calibration {
    fileprivate init?(_ json: JSON?, _ reader: inout ManifestReader) {
        let members: Set = ["threshold", "far", "tar", "dataset", "pairs", "temperature", "date"]
        guard let object = reader.object(json, "calibration", members: members) else { return nil }
        threshold = reader.number(object["threshold"], "calibration.threshold", in: -1_000...1_000)
        falseAcceptRate = reader.number(object["far"], "calibration.far", in: 0...1)
        trueAcceptRate = reader.number(object["tar"], "calibration.tar", in: 0...1)
        dataset = reader.text(object["dataset"], "calibration.dataset")
        pairs = reader.integer(object["pairs"], "calibration.pairs", in: 0...1_000_000_000_000)
        temperature = reader.number(object["temperature"], "calibration.temperature", in: 0.000_001...1_000_000)
        date = reader.text(object["date"], "calibration.date")
    }
}

extension ModelManifest.Parity {
    fileprivate init?(_ json: JSON?, _ reader: inout ManifestReader) {
        guard let object = reader.object(json, "parity", members: ["maxAbs", "minCosine", "runtime"]) else {
            return nil
        }
        maximumDifference = reader.number(object["maxAbs"], "parity.maxAbs", in: 0...1_000_000) ?? .infinity
        minimumCosine = reader.number(object["minCosine"], "parity.minCosine", in: -1...1) ?? -1
        runtime = reader.text(object["runtime"], "parity.runtime") ?? ""
    }
}

extension ManifestReader {
    fileprivate mutating func floats(_ json: JSON?, _ path: String, _ range: ClosedRange<Double>) -> [Float] {
        list(json, path, atMost: 4) { $0.number($1, $2, in: range).map { Float($0) } } ?? []
    }
}
