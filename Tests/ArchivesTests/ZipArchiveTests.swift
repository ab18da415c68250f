import Archives
import Testing

@Suite("Zip archives")
struct ZipArchiveTests {
    private struct File {
        var name: String
        var content: [UInt8] = []
        var packed: [UInt8]?
        var size: Int?
        var attributes: UInt32 = 0
        var flags: UInt16 = 0
    }

    private static func little(_ value: Int, _ width: Int) -> [UInt8] {
        (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// An archive as programs write it.
    private static func archive(_ files: [File]) -> [UInt8] {
        var (bytes, list): ([UInt8], [UInt8]) = ([], [])
        for file in files {
            let body = file.packed ?? file.content
            let name = Array(file.name.utf8)
            let middle =
                little(Int(file.flags), 2) + little(file.packed == nil ? 0 : 8, 2) + [0, 0, 0, 0]
                + little(Int(CRC32.of(file.content)), 4) + little(body.count, 4)
                + little(file.size ?? file.content.count, 4) + little(name.count, 2) + [0, 0]
            list +=
                [0x50, 0x4B, 1, 2, 20, 3, 20, 0] + middle + [0, 0, 0, 0, 0, 0] + little(Int(file.attributes), 4)
                + little(bytes.count, 4) + name
            bytes += [0x50, 0x4B, 3, 4, 20, 0] + middle + name + body
        }
        let end = little(files.count, 2) + little(files.count, 2) + little(list.count, 4) + little(bytes.count, 4)
        return bytes + list + [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + end + [0, 0]
    }

    private static func open(_ bytes: [UInt8], limits: ZipArchive.Limits = .init()) throws -> ZipArchive {
        try ZipArchive(size: bytes.count, limits: limits) { offset, count in
            guard offset >= 0, offset <= bytes.count else { return [] }
            return Array(bytes[offset..<min(bytes.count, offset + count)])
        }
    }

    @Test("SCAN-030 files of an archive are read, packed or not; a damaged one is found by its checksum")
    func reading() throws {
        let hello = Array("hello hello hello hello".utf8)
        let packed: [UInt8] = [0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x57, 0xC8, 0x40, 0x27, 0x01]
        let bytes = Self.archive([
            File(name: "a/"), File(name: "a/one.txt", content: [1, 2, 3]),
            File(name: "two.txt", content: hello, packed: packed),
        ])
        let archive = try Self.open(bytes)
        #expect(archive.entries.map(\.name) == ["a/one.txt", "two.txt"] && archive.refused.isEmpty)
        let one = try #require(archive.entry("a/one.txt"))
        #expect(try archive.content(of: one, limit: 3) == [1, 2, 3])
        #expect(throws: ZipArchive.Fault.self) { try archive.content(of: one, limit: 2) }
        #expect(try archive.storedRange(of: one).map { Array(bytes[$0]) } == [1, 2, 3])
        let two = try #require(archive.entry("two.txt"))
        #expect(try archive.content(of: two, limit: 100) == hello)
        #expect(try archive.storedRange(of: two) == nil)
        var broken = bytes
        // The head of the folder, its name, the head of the file and its name; then its second byte.
        broken[30 + 2 + 30 + 9 + 1] ^= 0xFF
        let damaged = try Self.open(broken)
        #expect(throws: ZipArchive.Fault.self) {
            for entry in damaged.entries { _ = try damaged.content(of: entry, limit: 100) }
        }
    }

    @Test("SCAN-030 names that lead out, links, locked files, second files of a name and bombs are refused by name")
    func hostile() throws {
        let archive = try Self.open(
            Self.archive([
                File(name: "../up.txt"), File(name: "/root.txt"), File(name: "a/../../b"), File(name: "c:\\d"),
                File(name: "a//b"), File(name: "link", attributes: 0xA1FF << 16), File(name: "locked", flags: 1),
                File(name: "bomb", packed: [0], size: 900 << 20), File(name: "ok", content: [7]), File(name: "ok"),
            ]))
        #expect(archive.entries.map(\.name) == ["ok"])
        #expect(archive.refused.count == 9)
        #expect(archive.refused.contains { $0.name == "bomb" && $0.cause.contains("times") })
        var limits = ZipArchive.Limits()
        limits.entries = 1
        #expect(throws: ZipArchive.Fault.self) {
            try Self.open(Self.archive([File(name: "a"), File(name: "b")]), limits: limits)
        }
        limits = ZipArchive.Limits()
        limits.totalBytes = 3
        #expect(throws: ZipArchive.Fault.self) {
            try Self.open(
                Self.archive([File(name: "a", content: [1, 2]), File(name: "b", content: [3, 4])]), limits: limits)
        }
    }

    @Test("any bytes at all are an archive or none, and never more")
    func anything() throws {
        let good = Self.archive([File(name: "a", content: [1]), File(name: "b", content: [2, 3])])
        for count in 0..<good.count { _ = try? Self.open(Array(good.prefix(count))) }
        for at in good.indices {
            for change in [1, 0x80, 0xFF] as [UInt8] {
                var broken = good
                broken[at] ^= change
                guard let archive = try? Self.open(broken) else { continue }
                for entry in archive.entries { _ = try? archive.content(of: entry, limit: 1_000) }
            }
        }
    }
}
