internal import Foundation
import Synchronization

/// A zip file: what is in it, and the content of each file, within limits.
///
/// Names are checked: none leads out of the folder that the archive stands for. Sizes that the archive states are held
/// to, so that a small file cannot become a huge one unnoticed.
public struct ZipArchive: Sendable {
    /// What an archive may be.
    public struct Limits: Sendable, Hashable {
        /// Files in it.
        public var entries = 20_000
        /// Bytes of all files together.
        public var totalBytes = 4 << 30
        /// How many times larger a file of more than a mebibyte may be than its packed form.
        public var ratio = 200

        /// The defaults.
        public init() {}
    }

    /// Why an archive, or a file in it, is not read.
    public struct Fault: Error, Sendable, Hashable, CustomStringConvertible {
        /// A sentence for people, without its beginning.
        public let description: String
    }

    /// A file in the archive.
    public struct Entry: Sendable, Hashable {
        /// Its name, segments parted by `/`.
        public let name: String
        /// Its size in bytes, as the archive states it.
        public let size: Int
        let packedSize: Int
        let method: Int
        let isLocked: Bool
        let checksum: UInt32
        let offset: Int
    }

    /// The files that can be read, in the order of the archive; folders are left out.
    public let entries: [Entry]
    /// Files that are left out, and why.
    public let refused: [(name: String, cause: String)]
    private let places: [String: Int]
    private let source: Source

    private struct Source: Sendable {
        let size: Int
        let read: @Sendable (_ offset: Int, _ count: Int) throws -> [UInt8]
    }

    /// Reads the list of files.
    ///
    /// - Parameters:
    ///   - size: the bytes of the archive.
    ///   - read: gives a part of them.
    public init(
        size: Int, limits: Limits = Limits(), read: @escaping @Sendable (_ offset: Int, _ count: Int) throws -> [UInt8]
    ) throws {
        source = Source(size: size, read: read)
        let directory = try Self.directory(of: source, limits)
        var (entries, refused, places): ([Entry], [(name: String, cause: String)], [String: Int]) = ([], [], [:])
        var total = 0
        for (entry, isLink) in directory where !entry.name.hasSuffix("/") {
            if let cause = Self.refusal(of: entry, isLink: isLink, limits) {
                refused.append((entry.name, cause))
            } else if places[entry.name] != nil {
                refused.append((entry.name, "the archive has another file of this name"))
            } else {
                total += entry.size
                guard total <= limits.totalBytes else {
                    throw Fault(description: "the archive would become over \(limits.totalBytes >> 20) MiB")
                }
                places[entry.name] = entries.count
                entries.append(entry)
            }
        }
        (self.entries, self.refused, self.places) = (entries, refused, places)
    }

    /// Opens an archive and reads its list of files; the archive stays open as long as this value lives.
    ///
    /// - Throws: ``Fault`` when it is none that can be read.
    public init(path: String, limits: Limits = Limits()) throws {
        guard let handle = FileHandle(forReadingAtPath: path), let size = try? handle.seekToEnd() else {
            throw Fault(description: "the file cannot be read")
        }
        let file = OpenFile(handle)
        try self.init(size: Int(clamping: size), limits: limits) { offset, count in try file.read(offset, count) }
    }

    /// The file of a name.
    public func entry(_ name: String) -> Entry? { places[name].map { entries[$0] } }

    private static func refusal(of entry: Entry, isLink: Bool, _ limits: Limits) -> String? {
        let parts = entry.name.split(separator: "/", omittingEmptySubsequences: false)
        let isPlain = parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
        guard isPlain, !entry.name.utf8.contains(where: { $0 < 32 || $0 == 92 || $0 == 58 }) else {
            return "the name leads out of the archive"
        }
        if isLink { return "the file is a link" }
        if entry.isLocked { return "the file needs a password" }
        if entry.method != 0, entry.method != 8 { return "the file is packed in a way that is not supported" }
        if entry.method == 0, entry.size != entry.packedSize { return "the file is damaged" }
        if entry.size > 1 << 20, entry.size / max(1, entry.packedSize) > limits.ratio {
            return "the file would become \(entry.size / max(1, entry.packedSize)) times larger"
        }
        return nil
    }

    // MARK: The directory

    private static let endMark: [UInt8] = [0x50, 0x4B, 5, 6]

