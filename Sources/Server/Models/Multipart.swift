import Basics

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

    private let delimiter: [UInt8]
    private var buffer: [UInt8] = Array("\r\n".utf8)
    private var state = State.preamble

    /// A reader; nil when the content type is not multipart or has no boundary.
    init?(contentType: String?) {
        guard let type = contentType, type.lowercased().hasPrefix("multipart/form-data") else { return nil }
        guard let mark = MultipartSyntax.mark(type) else { return nil }
        delimiter = [13, 10] + mark
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
            guard let place = MultipartSyntax.find(delimiter, in: buffer, from: 0) else {
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
            guard let end = MultipartSyntax.find([13, 10, 13, 10], in: buffer, from: 0) else {
                guard buffer.count <= MultipartSyntax.largestHeader else {
                    throw Malformed(reason: "a part's header is too long")
                }
                return false
            }
            guard let lines = MultipartSyntax.afterLine(buffer[...]) else {
                throw Malformed(reason: "a boundary is followed by something else than a line break")
            }
            do {
                events.append(.begin(name: try MultipartSyntax.Header(buffer[min(lines, end + 4)..<end + 4]).name))
            } catch { throw Malformed(reason: error.message) }
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
}
