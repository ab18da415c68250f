import Foundation
import Kernels

/// Rows of numbers in a NumPy file (`.npy`, versions 1 to 3): two dimensions, C order, 32- or 16-bit floats.
///
/// The file is mapped, so rows that are not asked for are not read. A row is copied when it is asked for.
public struct NumpyMatrix: Sendable {
    /// Rows of the matrix.
    public let rows: Int
    /// Values of a row.
    public let columns: Int
    private let memory: Memory
    private let start: Int
    private let isHalf: Bool

    /// The matrix of a file; throws `damaged` with what is wrong, or `system`.
    public init(path: String) throws(VectorIndexError) {
        guard let memory = Memory.map(path) else { throw .system("cannot read \(path)", code: errno) }
        let head = Array(memory.bytes(0..<min(memory.byteCount, NumpyHeader.longest)))
        let header = try NumpyHeader(head, file: path)
        let bytes = header.rows * header.columns * (header.isHalf ? 2 : 4)
        guard header.byteCount + bytes <= memory.byteCount else {
            throw .damaged(file: path, reason: "it is shorter than its header says")
        }
        (rows, columns, isHalf) = (header.rows, header.columns, header.isHalf)
        (self.memory, start) = (memory, header.byteCount)
    }

    /// A row as floats.
    public subscript(row: Int) -> [Float] {
        precondition(row >= 0 && row < rows, "outside of the matrix")
        let width = columns * (isHalf ? 2 : 4)
        let bytes = memory.bytes(start + row * width..<start + (row + 1) * width)
        return (0..<columns).map { column in
            isHalf
                ? Float(
                    Float16(
                        bitPattern: UInt16(
                            littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * column, as: UInt16.self))))
                : Float(
                    bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * column, as: UInt32.self)))
        }
    }
}

/// The header of a NumPy file: a literal of a Python dictionary, such as
/// `{'descr': '<f4', 'fortran_order': False, 'shape': (200000, 128), }`.
struct NumpyHeader: Hashable {
    /// No header that is accepted is longer.
    static let longest = 65_536

    let rows: Int
    let columns: Int
    let isHalf: Bool
    /// Where the values begin.
    let byteCount: Int

    init(_ bytes: [UInt8], file: String) throws(VectorIndexError) {
        func damaged(_ reason: String) -> VectorIndexError { .damaged(file: file, reason: reason) }
        guard bytes.count >= 12, bytes.starts(with: [0x93] + Array("NUMPY".utf8)) else {
            throw damaged("it is no NumPy file")
        }
        var reader = LittleEndianReader(bytes, from: 8)
        let isShort = bytes[6] == 1
        let length = isShort ? reader.read(UInt16.self).map { Int($0) } : reader.read(UInt32.self).map { Int($0) }
        guard (1...3).contains(bytes[6]), let length, length <= bytes.count - reader.at else {
            throw damaged("its header is cut off, too long, or of an unknown version")
        }
        let text = String(decoding: bytes[reader.at..<reader.at + length], as: UTF8.self)
        byteCount = reader.at + length
        switch Self.value("descr", in: text) {
        case "'<f4'", "'|f4'": isHalf = false
        case "'<f2'": isHalf = true
        default: throw damaged("its values are no 32- or 16-bit floats in little-endian order")
        }
        guard Self.value("fortran_order", in: text) == "False" else { throw damaged("its rows do not lie together") }
        guard let shape = Self.shape(text), shape.count == 2 else { throw damaged("it has no rows and columns") }
        (rows, columns) = (shape[0], shape[1])
    }

    /// What stands after a key, up to the next comma outside of brackets.
    private static func value(_ key: String, in text: String) -> Substring? {
        guard let found = text.range(of: "'\(key)':") else { return nil }
        let rest = text[found.upperBound...].drop { $0 == " " }
        return rest.prefix { $0 != "," && $0 != "}" }
    }

    private static func shape(_ text: String) -> [Int]? {
        guard let found = text.range(of: "'shape':"), let open = text[found.upperBound...].firstIndex(of: "("),
            let close = text[open...].firstIndex(of: ")")
        else { return nil }
        let parts = text[text.index(after: open)..<close].split(separator: ",")
        let numbers = parts.compactMap { Int($0.drop { $0 == " " }) }.filter { (0..<1 << 31).contains($0) }
        return numbers.count == parts.count ? numbers : nil
    }
}
