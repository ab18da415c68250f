internal import Foundation

/// The lines of a file, one at a time, so that only one of them is in memory.
final class SourceLines {
    private let handle: FileHandle
    private let name: String
    private let longest: Int
    private var buffer: [UInt8] = []
    private var at = 0
    private var isAtEnd = false
    private(set) var number = 0

    /// The lines of a file, each of at most `longest` bytes.
    init(_ file: URL, longest: Int) throws(DataError) {
        (name, self.longest) = (file.lastPathComponent, longest)
        do { handle = try FileHandle(forReadingFrom: file) } catch { throw .unreadable(file.path) }
    }

    deinit { try? handle.close() }

    /// The next line without its end; nil behind the last.
    ///
    /// Throws `DataError` if the file cannot be read or the line is too long.
    func next() throws(DataError) -> [UInt8]? {
        var scanned = at
        while true {
            if let end = buffer[scanned...].firstIndex(of: 10) {
                defer { at = end + 1 }
                return line(until: end)
            }
            scanned = buffer.count
            if isAtEnd {
                defer { at = buffer.count }
                return at < buffer.count ? line(until: buffer.count) : nil
            }
            guard buffer.count - at <= longest else {
                throw .malformed(file: name, place: "line \(number + 1)", reason: "it is longer than \(longest) bytes")
            }
            try fill(&scanned)
        }
    }

    private func fill(_ scanned: inout Int) throws(DataError) {
        if at > 0 {
            buffer.removeFirst(at)
            scanned -= at
            at = 0
        }
        do {
            let piece = try handle.read(upToCount: 1 << 20) ?? Data()
            isAtEnd = piece.isEmpty
            buffer.append(contentsOf: piece)
        } catch {
            throw .unreadable(name)
        }
    }

    private func line(until end: Int) -> [UInt8] {
        number += 1
        let last = end > at && buffer[end - 1] == 13 ? end - 1 : end
        return Array(buffer[at..<last])
    }
}
