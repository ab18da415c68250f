import Basics

extension InferenceRuntime {
    /// Adds two vectors with a model of one node, and asks for a wrong shape; before any model of a user is loaded.
    func selfTest() throws(InferenceError) {
        let session = try unlessBroken { () throws(InferenceError) in try ModelSession(Self.adder, runtime: self) }
        let pair = try Tensor(shape: [2], .float32([1, 2]))
        let other = try Tensor(shape: [2], .float32([10, 20]))
        let triple = try Tensor(shape: [3], .float32([1, 2, 3]))
        let sum = try unlessBroken { () throws(InferenceError) in try session.run(["a": pair, "b": other])["sum"] }
        guard sum?.floats == [11, 22], session.inputs.map(\.shape) == [[nil], [nil]] else {
            throw broken("1 + 10 is not 11")
        }
        do {
            _ = try session.run(["a": pair, "b": triple])
        } catch {
            return
        }
        throw broken("it adds vectors of 2 and 3 numbers")
    }

    private func unlessBroken<Value>(_ body: () throws(InferenceError) -> Value) throws(InferenceError) -> Value {
        do {
            return try body()
        } catch {
            throw broken(error.message)
        }
    }

    private func broken(_ reason: String) -> InferenceError {
        InferenceError(.unavailable, "ONNX Runtime \(version) fails its self-test: \(reason).")
    }

    /// `sum = a + b` for vectors of any length, as an ONNX file.
    static let adder: [UInt8] = {
        let vector = WireWriter { type in
            type.message(1) { tensor in
                tensor.number(1, 1)
                tensor.message(2) { shape in shape.message(1) { $0.text(2, "N") } }
            }
        }
        func port(_ name: String) -> WireWriter {
            WireWriter { port in
                port.text(1, name)
                port.bytes(2, vector.bytes)
            }
        }
        let graph = WireWriter { graph in
            graph.message(1) { node in
                for input in ["a", "b"] { node.text(1, input) }
                node.text(2, "sum")
                node.text(4, "Add")
            }
            graph.text(2, "adder")
            for input in ["a", "b"] { graph.bytes(11, port(input).bytes) }
            graph.bytes(12, port("sum").bytes)
        }
        return WireWriter { model in
            model.number(1, 8)
            model.bytes(7, graph.bytes)
            model.message(8) { $0.number(2, 17) }
        }.bytes
    }()
}

/// Writes the wire format of protocol buffers: just enough for small models.
struct WireWriter {
    private(set) var bytes: [UInt8] = []

    init() {}

    init(_ body: (inout WireWriter) -> Void) { body(&self) }

    mutating func number(_ field: Int, _ value: UInt64) {
        varint(UInt64(field) << 3)
        varint(value)
    }

    mutating func bytes(_ field: Int, _ content: [UInt8]) {
        varint(UInt64(field) << 3 | 2)
        varint(UInt64(content.count))
        bytes += content
    }

    mutating func text(_ field: Int, _ content: String) { bytes(field, Array(content.utf8)) }

    mutating func message(_ field: Int, _ body: (inout WireWriter) -> Void) { bytes(field, WireWriter(body).bytes) }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}
