internal import Basics
public import Foundation

/// Why bytes are no safetensors file.
public enum SafetensorsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The bytes end before the header does, or the header is longer than 100 MiB.
    case headerLength
    /// The header is not the JSON that it should be, at the named place.
    case header(String)
    /// A tensor of a type that is not known here.
    case type(String, tensor: String)
    /// A tensor's shape and its bytes do not fit each other.
    case size(tensor: String)
    /// The tensors' bytes overlap, leave gaps, or do not end where the file does.
    case layout
    /// A truth value that is neither 0 nor 1.
    case value(tensor: String)

    /// One sentence.
    public var description: String {
        switch self {
        case .headerLength: "the file is shorter than its header, or the header too long"
        case .header(let place): "the header is broken at \(place)"
        case .type(let type, let tensor): "\(tensor) has the unknown type \(type)"
        case .size(let tensor): "\(tensor) does not have the bytes that its shape needs"
        case .layout: "the tensors' bytes overlap, leave gaps, or end before or after the file does"
        case .value(let tensor): "\(tensor) holds a truth value that is neither 0 nor 1"
        }
    }
}

/// Named tensors in a file: the length of a header, the header as JSON, the numbers one after another.
///
/// What it reads may come from anybody: nothing is believed before it was checked.
public struct Safetensors: Hashable, Sendable {
    /// The tensors by name.
    public var tensors: [String: HostTensor]
    /// Texts by name.
    public var metadata: [String: String]

    /// A file's content.
    public init(_ tensors: [String: HostTensor], metadata: [String: String] = [:]) {
        (self.tensors, self.metadata) = (tensors, metadata)
    }

    static let longestHeader = 100 << 20
    private static let metadataKey = "__metadata__"

    static let names: [DType: String] = [
        .float64: "F64", .float32: "F32", .float16: "F16", .bfloat16: "BF16", .int64: "I64", .int32: "I32",
        .int16: "I16", .int8: "I8", .uint8: "U8", .bool: "BOOL",
    ]
    private static let types = Dictionary(uniqueKeysWithValues: names.map { ($1, $0) })

    // MARK: Reading

    /// The content of a file's bytes.
    public init(bytes: [UInt8]) throws(SafetensorsError) {
        guard bytes.count >= 8 else { throw .headerLength }
        let stated = bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard stated <= UInt64(min(Self.longestHeader, bytes.count - 8)) else { throw .headerLength }
        let start = 8 + Int(stated)
        let limits = JSONLimits(maximumBytes: Self.longestHeader, maximumDepth: 4, allowsFloats: false)
        guard let header = (try? JSON(parsing: bytes[8..<start], limits: limits))?.objectValue else {
            throw .header("its beginning")
        }
        metadata = try Self.metadata(header[Self.metadataKey])
        var entries: [Entry] = []
        for (name, value) in header where name != Self.metadataKey { entries.append(try Entry(name, value)) }
        try Self.checkLayout(entries, length: bytes.count - start)
        tensors = [:]
        for entry in entries { tensors[entry.name] = try entry.tensor(bytes[start...]) }
    }

    /// The content of a file.
    public init(contentsOf file: URL) throws { try self.init(bytes: Array(Data(contentsOf: file))) }

    private static func metadata(_ value: JSON?) throws(SafetensorsError) -> [String: String] {
        guard let value else { return [:] }
        guard let object = value.objectValue else { throw .header(metadataKey) }
        var texts: [String: String] = [:]
        for (name, value) in object {
            guard let text = value.stringValue else { throw .header("\(metadataKey).\(name)") }
            texts[name] = text
        }
        return texts
    }

    private static func checkLayout(_ entries: [Entry], length: Int) throws(SafetensorsError) {
        var end = 0
        for entry in entries.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
            guard entry.start == end else { throw .layout }
            end = entry.end
        }
        guard end == length else { throw .layout }
    }

    private struct Entry {
        let name: String
        let type: DType
        let shape: [Int]
        let start: Int
        let end: Int

        init(_ name: String, _ value: JSON) throws(SafetensorsError) {
            guard let object = value.objectValue, object.count == 3, let type = object["dtype"]?.stringValue,
                let shape = Self.numbers(object["shape"]), let places = Self.numbers(object["data_offsets"]),
                places.count == 2, shape.count <= 64
            else { throw .header(name) }
            guard let known = Safetensors.types[type] else { throw .type(type, tensor: name) }
            guard places[0] <= places[1], HostTensor.size(of: shape, known) == places[1] - places[0] else {
                throw .size(tensor: name)
            }
            (self.name, self.type, self.shape, start, end) = (name, known, shape, places[0], places[1])
        }

        private static func numbers(_ value: JSON?) -> [Int]? {
            guard let array = value?.arrayValue else { return nil }
            let numbers = array.compactMap { $0.intValue.flatMap { $0 >= 0 ? Int($0) : nil } }
            return numbers.count == array.count ? numbers : nil
        }

        func tensor(_ data: ArraySlice<UInt8>) throws(SafetensorsError) -> HostTensor {
            let bytes = Array(data[data.startIndex + start..<data.startIndex + end])
            guard type != .bool || bytes.allSatisfy({ $0 <= 1 }) else { throw .value(tensor: name) }
            guard let tensor = HostTensor(bytes: bytes, shape: shape, dtype: type) else { throw .size(tensor: name) }
            return tensor
        }
    }

    // MARK: Writing

    /// The file's bytes: wide types first, so that every tensor begins at a multiple of its width, then by name.
    public func encoded() -> [UInt8] {
        let order = tensors.sorted { left, right in
            (-left.value.dtype.width, left.key) < (-right.value.dtype.width, right.key)
        }
        var header = JSONObject()
        if !metadata.isEmpty {
            var texts = JSONObject()
            for (name, text) in metadata.sorted(by: { $0.key < $1.key }) { texts[name] = .string(text) }
            header[Self.metadataKey] = .object(texts)
        }
        var end = 0
        for (name, tensor) in order {
            header[name] = Self.entry(tensor, from: end)
            end += tensor.bytes.count
        }
        var text = JSON.object(header).encoded()
        text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - text.count % 8) % 8))
        let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> ($0 * 8)) }
        return order.reduce(into: length + text) { $0.append(contentsOf: $1.value.bytes) }
    }

    private static func entry(_ tensor: HostTensor, from start: Int) -> JSON {
        [
            "dtype": .string(names[tensor.dtype] ?? ""), "shape": .array(tensor.shape.map { .int(Int64($0)) }),
            "data_offsets": [.int(Int64(start)), .int(Int64(start + tensor.bytes.count))],
        ]
    }

    /// Writes the file in one step: a crash leaves the old one or the new one.
    public func write(to file: URL) throws { try Data(encoded()).write(to: file, options: .atomic) }
}
