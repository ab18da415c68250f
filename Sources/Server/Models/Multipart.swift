/// Takes a `multipart/form-data` body apart while it arrives (RFC 7578), whatever pieces it comes in.
struct Multipart {
    /// What was found.
    enum Event: Hashable {
        /// A part begins: the name in its header.
        case begin(name: String)
        /// Bytes of the part.
        case bytes([UInt8])
        /// The part is whole.
        case end
    }

    /// The body is not of this form.
    struct Malformed: Error {
        let reason: String
    }

    private enum State { case preamble, header, content, over }

    private static let longestHeader = 8_192
    private let delimiter: [UInt8]
    private var buffer: [UInt8] = Array("\r\n".utf8)
    private var state = State.preamble

    /// A reader; nil when the content type is not multipart or has no boundary.
    init?(contentType: String?) {
        guard let type = contentType, type.lowercased().hasPrefix("multipart/form-data") else { return nil }
        let parameters = type.split(separator: ";").dropFirst().map { $0.drop { $0 == " " } }
        guard let text = parameters.first(where: { $0.lowercased().hasPrefix("boundary=") })?.dropFirst(9) else {
            return nil
        }
        let boundary = text.first == "\"" ? text.dropFirst().prefix { $0 != "\"" } : text
        guard (1...70).contains(boundary.utf8.count) else { return nil }
        delimiter = Array("\r\n--\(boundary)".utf8)
    }

    /// Whether the last boundary was there.
    var isOver: Bool { state == .over }

    /// Takes the next bytes.
    mutating func receive(_ bytes: some Sequence<UInt8>) throws(Malformed) -> [Event] {
        var events: [Event] = []
        buffer += bytes
        while try step(&events) {}
        return events
    }

    /// One step; false when more bytes are needed.
    private mutating func step(_ events: inout [Event]) throws(Malformed) -> Bool {
        switch state {
        case .over:
            buffer = []
            return false
        case .preamble, .content:
            guard let place = Self.place(of: delimiter, in: buffer) else {
                // All but what may be the beginning of a boundary.
                let sure = max(0, buffer.count - delimiter.count)
                if sure > 0 { pass(sure, &events) }
                return false
            }
            guard buffer.count >= place + delimiter.count + 2 else {
                pass(place, &events)
                return false
            }
            pass(place, &events)
            if state == .content { events.append(.end) }
            let isLast = buffer[delimiter.count] == 0x2D && buffer[delimiter.count + 1] == 0x2D
            buffer.removeFirst(delimiter.count)
            state = isLast ? .over : .header
            return true
        case .header:
            guard let end = Self.place(of: [13, 10, 13, 10], in: buffer) else {
                guard buffer.count <= Self.longestHeader else { throw Malformed(reason: "a part's header is too long") }
                return false
            }
            events.append(.begin(name: try Self.name(in: buffer[..<end])))
            buffer.removeFirst(end + 4)
            // An empty part's boundary begins right here.
            if buffer.starts(with: delimiter.dropFirst(2)) { buffer.insert(contentsOf: [13, 10], at: 0) }
            state = .content
            return true
        }
    }

    private mutating func pass(_ count: Int, _ events: inout [Event]) {
        guard count > 0 else { return }
        if state == .content { events.append(.bytes(Array(buffer[..<count]))) }
        buffer.removeFirst(count)
    }

    private static func name(in header: ArraySlice<UInt8>) throws(Malformed) -> String {
        for line in String(decoding: header, as: UTF8.self).split(separator: "\r\n") {
            guard line.lowercased().hasPrefix("content-disposition:") else { continue }
            for part in line.split(separator: ";").map({ $0.drop { $0 == " " } }) where part.hasPrefix("name=") {
                return String(part.dropFirst(5).filter { $0 != "\"" })
            }
        }
        throw Malformed(reason: "a part has no name")
    }

    private static func place(of needle: [UInt8], in bytes: [UInt8]) -> Int? {
        guard let first = needle.first, bytes.count >= needle.count else { return nil }
        let last = bytes.count - needle.count
        return bytes.withUnsafeBufferPointer { bytes in
            var place = 0
            while place <= last {
                guard let found = bytes[place...last].firstIndex(of: first) else { return nil }
                if bytes[found..<found + needle.count].elementsEqual(needle) { return found }
                place = found + 1
            }
            return nil
        }
    }
}
