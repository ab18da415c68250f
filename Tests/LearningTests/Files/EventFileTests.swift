import Basics
import Foundation
import Testing

@testable import Learning

@Suite("Event files")
struct EventFileTests {
    /// The payloads of a file's records, each length and checksum verified bit by bit.
    private func payloads(_ bytes: [UInt8]) throws -> [[UInt8]] {
        func number(_ at: Int, _ width: Int) -> UInt64 {
            bytes[at..<at + width].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        var (at, found) = (0, [[UInt8]]())
        while at < bytes.count {
            let length = Int(number(at, 8))
            let payload = Array(bytes[at + 12..<at + 12 + length])
            #expect(number(at + 8, 4) == UInt64(masked(Array(bytes[at..<at + 8]))))
            #expect(number(at + 12 + length, 4) == UInt64(masked(payload)))
            found.append(payload)
            at += 16 + length
        }
        return found
    }

    /// CRC-32C bit by bit (reflected polynomial 0x82F63B78), turned and shifted.
    private func masked(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = ~0
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0x82F6_3B78 : sum >> 1 }
        }
        let value = ~sum
        return (value >> 15 | value << 17) &+ 0xA282_EAD8
    }

    @Test("the checksum is CRC-32C, masked")
    func checksum() {
        let known: UInt32 = 0xE306_9283
        #expect(EventFile.masked(Array("123456789".utf8)) == (known >> 15 | known << 17) &+ 0xA282_EAD8)
        for text in ["", "a", "brain.Event:2"] {
            #expect(EventFile.masked(Array(text.utf8)) == masked(Array(text.utf8)))
        }
    }

    @Test("LEARN-048 records are framed and checked, the first names the format, and batches are written at once")
    func records() throws {
        let folder = try TemporaryFolder()
        let log = try EventFile(in: folder.url, wallSeconds: 1_700_000_000.5, host: "shop")
        #expect(log.file.lastPathComponent == "events.out.tfevents.1700000000.shop")
        for step in 0..<EventFile.batch + 5 { try log.add("loss", scalar: 1.5, step: step, wallSeconds: 1) }
        #expect(try payloads(Array(Data(contentsOf: log.file))).count == 1 + EventFile.batch)
        try log.close()
        let all = try payloads(Array(Data(contentsOf: log.file)))
        #expect(all.count == 1 + EventFile.batch + 5)
        #expect(all[0].suffix(15) == [0x1A, 13] + Array("brain.Event:2".utf8))
        // 1: wall 1.0; 2: step 3; 5: summary of one value, 1: "loss", 2: 1.5.
        #expect(
            all[4] == [0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0x10, 3, 0x2A, 13, 0x0A, 11, 0x0A, 4] + Array("loss".utf8)
                + [0x15, 0, 0, 0xC0, 0x3F])
    }

    @Test("a histogram counts every finite value in a bucket whose end is not below it")
    func histogram() {
        var draws = Draws(81)
        let values = draws.doubles(500, -3...3) + [0, 1e-300, -1e-300, 1e30, -1e30, .infinity, .nan]
        let finite = values.filter(\.isFinite)
        let found = ValueHistogram(values)
        #expect((found.count, found.smallest, found.largest) == (505, -1e30, 1e30))
        #expect(agree([found.sum, found.squares], [finite.reduce(0, +), finite.reduce(0) { $0 + $1 * $1 }]))
        #expect(found.limits == found.limits.sorted() && found.counts.first != 0 && found.counts.last != 0)
        for (index, limit) in found.limits.enumerated() where index > 0 {
            let inside = finite.count { $0 > found.limits[index - 1] && $0 <= limit }
            #expect(found.counts[index] == Double(inside))
        }
        #expect(found.counts.reduce(0, +) == 505)
        #expect(ValueHistogram([]).limits == [] && ValueHistogram([Double.nan]).count == 0)
    }
}

/// A folder that goes when the test does.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "vitrine-learning-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}
