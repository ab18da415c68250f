import Basics
import Foundation
import Testing
import VisualSearch

@Suite("A comparison that goes on where it was stopped")
struct PairJournalTests {
    /// Hashes of 5,000 pictures: three blocks a view; one in five is near to another.
    private static let views: [[UInt64]] = {
        var random = SeededRandom(seed: 31)
        var views = (0..<5_000).map { _ in (0..<8).map { _ in random.next() } }
        for place in stride(from: 7, to: 5_000, by: 5) {
            views[place][place % 8] = views[Int(random.next() % UInt64(place))][0] ^ 0b101
        }
        return views
    }()

    private static let all = FingerprintIndex.pairs(views: views) { _ in true }.map { [$0.picture, $0.known] }

    private static func file() -> String {
        NSTemporaryDirectory() + "/pairs-\(UInt64.random(in: .min ... .max)).progress"
    }

    /// Compares until a share is done; what was found, and the share at which it began.
    private static func compare(_ path: String, until share: Double = 2) -> (pairs: [[Int]], from: Double) {
        let journal = PairJournal(path, views: views)
        var first: Double?
        let pairs = FingerprintIndex.pairs(views: views, journal: journal) { done in
            first = first ?? done
            return done < share
        }
        #expect(journal.problem == nil)
        return (pairs.map { [$0.picture, $0.known] }, first ?? 1)
    }

    @Test("SCAN-133 stopped at any share, it goes on behind the last finished shard and finds the same pairs")
    func resumed() {
        #expect(Self.all.count > 900)
        for share in [0.02, 0.2, 0.5, 0.77, 0.999] {
            let path = Self.file()
            defer { try? FileManager.default.removeItem(atPath: path) }
            _ = Self.compare(path, until: share)
            let (pairs, from) = Self.compare(path)
            #expect(pairs == Self.all)
            // 24 shards, of which the one that was stopped is compared again.
            #expect(from > share - 2.0 / 24 && from <= share + 2.0 / 24)
        }
    }

    @Test("SCAN-133 stopped again and again it comes to the end, and then only reads")
    func often() {
        let path = Self.file()
        defer { try? FileManager.default.removeItem(atPath: path) }
        for step in 1...12 { _ = Self.compare(path, until: Double(step) / 12) }
        #expect(Self.compare(path).pairs == Self.all)
        let (pairs, from) = Self.compare(path)
        #expect(pairs == Self.all && from == 1)
    }

    @Test(
        "SCAN-133 a file that was cut or changed anywhere costs time and nothing else",
        arguments: [1, 2, 3] as [UInt64])
    func damaged(seed: UInt64) throws {
        let path = Self.file()
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(Self.compare(path).pairs == Self.all)
        let whole = [UInt8](try Data(contentsOf: URL(filePath: path)))
        var random = SeededRandom(seed: seed)
        for round in 0..<8 {
            var bytes = whole
            let at = Int.random(in: 0..<whole.count, using: &random)
            if round % 2 == 0 { bytes = Array(bytes.prefix(at)) } else { bytes[at] ^= 1 << UInt8(round) }
            try Data(bytes).write(to: URL(filePath: path))
            #expect(Self.compare(path).pairs == Self.all, "seed \(seed), round \(round), byte \(at)")
        }
    }

    @Test("a file of other pictures or another radius is begun anew, and removed when it has served")
    func others() throws {
        let path = Self.file()
        _ = Self.compare(path)
        #expect(PairJournal(path, views: Self.views).shards == 24)
        #expect(PairJournal(path, views: Self.views, within: 3).shards == 0)
        var other = Self.views
        other[4_000][3] ^= 1
        _ = Self.compare(path)
        let journal = PairJournal(path, views: other)
        #expect(journal.shards == 0)
        journal.remove()
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(PairJournal("/nowhere/at/all", views: other).problem != nil)
    }
}