    private static func directory(of source: Source, _ limits: Limits) throws -> [(entry: Entry, isLink: Bool)] {
        let tailCount = min(source.size, 22 + 65_535)
        let tail = try source.read(source.size - tailCount, tailCount)
        guard tail.count == tailCount, tail.count >= 22,
            let end = (0...tail.count - 22).last(where: { tail[$0..<$0 + 4].elementsEqual(endMark) })
        else { throw Fault(description: "the file is no zip archive, or a part of it is missing") }
        let count = Self.short(tail, end + 10)
        let (size, offset) = (Self.long(tail, end + 12), Self.long(tail, end + 16))
        guard count != 0xFFFF, offset != 0xFFFF_FFFF, size != 0xFFFF_FFFF else {
            throw Fault(description: "archives of over 4 GiB or 65,534 files (zip64) are not supported")
        }
        guard count <= limits.entries else {
            throw Fault(description: "the archive has \(count) files; \(limits.entries) are allowed")
        }
        guard offset + size <= source.size else { throw Fault(description: "the archive's list of files is damaged") }
        let bytes = try source.read(offset, size)
        guard bytes.count == size else { throw Fault(description: "the archive's list of files is damaged") }
        return try entries(bytes, count: count)
    }

    private static func entries(_ bytes: [UInt8], count: Int) throws -> [(entry: Entry, isLink: Bool)] {
        var at = 0
        var entries: [(Entry, Bool)] = []
        for _ in 0..<count {
            guard bytes.count - at >= 46, bytes[at..<at + 4].elementsEqual([0x50, 0x4B, 1, 2]) else {
                throw Fault(description: "the archive's list of files is damaged")
            }
            let (name, extra, comment) = (short(bytes, at + 28), short(bytes, at + 30), short(bytes, at + 32))
            guard bytes.count - at - 46 >= name + extra + comment else {
                throw Fault(description: "the archive's list of files is damaged")
            }
            // Made on Unix the upper half of the attributes is the mode of the file.
            let isLink = bytes[at + 5] == 3 && long(bytes, at + 38) >> 16 & 0xF000 == 0xA000
            entries.append(
                (
                    Entry(
                        name: String(decoding: bytes[at + 46..<at + 46 + name], as: UTF8.self),
                        size: long(bytes, at + 24), packedSize: long(bytes, at + 20), method: short(bytes, at + 10),
                        isLocked: short(bytes, at + 8) & 1 == 1, checksum: UInt32(long(bytes, at + 16)),
                        offset: long(bytes, at + 42)), isLink
                ))
            at += 46 + name + extra + comment
        }
        return entries
    }

    private static func short(_ bytes: [UInt8], _ at: Int) -> Int { Int(bytes[at]) | Int(bytes[at + 1]) << 8 }

    private static func long(_ bytes: [UInt8], _ at: Int) -> Int { short(bytes, at) | short(bytes, at + 2) << 16 }

    // MARK: Contents

    /// The content of a file.
    ///
    /// - Parameter limit: the most bytes that it may have.
    /// - Throws: ``Fault`` when it is larger, or damaged.
    public func content(of entry: Entry, limit: Int) throws -> [UInt8] {
        guard entry.size <= limit else { throw Fault(description: "'\(entry.name)' has \(entry.size) bytes") }
        let place = try place(of: entry)
        let packed = try source.read(place.lowerBound, place.count)
        guard packed.count == place.count else { throw damaged(entry) }
        var content = packed
        if entry.method == 8 {
            do {
                content = try Deflate.unpack(packed, limit: entry.size)
            } catch {
                throw damaged(entry)
            }
        }
        guard content.count == entry.size, CRC32.of(content) == entry.checksum else { throw damaged(entry) }
        return content
    }

    /// Where the bytes of a file that is not packed stand in the archive; nil for a packed one.
    ///
    /// - Throws: ``Fault`` when they are not all there.
    public func storedRange(of entry: Entry) throws -> Range<Int>? { entry.method == 0 ? try place(of: entry) : nil }

    private func place(of entry: Entry) throws -> Range<Int> {
        guard entry.offset <= source.size - 30 else { throw damaged(entry) }
        let head = try source.read(entry.offset, 30)
        guard head.count == 30, head[..<4].elementsEqual([0x50, 0x4B, 3, 4]) else { throw damaged(entry) }
        let start = entry.offset + 30 + Self.short(head, 26) + Self.short(head, 28)
        guard start + entry.packedSize <= source.size else { throw damaged(entry) }
        return start..<start + entry.packedSize
    }

    private func damaged(_ entry: Entry) -> Fault { Fault(description: "'\(entry.name)' is damaged in the archive") }
}

/// An open archive, read in parts.
private final class OpenFile: Sendable {
    private let handle: Mutex<FileHandle>

    init(_ handle: FileHandle) { self.handle = Mutex(handle) }

    func read(_ offset: Int, _ count: Int) throws -> [UInt8] {
        guard offset >= 0, count > 0 else { return [] }
        return try handle.withLock { handle in
            try handle.seek(toOffset: UInt64(offset))
            return [UInt8](try handle.read(upToCount: count) ?? Data())
        }
    }

    deinit { handle.withLock { try? $0.close() } }
}
