package import Basics

/// The segments of a request's path, percent-decoded one by one.
///
/// Splitting happens before decoding, so `%2F` stays inside its segment. A path with one slash at its end is the same
/// as the path without it (`/pushrules/` and `/pushrules`; `/state/m.room.name/` is the empty state key).
package struct RequestPath: Hashable, Sendable {
    /// The decoded segments in order; none is empty.
    package let segments: [String]

    /// Splits and decodes a path; a query after `?` is left out.
    ///
    /// - Throws: `M_UNRECOGNIZED` for an empty segment or a relative path, `M_INVALID_PARAM` for broken escapes.
    package init(_ target: some StringProtocol) throws(RequestError) {
        var segments: [String] = []
        segments.reserveCapacity(9)
        let utf8 = target.utf8
        let end = utf8.firstIndex(of: UInt8(ascii: "?")) ?? utf8.endIndex
        var rest = utf8[..<end]
        guard rest.popFirst() == UInt8(ascii: "/") else { throw .unrecognized }
        while !rest.isEmpty {
            let stop = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
            guard stop > rest.startIndex else { throw .unrecognized }
            segments.append(try Self.decoded(rest[..<stop]))
            rest = stop < rest.endIndex ? rest[rest.index(after: stop)...] : rest[stop...]
        }
        self.segments = segments
    }

    private static func decoded(_ raw: some Collection<UInt8>) throws(RequestError) -> String {
        guard let text = PercentEncoding.decode(raw, plusIsSpace: false) else {
            throw .invalidParam("The path of this request is not percent-encoded UTF-8.")
        }
        return text
    }
}

/// The escapes of URLs (RFC 3986, section 2.1).
package enum PercentEncoding {
    /// The text of percent-encoded bytes, or nil when an escape is broken, a zero byte hides in it or it is no UTF-8.
    package static func decode(_ raw: some Collection<UInt8>, plusIsSpace: Bool) -> String? {
        guard raw.contains(where: { $0 == percent || $0 == 0 || $0 >= 0x80 || ($0 == plus && plusIsSpace) }) else {
            return String(decoding: raw, as: UTF8.self)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(raw.count)
        var position = raw.makeIterator()
        while let byte = position.next() {
            if byte == percent {
                guard let high = position.next().flatMap(digit), let low = position.next().flatMap(digit) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            } else {
                bytes.append(byte == plus && plusIsSpace ? UInt8(ascii: " ") : byte)
            }
        }
        guard !bytes.contains(0) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private static let percent = UInt8(ascii: "%")
    private static let plus = UInt8(ascii: "+")

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
