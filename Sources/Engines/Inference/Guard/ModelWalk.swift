/// Walks through the messages of an ONNX file, two levels of tensors deep and never into a nested graph.
///
/// Field numbers are those of onnx.proto3, format versions 3 to 10.
struct ModelWalk {
    private static let maximumFindings = 50

    private let limits: ModelScan.Limits
    private var scan = ModelScan()
    private var constants: Set<String> = []

    init(limits: ModelScan.Limits) { self.limits = limits }

    mutating func find(_ reason: String) {
        guard scan.findings.count < Self.maximumFindings, !scan.findings.contains(reason) else { return }
        scan.findings.append(reason)
    }

    mutating func finished() -> ModelScan {
        scan.inputs.removeAll { constants.contains($0) }
        if scan.nodes > limits.nodes { find("the model has \(scan.nodes) operators; at most \(limits.nodes)") }
        if scan.initializers > limits.initializers {
            find("the model has \(scan.initializers) constant tensors; at most \(limits.initializers)")
        }
        if scan.findings.isEmpty, scan.nodes == 0 { find("the model has no operators") }
        if scan.findings.isEmpty, scan.outputs.isEmpty { find("the model has no outputs") }
        let isNamed = scan.operatorSet != 0 || scan.findings.isEmpty
        if isNamed, !limits.operatorSets.contains(scan.operatorSet) {
            find("operator set \(scan.operatorSet) is not in \(limits.operatorSets)")
        }
        return scan
    }

    mutating func model(_ bytes: ArraySlice<UInt8>) throws(WireReader.Malformed) {
        var reader = WireReader(bytes)
        while let field = try reader.next() {
            switch (field.number, field.value) {
            case (1, .varint(let version)): scan.formatVersion = Int(clamping: version)
            case (2, .bytes(let text)): scan.producer = Self.text(text)
            case (7, .bytes(let graph)): try self.graph(graph)
            case (8, .bytes(let set)): try operatorSet(set)
            case (14, .bytes(let pair)): try metadata(pair)
            case (20, _): find("the model carries instructions for training")
            case (25, _): find("the model carries functions of its own")
            default: break
            }
        }
    }

    private mutating func operatorSet(_ bytes: ArraySlice<UInt8>) throws(WireReader.Malformed) {
        var reader = WireReader(bytes)
        var domain = ""
        var version = 0
        while let field = try reader.next() {
            switch (field.number, field.value) {
            case (1, .bytes(let text)): domain = Self.text(text)
            case (2, .varint(let number)): version = Int(clamping: number)
            default: break
            }
        }
        if domain.isEmpty || domain == "ai.onnx" {
            scan.operatorSet = version
        } else {
            find("the model uses operators of the domain '\(domain)'")
        }
    }

    private mutating func metadata(_ bytes: ArraySlice<UInt8>) throws(WireReader.Malformed) {
        var reader = WireReader(bytes)
        var pair = ("", "")
        while let field = try reader.next() {
            switch (field.number, field.value) {
            case (1, .bytes(let text)): pair.0 = Self.text(text)
            case (2, .bytes(let text)): pair.1 = Self.text(text)
            default: break
            }
        }
        if scan.metadata.count < 100 { scan.metadata[pair.0] = pair.1 }
    }

    private mutating func graph(_ bytes: ArraySlice<UInt8>) throws(WireReader.Malformed) {
        var reader = WireReader(bytes)
        while let field = try reader.next() {
            switch (field.number, field.value) {
            case (1, .bytes(let node)):
                scan.nodes += 1
                if scan.nodes <= limits.nodes { try self.node(node) }
            case (5, .bytes(let tensor)):
                scan.initializers += 1
                if scan.initializers <= limits.initializers { constants.insert(try self.tensor(tensor)) }
            case (11, .bytes(let port)): scan.inputs.append(try name(of: port))
            case (12, .bytes(let port)): scan.outputs.append(try name(of: port))
            case (15, _): find("the model has sparse constant tensors")
            default: break
            }
        }
    }

    private func name(of port: ArraySlice<UInt8>) throws(WireReader.Malformed) -> String {
        var reader = WireReader(port)
        while let field = try reader.next() {
            if case (1, .bytes(let text)) = (field.number, field.value) { return Self.text(text) }
        }
        return ""
    }

