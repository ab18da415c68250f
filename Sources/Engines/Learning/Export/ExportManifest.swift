package import Basics

/// What a served model needs to know besides its file, as the JSON that `vitrine models check` reads.
public struct ExportManifest: Hashable, Sendable {
    /// What the model is for.
    public enum Role: Hashable, Sendable {
        /// Pictures to vectors of a dimension.
        case itemEmbedder(dimension: Int)
        /// Pictures to the scores of the labels.
        case categoryHead
        /// Pictures to boxes.
        case itemDetector(DetectorOptions.Head, AnchorGrid, BoxCoder)
    }

    /// The short name: lower case letters, digits and hyphens.
    public var id: String
    /// The version: three numbers.
    public var version: String
    /// What it is for.
    public var role: Role
    /// The licence of the weights.
    public var license: String
    /// `demo`, `production` or `user`.
    public var grade = "demo"
    /// Height and width that pictures are brought to.
    public var side: Int
    /// How bytes become numbers.
    public var scale = PictureScale()
    /// The byte that fills what a detector's picture does not cover.
    public var padValue = 114
    /// The names of the classes.
    public var labels: [String] = []
    /// What vectors are compared with: two models never share it. Made from id and file if it is not given.
    public var space: String?
    /// The training run.
    public var run: String?

    /// A manifest.
    public init(id: String, version: String = "1.0.0", role: Role, license: String, side: Int) {
        (self.id, self.version, self.role, self.license, self.side) = (id, version, role, license, side)
    }

    /// The name of the model's file.
    public var fileName: String { id + ".onnx" }

    /// The manifest of a file with a hash (64 hexadecimal digits), and how far it is from the trained net.
    public func encoded(_ file: OnnxFile, sha256: String, parity: ExportParity?) -> [UInt8] {
        JSON.object(object(file, sha256: sha256, parity: parity)).encoded()
    }

    package func object(_ file: OnnxFile, sha256: String, parity: ExportParity?) -> JSONObject {
        var object = JSONObject()
        object["schema"] = "vitrine.model/1"
        object["id"] = .string(id)
        object["version"] = .string(version)
        object["file"] = .string(fileName)
        object["sha256"] = .string(sha256)
        object["license"] = .string(license)
        object["grade"] = .string(grade)
        object["inputs"] = .array(file.inputs.map(Self.port))
        object["outputs"] = .array(file.outputs.map(Self.port))
        object["preprocess"] = .object(preprocess)
        addRole(to: &object, sha256)
        if !labels.isEmpty { object["labels"] = .array(labels.map { .string($0) }) }
        if let parity { object["parity"] = .object(Self.parity(parity)) }
        if let run { object["run"] = .string(run) }
        object["providers"] = ["CPU"]
        object["isolation"] = "process"
        return object
    }

    private func addRole(to object: inout JSONObject, _ sha256: String) {
        switch role {
        case .itemEmbedder(let dimension):
            object["role"] = "item-embedder"
            var embedding = JSONObject()
            embedding["dim"] = .int(Int64(dimension))
            embedding["space"] = .string(space ?? "\(id)-\(sha256.prefix(12))")
            embedding["normalized"] = true
            embedding["metric"] = "cosine"
            object["embedding"] = .object(embedding)
        case .categoryHead: object["role"] = "category-head"
        case .itemDetector(let head, let grid, let coder):
            object["role"] = "item-detector"
            object["decode"] = .object(Self.decode(head, grid, coder))
        }
    }

    private var preprocess: JSONObject {
        var object = JSONObject()
        if case .itemDetector = role {
            object["resize"] = "letterbox"
            object["padValue"] = .int(Int64(padValue))
        } else {
            object["resize"] = "stretch"
        }
        object["size"] = .array([.int(Int64(side)), .int(Int64(side))])
        object["color"] = "rgb"
        object["mean"] = .array(scale.means.map { .double($0 * 255) })
        object["std"] = .array(scale.deviations.map { .double($0 * 255) })
        return object
    }

    private static func decode(_ head: DetectorOptions.Head, _ grid: AnchorGrid, _ coder: BoxCoder) -> JSONObject {
        var object = JSONObject()
        object["kind"] = .string(head.rawValue)
        object["strides"] = .array(grid.strides.map { .int(Int64($0)) })
        if head == .retina {
            object["minSizes"] = .array(grid.sizes.map { sizes in .array(sizes.map { .int(Int64($0)) }) })
            object["variances"] = .array(coder.variances.map { .double($0) })
        }
        object["scoreThreshold"] = 0.3
        object["nmsIoU"] = 0.5
        object["topK"] = 400
        return object
    }

    private static func parity(_ parity: ExportParity) -> JSONObject {
        var object = JSONObject()
        object["maxAbs"] = .double(parity.maximumDifference)
        object["minCosine"] = .double(parity.minimumCosine)
        object["runtime"] = .string(parity.runtime)
        return object
    }

    private static func port(_ port: OnnxPort) -> JSON {
        var object = JSONObject()
        object["name"] = .string(port.name)
        object["dtype"] = .string(port.dtype == .int64 ? "i64" : port.dtype == .uint8 ? "u8" : "f32")
        object["shape"] = .array(
            port.shape.map { length in
                switch length {
                case .fixed(let number): .int(Int64(number))
                case .open(let name): .string(name)
                }
            })
        return .object(object)
    }
}
