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
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            let end = Int(clamping: try handle.seekToEnd())
            return try walk(file.path, end: end) { at, count in
                try handle.seek(toOffset: UInt64(at))
                return Array(try handle.read(upToCount: count) ?? Data())
            }
        } catch let error as DataError {
            throw error
        } catch {
            throw .unreadable(file.path)
        }
    }

    /// The members of an archive in memory.
    static func read(_ bytes: [UInt8]) throws -> [String: Range<Int>] {
        try walk("archive", end: bytes.count) { at, count in Array(bytes[at..<min(at + count, bytes.count)]) }
    }

    private static func walk(
        _ name: String, end: Int, _ read: (_ at: Int, _ count: Int) throws -> [UInt8]
    ) throws -> [String: Range<Int>] {
        let fault = DataError.malformed(file: name, place: "its directory", reason: "this is no zip archive")
        let tailLength = min(end, 65_557)
        let tail = try read(end - tailLength, tailLength)
        guard tail.count == tailLength, tailLength >= 22,
            let mark = (0...(tailLength - 22)).last(where: { number(tail, $0, 4) == 0x0605_4B50 })
        else { throw fault }
        let (size, offset) = (number(tail, mark + 12, 4), number(tail, mark + 16, 4))
        guard size <= end, offset <= end - size else { throw fault }
        let directory = try read(offset, size)
        guard directory.count == size else { throw fault }
        var members: [String: Range<Int>] = [:]
        var at = 0
        while at + 46 <= size, number(directory, at, 4) == 0x0201_4B50 {
            let nameLength = number(directory, at + 28, 2)
            let next = at + 46 + nameLength + number(directory, at + 30, 2) + number(directory, at + 32, 2)
            guard next <= size else { throw fault }
            let member = directory[(at + 46)..<(at + 46 + nameLength)]
            let length = number(directory, at + 20, 4)
            if number(directory, at + 10, 2) == 0, let path = String(validating: member, as: UTF8.self),
                let start = try start(number(directory, at + 42, 4), end, read), length <= end - start
            {
                members[path] = start..<start + length
            }
            at = next
        }
        return members
    }

    /// Where a member's bytes begin, behind its own header.
    private static func start(_ header: Int, _ end: Int, _ read: (Int, Int) throws -> [UInt8]) throws -> Int? {
        guard header <= end - 30 else { return nil }
        let block = try read(header, 30)
        guard block.count == 30, number(block, 0, 4) == 0x0403_4B50 else { return nil }
        let start = header + 30 + number(block, 26, 2) + number(block, 28, 2)
        return start <= end ? start : nil
    }

    private static func number(_ bytes: [UInt8], _ at: Int, _ width: Int) -> Int {
        (0..<width).reversed().reduce(0) { $0 << 8 | Int(bytes[at + $1]) }
    }
}
