internal import Archives
internal import Foundation

/// Where the members of a tar archive stand (POSIX ustar).
enum TarMembers {
    static let most = 10_000_000

    /// The ranges of all ordinary members by name; of two members of a name the last counts.
    static func read(_ file: URL) throws(DataError) -> [String: Range<Int>] {
        do {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            let end = Int(clamping: try handle.seekToEnd())
            return try walk(file.path, end: end) { at in
                try handle.seek(toOffset: UInt64(at))
                return Array(try handle.read(upToCount: 512) ?? Data())
            }
        } catch let error as DataError {
            throw error
        } catch {
            throw .unreadable(file.path)
        }
    }

    /// The members of an archive in memory.
    static func read(_ bytes: [UInt8]) throws -> [String: Range<Int>] {
        try walk("archive", end: bytes.count) { at in Array(bytes[at..<min(at + 512, bytes.count)]) }
    }

    private static func walk(
        _ name: String, end: Int, _ header: (Int) throws -> [UInt8]
    ) throws -> [String: Range<Int>] {
        var members: [String: Range<Int>] = [:]
        var at = 0
        while end - at >= 512 {
            let block = try header(at)
            guard block.count == 512 else { throw DataError.unreadable(name) }
            if block.allSatisfy({ $0 == 0 }) { break }
            guard let size = octal(block[124..<136]), checksum(block), size <= end - at - 512 else {
                throw DataError.malformed(file: name, place: "byte \(at)", reason: "this is no header of a member")
            }
            let start = at + 512
            if block[156] == UInt8(ascii: "0") || block[156] == 0, let path = path(block) {
                members[path] = start..<start + size
            }
            guard members.count <= most else {
                throw DataError.malformed(file: name, place: "byte \(at)", reason: "too many members")
            }
            at = start + (size + 511) / 512 * 512
        }
        return members
    }

    private static func path(_ block: [UInt8]) -> String? {
        let prefix = text(block[345..<500])
        guard let name = text(block[0..<100]) else { return nil }
        return prefix.map { $0.isEmpty ? name : $0 + "/" + name } ?? name
    }

    private static func text(_ field: ArraySlice<UInt8>) -> String? {
        String(validating: field.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// A number in octal digits; longer forms (base 256) are not taken.
    private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
        let digits = field.drop { $0 == 32 }.prefix { $0 != 0 && $0 != 32 }
        guard !digits.isEmpty, digits.count <= 12, digits.allSatisfy({ (48...55).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 << 3 | Int($1 - 48) }
    }

    private static func checksum(_ block: [UInt8]) -> Bool {
        guard let stated = octal(block[148..<156]) else { return false }
        return stated == sum(block)
    }

    /// The sum of a header's bytes, with spaces in the place of the sum itself.
    static func sum(_ block: [UInt8]) -> Int {
        block.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
    }
}

/// Where the members of a zip archive stand, as long as they are stored without compression.
enum ZipMembers {
    /// The ranges of all stored members by name; compressed ones are left out.
    static func read(_ file: URL) throws(DataError) -> [String: Range<Int>] {
        do {
            return try ranges(try ZipArchive(path: file.path, limits: limits))
        } catch {
            throw .malformed(file: file.path, place: "its directory", reason: "\(error)")
        }
    }

    /// The members of an archive in memory.
    static func read(_ bytes: [UInt8]) throws -> [String: Range<Int>] {
        let archive = try ZipArchive(size: bytes.count, limits: limits) { at, count in
            guard at <= bytes.count else { return [] }
            return Array(bytes[at..<min(at + count, bytes.count)])
        }
        return try ranges(archive)
    }

    private static var limits: ZipArchive.Limits {
        var limits = ZipArchive.Limits()
        (limits.entries, limits.totalBytes) = (TarMembers.most, .max)
        return limits
    }

    private static func ranges(_ archive: ZipArchive) throws -> [String: Range<Int>] {
        var members: [String: Range<Int>] = [:]
        for entry in archive.entries {
            if let range = try archive.storedRange(of: entry) { members[entry.name] = range }
        }
        return members
    }
}
