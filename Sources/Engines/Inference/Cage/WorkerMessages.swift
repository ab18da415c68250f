internal import Basics

/// What the server and a caged process say to each other: JSON of at most 16 KiB; tensors lie in shared memory.
enum WorkerMessage {
    static let maximumBytes = 16_384
    /// Shared memory: the first half for what goes in, the second for what comes out.
    static let halfBytes = Tensor.maximumElements * 4

    /// Where in shared memory a tensor lies.
    struct Place: Hashable {
        let name: String
        let type: ElementType
        let shape: [Int]
        let offset: Int

        var bytes: Int? { Tensor.count(of: shape).map { $0 * type.width } }

        var json: JSON {
            [
                "name": .string(name), "type": .int(Int64(type.rawValue)),
                "shape": .array(shape.map { .int(Int64($0)) }), "at": .int(Int64(offset)),
            ]
        }

        init(name: String, type: ElementType, shape: [Int], offset: Int) {
            self.name = name
            self.type = type
            self.shape = shape
            self.offset = offset
        }

        /// Reads a place that lies whole within one half; nil for anything else.
        init?(_ json: JSON) {
            guard let object = json.objectValue, let name = object["name"]?.stringValue,
                let type = object["type"]?.intValue.flatMap({ Int32(exactly: $0) }).flatMap(
                    ElementType.init(rawValue:)),
                let shape = WorkerMessage.sizes(object["shape"]), !shape.contains(nil),
                let offset = object["at"]?.intValue.flatMap({ Int(exactly: $0) })
            else { return nil }
            self.init(name: name, type: type, shape: shape.compactMap { $0 }, offset: offset)
            guard let bytes, offset >= 0, offset <= WorkerMessage.halfBytes - bytes else { return nil }
        }
    }

    /// Sizes; -1 stands for one that may change.
    static func sizes(_ json: JSON?) -> [Int?]? {
        guard let values = json?.arrayValue, values.count <= 8 else { return nil }
        let sizes = values.compactMap { $0.intValue.flatMap { Int(exactly: $0) } }
        return sizes.count == values.count ? sizes.map { $0 < 0 ? nil : $0 } : nil
    }

    static func port(_ port: TensorPort) -> JSON {
        [
            "name": .string(port.name), "type": .int(Int64(port.type?.rawValue ?? 0)),
            "shape": .array(port.shape.map { .int(Int64($0 ?? -1)) }),
        ]
    }

    static func port(_ json: JSON) -> TensorPort? {
        guard let object = json.objectValue, let name = object["name"]?.stringValue,
            let shape = sizes(object["shape"])
        else { return nil }
        let type = object["type"]?.intValue.flatMap { Int32(exactly: $0) }.flatMap(ElementType.init(rawValue:))
        return TensorPort(name: name, type: type, shape: shape)
    }

    static func failure(_ error: InferenceError) -> JSON {
        [
            "failed": .string(error.kind.rawValue),
            // A message fits, whatever the model's names are.
            "message": .string(String(error.message.prefix(1_000))),
        ]
    }

    static func failure(in object: JSONObject) -> InferenceError? {
        guard let kind = object["failed"]?.stringValue else { return nil }
        return InferenceError(
            InferenceError.Kind(rawValue: kind) ?? .failed, object["message"]?.stringValue ?? "The model failed.")
    }
}

extension Tensor {
    /// A tensor from its bytes.
    init(shape: [Int], type: ElementType, bytes: [UInt8]) throws(InferenceError) {
        let elements: Elements = bytes.withUnsafeBytes { raw in
            switch type {
            case .float32: .float32(raw.bindMemory(to: Float.self).map { $0 })
            case .uint8: .uint8(bytes)
            case .int32: .int32(raw.bindMemory(to: Int32.self).map { $0 })
            case .int64: .int64(raw.bindMemory(to: Int64.self).map { $0 })
            case .float16: .float16(raw.bindMemory(to: UInt16.self).map { $0 })
            }
        }
        try self.init(shape: shape, elements)
    }

    /// Lends the numbers' bytes.
    func withElementBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        switch elements {
        case .float32(let values): values.withUnsafeBytes(body)
        case .uint8(let values): values.withUnsafeBytes(body)
        case .int32(let values): values.withUnsafeBytes(body)
        case .int64(let values): values.withUnsafeBytes(body)
        case .float16(let values): values.withUnsafeBytes(body)
        }
    }
}