    private mutating func node(_ bytes: ArraySlice<UInt8>) throws(WireReader.Malformed) {
        var reader = WireReader(bytes)
        while let field = try reader.next() {
            switch (field.number, field.value) {
            case (4, .bytes(let text)): count(Self.text(text))
            case (5, .bytes(let attribute)): try self.attribute(attribute)
            case (7, .bytes(let text)) where !["", "ai.onnx"].contains(Self.text(text)):
                find("an operator belongs to the domain '\(Self.text(text))'")
            default: break
            }
        }
    }

    private mutating func count(_ name: String) {
        guard ScanRules.operators.contains(name) else {
            find("the operator '\(name)' is not accepted")
            return
        }
        scan.operators[name, default: 0] += 1
    }

    private mutating func attribute(_ bytes: ArraySlice<UInt8>) throws(WireReader.Malformed) {
        var reader = WireReader(bytes)
        while let field = try reader.next() {
            switch (field.number, field.value) {
            case (5, .bytes(let tensor)), (10, .bytes(let tensor)): _ = try self.tensor(tensor)
            case (6, _), (11, _): find("an operator carries a graph of its own")
            case (22, _), (23, _): find("an operator carries sparse tensors")
            default: break
            }
        }
    }

    /// Checks a constant tensor and returns its name.
    private mutating func tensor(_ bytes: ArraySlice<UInt8>) throws(WireReader.Malformed) -> String {
        var constant = ConstantTensor()
        var reader = WireReader(bytes)
        while let field = try reader.next() {
            switch (field.number, field.value) {
            case (8, .bytes(let text)): constant.name = Self.text(text)
            case (13, _): find("a constant tensor points to another file")
            case (14, .varint(let place)) where place != 0: find("a constant tensor lies outside the file")
            default: try constant.receive(field)
            }
        }
        switch constant.verdict {
        case .good(let elements): scan.parameters += elements
        case .bad(let reason): find("the constant tensor '\(constant.name)' \(reason)")
        }
        return constant.name
    }

    /// Names are shown to people: printable and short.
    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(String(decoding: bytes.prefix(200), as: UTF8.self).map { $0.isNewline ? " " : $0 })
    }
}

/// What is known of a constant tensor: whether the data it brings fit the shape it claims.
private struct ConstantTensor {
    enum Verdict {
        case good(elements: Int)
        case bad(String)
    }

    var name = ""
    private var dimensions: [UInt64] = []
    private var type: UInt64 = 0
    private var rawBytes: Int?
    private var typedElements = 0

    mutating func receive(_ field: WireReader.Field) throws(WireReader.Malformed) {
        switch (field.number, field.value) {
        case (1, .varint(let size)): dimensions.append(size)
        case (1, .bytes(let packed)) where packed.count <= 80: dimensions += try WireReader.packed(packed)
        case (1, .bytes): dimensions += [.max]
        case (2, .varint(let number)): type = number
        case (9, .bytes(let raw)): rawBytes = raw.count
        case (4, .bytes(let packed)): typedElements += packed.count / 4
        case (10, .bytes(let packed)): typedElements += packed.count / 8
        case (5, .bytes(let packed)), (7, .bytes(let packed)), (11, .bytes(let packed)):
            typedElements += packed.count { $0 < 0x80 }
        case (4, .fixed32), (10, .fixed64), (5, .varint), (7, .varint), (11, .varint): typedElements += 1
        default: break
        }
    }

    var verdict: Verdict {
        guard dimensions.count <= 8 else { return .bad("has more than 8 dimensions") }
        var count = 1
        for size in dimensions {
            guard let size = Int(exactly: size), size >= 0 else { return .bad("has a negative dimension") }
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow, product <= 1 << 40 else { return .bad("claims more elements than any model has") }
            count = product
        }
        guard let width = ScanRules.widths[type] else { return .bad("has element type \(type), not accepted") }
        let brought = rawBytes.map { $0 == count * width } ?? (typedElements == count)
        return brought ? .good(elements: count) : .bad("brings other data than its shape \(dimensions) claims")
    }
}
