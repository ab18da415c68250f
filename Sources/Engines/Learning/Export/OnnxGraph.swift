/// A graph of ONNX operators in the making; its weights are named by the keys of a module's checkpoint.
public final class OnnxGraph {
    /// The operators in the order in which they run.
    public internal(set) var nodes: [OnnxNode] = []
    /// What is constant, by name.
    public internal(set) var constants: [String: HostTensor] = [:]
    var constantOrder: [String] = []
    /// What goes in.
    public private(set) var inputs: [OnnxPort] = []
    /// What comes out.
    public private(set) var outputs: [OnnxPort] = []
    private let keys: [ObjectIdentifier: String]
    private let root: Module
    private var counts: [String: Int] = [:]

    /// An empty graph for parts of a module.
    public init(of root: Module) {
        self.root = root
        keys = Dictionary(
            root.flattened().map { (ObjectIdentifier($0.tensor), $0.key) }, uniquingKeysWith: { first, _ in first })
    }

    // MARK: Ends

    /// Adds an input.
    public func input(_ port: OnnxPort) -> OnnxValue {
        inputs.append(port)
        return OnnxValue(name: port.name, rank: port.shape.count)
    }

    /// Makes a value an output, under the port's name.
    public func output(_ value: OnnxValue, _ port: OnnxPort) {
        nodes.append(OnnxNode(operation: "Identity", inputs: [value.name], outputs: [port.name], attributes: [:]))
        outputs.append(port)
    }

    // MARK: Operators

    /// Adds an operator with one output, which has the rank of the first input if none is given.
    @discardableResult
    public func add(
        _ operation: String, _ inputs: OnnxValue..., attributes: [String: OnnxAttribute] = [:], rank: Int? = nil
    ) -> OnnxValue {
        add(operation, inputs, attributes, outputs: 1, rank: rank ?? inputs.first?.rank ?? 0)[0]
    }

    /// Adds an operator with several outputs of one rank.
    public func add(
        _ operation: String, _ inputs: [OnnxValue], _ attributes: [String: OnnxAttribute] = [:], outputs: Int,
        rank: Int
    ) -> [OnnxValue] {
        let made = (0..<outputs).map { _ in OnnxValue(name: fresh(operation), rank: rank) }
        // An input that is left out at the end is not named at all.
        let named = inputs.map(\.name).reversed().drop(while: \.isEmpty).reversed()
        nodes.append(
            OnnxNode(
                operation: operation, inputs: Array(named), outputs: made.map(\.name), attributes: attributes))
        return made
    }

    /// Adds what a layer computes.
    ///
    /// Throws when the layer, or one inside it, does not say that in ONNX operators.
    public func apply(_ layer: Layer, _ x: OnnxValue) throws -> OnnxValue {
        guard let known = layer as? any OnnxLayer else { throw unknown(layer, "OnnxLayer") }
        return try known.emit(x, into: self)
    }

    /// Adds what a backbone computes; throws like ``apply(_:_:)``.
    public func features(_ backbone: Backbone, _ x: OnnxValue) throws -> [OnnxValue] {
        guard let known = backbone as? any OnnxFeatures else { throw unknown(backbone, "OnnxFeatures") }
        return try known.emitFeatures(x, into: self)
    }

    private func unknown(_ module: Module, _ wanted: String) -> OnnxError {
        let key = root.descendants().first { $0.module === module }?.key ?? ""
        return OnnxError(message: "'\(key)' is a \(type(of: module)), which cannot be exported: it is no \(wanted).")
    }

    // MARK: Constants

    /// A parameter or buffer of the module.
    ///
    /// Throws when the tensor is none.
    public func weight(_ tensor: Tensor) throws -> OnnxValue {
        try weight(tensor, "") { $0.host() }
    }

    /// What is made once from a parameter or buffer, under its key with an ending.
    public func weight(_ tensor: Tensor, _ ending: String, _ make: (Tensor) -> HostTensor) throws -> OnnxValue {
        guard let key = keys[ObjectIdentifier(tensor)] else {
            throw OnnxError(message: "A tensor \(tensor.shape) is no parameter or buffer of the exported module.")
        }
        let name = key + ending
        if let known = constants[name] { return OnnxValue(name: name, rank: known.shape.count) }
        return constant(withoutGrad { make(tensor) }, name: name)
    }

    /// A constant.
    public func constant(_ value: HostTensor) -> OnnxValue { constant(value, name: fresh("constant")) }

    /// A single number.
    public func number(_ value: Double) -> OnnxValue { constant(HostTensor([Float(value)], shape: [])) }

    /// Whole numbers, as shapes are given.
    public func integers(_ values: [Int]) -> OnnxValue { constant(HostTensor(values)) }

    func constant(_ value: HostTensor, name: String) -> OnnxValue {
        if constants.updateValue(value, forKey: name) == nil { constantOrder.append(name) }
        return OnnxValue(name: name, rank: value.shape.count)
    }

    func fresh(_ stem: String) -> String {
        let number = counts[stem, default: 0]
        counts[stem] = number + 1
        return "\(stem)_\(number)"
    }
}

extension OnnxGraph {
    /// max(0, x).
    public func relu(_ x: OnnxValue) -> OnnxValue { add("Relu", x) }

    /// 1 / (1 + e^-x).
    public func sigmoid(_ x: OnnxValue) -> OnnxValue { add("Sigmoid", x) }

    /// Another shape; 0 keeps a length, -1 follows from the rest.
    public func reshape(_ x: OnnxValue, _ shape: [Int]) -> OnnxValue {
        add("Reshape", x, integers(shape), rank: shape.count)
    }

    /// The dimensions in another order.
    public func transpose(_ x: OnnxValue, _ axes: [Int]) -> OnnxValue {
        add("Transpose", x, attributes: ["perm": .ints(axes)])
    }

    /// Tensors one after another.
    public func concatenate(_ values: [OnnxValue], axis: Int) -> OnnxValue {
        add("Concat", values, ["axis": .int(axis)], outputs: 1, rank: values.first?.rank ?? 0)[0]
    }

    /// A mean, largest element or length along dimensions: `ReduceMean`, `ReduceMax`, `ReduceL2`.
    public func reduce(_ operation: String, _ x: OnnxValue, axes: [Int], keepsAxes: Bool = true) -> OnnxValue {
        add(
            operation, x, attributes: ["axes": .ints(axes), "keepdims": .int(keepsAxes ? 1 : 0)],
            rank: keepsAxes ? x.rank : x.rank - axes.count)
    }

    /// The vectors [n, d], each divided by its length.
    public func normalize(_ x: OnnxValue) -> OnnxValue {
        add("Div", x, add("Max", reduce("ReduceL2", x, axes: [1]), number(1e-12)))
    }
}
