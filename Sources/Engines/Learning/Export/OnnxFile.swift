/// What the weights of an exported model are stored as.
public enum OnnxPrecision: String, Hashable, Sendable, CaseIterable {
    /// 32-bit floats.
    case float32 = "f32"
    /// 16-bit floats, which become 32-bit ones when the model is loaded: half the file, the same arithmetic.
    case float16 = "f16"
    /// Whole numbers of 8 bits, in which products are computed too: ``OnnxGraph/quantize(_:)`` has been called.
    case int8
}

/// A finished ONNX file (format version 8, operator set 17) and what it takes and gives.
public struct OnnxFile: Hashable, Sendable {
    /// The file's content.
    public let bytes: [UInt8]
    /// What goes in.
    public let inputs: [OnnxPort]
    /// What comes out.
    public let outputs: [OnnxPort]

    /// What a file may weigh: a message of protocol buffers ends at 2 GiB.
    public static let largest = 1_900_000_000

    static let formatVersion: Int64 = 8
    static let operatorSet: Int64 = 17

    /// The file of a graph, with texts that stay with it.
    ///
    /// Throws when it would weigh more than ``largest`` bytes.
    public init(
        _ graph: OnnxGraph, precision: OnnxPrecision = .float32, metadata: [String: String] = [:]
    ) throws {
        graph.dropIdentities()
        graph.dropUnusedConstants()
        let size = graph.constants.values.reduce(0) { $0 + $1.bytes.count }
        guard size <= Self.largest else {
            throw OnnxError(message: "The weights are \(size) bytes, more than the \(Self.largest) of an ONNX file.")
        }
        (inputs, outputs) = (graph.inputs, graph.outputs)
        var model = ProtobufWriter()
        model.varint(1, Self.formatVersion)
        model.text(2, "vitrine")
        model.bytes(7, Self.encoded(graph, precision))
        model.message(8) { $0.varint(2, Self.operatorSet) }
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            model.message(14) {
                $0.text(1, key)
                $0.text(2, value)
            }
        }
        bytes = model.bytes
    }

    private static func encoded(_ graph: OnnxGraph, _ precision: OnnxPrecision) -> [UInt8] {
        var writer = ProtobufWriter()
        var casts: [OnnxNode] = []
        var tensors: [(String, HostTensor)] = []
        for name in graph.constantOrder {
            guard let value = graph.constants[name] else { continue }
            if precision == .float16, let half = half(value) {
                tensors.append((name + ".f16", half))
                casts.append(
                    OnnxNode(
                        operation: "Cast", inputs: [name + ".f16"], outputs: [name],
                        attributes: ["to": .int(Int(DType.float32.rawValue))]))
            } else {
                tensors.append((name, value))
            }
        }
        for node in casts + graph.nodes { writer.message(1) { write(node, to: &$0) } }
        writer.text(2, "vitrine")
        for (name, value) in tensors { writer.message(5) { write(value, name, to: &$0) } }
        for port in graph.inputs { writer.message(11) { write(port, to: &$0) } }
        for port in graph.outputs { writer.message(12) { write(port, to: &$0) } }
        return writer.bytes
    }

    /// A tensor of weights in half precision; nil for a small one, and for one with numbers too large for that.
    private static func half(_ value: HostTensor) -> HostTensor? {
        guard value.dtype == .float32, value.count >= 64, value.shape.count >= 2,
            value.floats.allSatisfy({ abs($0) < 65_000 })
        else { return nil }
        return Tensor(value).to(.float16).host()
    }

    private static func write(_ node: OnnxNode, to writer: inout ProtobufWriter) {
        for input in node.inputs { writer.text(1, input) }
        for output in node.outputs { writer.text(2, output) }
        writer.text(3, node.outputs.first ?? node.operation)
        writer.text(4, node.operation)
        for (name, value) in node.attributes.sorted(by: { $0.key < $1.key }) {
            writer.message(5) { attribute in
                attribute.text(1, name)
                switch value {
                case .float(let number):
                    attribute.float(2, Float(number))
                    attribute.varint(20, 1)
                case .int(let number):
                    attribute.varint(3, Int64(number))
                    attribute.varint(20, 2)
                case .text(let text):
                    attribute.text(4, text)
                    attribute.varint(20, 3)
                case .ints(let numbers):
                    for number in numbers { attribute.varint(8, Int64(number)) }
                    attribute.varint(20, 7)
                }
            }
        }
    }

    private static func write(_ value: HostTensor, _ name: String, to writer: inout ProtobufWriter) {
        for length in value.shape { writer.varint(1, Int64(length)) }
        writer.varint(2, Int64(value.dtype.rawValue))
        writer.text(8, name)
        // The machine's byte order is little endian on every processor that Swift and libtorch share.
        writer.bytes(9, value.bytes)
    }

    private static func write(_ port: OnnxPort, to writer: inout ProtobufWriter) {
        writer.text(1, port.name)
        writer.message(2) { type in
            type.message(1) { tensor in
                tensor.varint(1, Int64(port.dtype.rawValue))
                tensor.message(2) { shape in
                    for length in port.shape {
                        shape.message(1) { dimension in
                            switch length {
                            case .fixed(let number): dimension.varint(1, Int64(number))
                            case .open(let name): dimension.text(2, name)
                            }
                        }
                    }
                }
            }
        }
    }
}
