/// The part of a file that a `Range` header asks for (RFC 9110, section 14).
package enum ByteRange: Hashable, Sendable {
    /// Everything: no header, one that is not understood, or one that asks for several parts.
    case whole
    /// These bytes.
    case part(Range<Int64>)
    /// Bytes that the file does not have.
    case unsatisfiable

    /// Reads a header for a file of `size` bytes.
    package init(header: String?, size: Int64) {
        self = .whole
        guard let header, header.utf8.count <= 100, header.prefix(6).lowercased() == "bytes=" else { return }
        let bounds = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count == 2 else { return }
        let first = bounds[0].filter { $0 != " " }
        let last = bounds[1].filter { $0 != " " }
        guard Self.isNumber(first), Self.isNumber(last) else { return }
        if first.isEmpty {
            if !last.isEmpty { self = Self.suffix(Self.number(last), of: size) }
            return
        }
        let start = Self.number(first)
        let end = last.isEmpty ? Int64.max : Self.number(last)
        guard start <= end else { return }
        self = start < size ? .part(start..<(min(end, size - 1) + 1)) : .unsatisfiable
    }

    private static func suffix(_ length: Int64, of size: Int64) -> ByteRange {
        guard length > 0, size > 0 else { return .unsatisfiable }
        return .part(max(0, size - length)..<size)
    }

    private static func isNumber(_ text: some StringProtocol) -> Bool {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// A row of digits; what is too large is larger than any file.
    private static func number(_ digits: some StringProtocol) -> Int64 { Int64(digits) ?? .max }
}
