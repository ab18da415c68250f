internal import Crypto
internal import Foundation
internal import Kernels

/// How far a comparison of all pictures with each other has come, in a file: a comparison that was stopped or killed goes
/// on behind the last shard that was finished.
///
/// The file is magic 8 | SHA-256 of the hashes and the radius 32, then for each shard in order: number u32 | pairs u32 |
/// CRC-32C of these eight bytes and the pairs u32 | two u32 a pair, all little-endian. Nothing is synced: what a loss of
/// power takes is compared again.
public final class PairJournal {
    private static let magic = Array("VITRPRS1".utf8)
    private static let header = 40

    /// Shards that are finished.
    public private(set) var shards = 0
    /// What the file said when it was opened; pairs that were found before.
    private(set) var pairs: [HashPair] = []
    /// Why nothing is written down any more, if that is so. The comparison goes on without.
    public private(set) var problem: String?
    private let path: String
    private var file: FileHandle?

    /// Opens the journal of a comparison, or begins it; a file of another comparison is begun anew.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - views: For each picture the hashes of its eight views.
    public init(_ path: String, views: [[UInt64]], within radius: Int = DuplicateRules().near) {
        self.path = path
        let head = Self.magic + Self.digest(views, radius)
        let known = (try? Data(contentsOf: URL(fileURLWithPath: path))).map { [UInt8]($0) } ?? []
        var sound = 0
        if known.starts(with: head) { sound = read(known, pictures: views.count) }
        do {
            if sound == 0 {
                try Data(head).write(to: URL(fileURLWithPath: path))
                sound = head.count
            }
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            try file.truncate(atOffset: UInt64(sound))
            try file.seekToEnd()
            self.file = file
        } catch {
            problem = "The comparison cannot be resumed if it is stopped: '\(path)' cannot be written."
        }
    }

    deinit { try? file?.close() }

    /// Writes down that a shard is finished and which pairs it had.
    func append(shard: Int, pairs: Set<HashPair>) {
        guard let file, shard == shards else { return }
        let numbers = pairs.sorted { ($0.query, $0.index) < ($1.query, $1.index) }
            .flatMap { [UInt32(truncatingIfNeeded: $0.query), UInt32(truncatingIfNeeded: $0.index)] }
        let front = Self.bytes([UInt32(truncatingIfNeeded: shard), UInt32(truncatingIfNeeded: pairs.count)])
        let rest = Self.bytes(numbers)
        do {
            try file.write(contentsOf: Data(front + Self.bytes([Self.checksum(front, rest)]) + rest))
            shards += 1
        } catch {
            problem = "The comparison cannot be resumed from here on: '\(path)' cannot be written."
            self.file = nil
        }
    }

    /// Takes the file away, when its pairs are not needed any more.
    public func remove() {
        file = nil
        try? FileManager.default.removeItem(atPath: path)
    }

    // MARK: Bytes

    /// Reads the finished shards; returns where the sound part ends.
    private func read(_ bytes: [UInt8], pictures: Int) -> Int {
        var at = Self.header
        while bytes.count - at >= 12 {
            let front = Array(bytes[at..<at + 8])
            let numbers = Self.numbers(bytes[at..<at + 12])
            let length = Int(numbers[1]) * 8
            guard Int(numbers[0]) == shards, length <= bytes.count - at - 12 else { break }
            let rest = Array(bytes[at + 12..<at + 12 + length])
            guard Self.checksum(front, rest) == numbers[2] else { break }
            let places = Self.numbers(rest[...])
            let found = stride(from: 0, to: places.count, by: 2).map {
                HashPair(query: Int(places[$0]), index: Int(places[$0 + 1]))
            }
            guard found.allSatisfy({ $0.index < $0.query && $0.query < pictures }) else { break }
            pairs += found
            shards += 1
            at += 12 + length
        }
        return at
    }

    private static func digest(_ views: [[UInt64]], _ radius: Int) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: Array("\(views.count) pictures, \(radius) bits\n".utf8))
        for hashes in views { hashes.withUnsafeBytes { hash.update(bufferPointer: $0) } }
        return Array(hash.finalize())
    }

    private static func bytes(_ numbers: [UInt32]) -> [UInt8] {
        numbers.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * UInt32($0))) } }
    }

    private static func numbers(_ bytes: ArraySlice<UInt8>) -> [UInt32] {
        stride(from: bytes.startIndex, to: bytes.endIndex - 3, by: 4).map { at in
            (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[at + $1]) << (8 * UInt32($1)) }
        }
    }

    private static func checksum(_ front: [UInt8], _ rest: [UInt8]) -> UInt32 {
        var crc = CRC32C()
        crc.update(front.span.bytes)
        crc.update(rest.span.bytes)
        return crc.value
    }
}
