import Basics
import Foundation
import TestSupport
import Testing
import VisualSearch

/// Jobs of the program that are killed in the middle, again and again until they end.
///
/// With `VITRINE_FAULT_FULL=1` (`make kills`) 40 times a command, 240 in all, else once.
@Suite("Killed jobs", .serialized)
struct JobKillTests {
    private static let commands = [
        ["sku", "denoise"], ["sku", "merge"], ["articles", "import"], ["articles", "link"], ["gaps", "titles"],
        ["catalogue", "reembed", "--override", "all are measured elsewhere"],
    ]
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// Runs a command to its end, or until it has written so many bytes.
    ///
    /// - Returns: whether it was killed, and the most bytes that it was seen to have written.
    private static func run(
        _ arguments: [String], killAfter limit: Int = .max
    ) async throws -> (wasKilled: Bool, written: Int) {
        let child = try RunningCommand([try Program.path()] + arguments)
        let written = await onThread { () -> Int in
            var most = 0
            while !child.hasEnded {
                most = max(most, child.written)
                if most >= limit {
                    child.signal(SIGKILL)
                    break
                }
                sched_yield()
            }
            return most
        }
        return (await child.exitStatus() == -SIGKILL, written)
    }

    /// Six items, two of them nearly one thing, one with a foreign picture, and a text that shows one of them.
    private static func write(in shop: Shop) throws {
        func write(_ bytes: [UInt8], _ name: String) throws {
            let url = URL(fileURLWithPath: "\(shop.path)/\(name)")
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: url)
        }
        for seed in 1...5 as ClosedRange<UInt64> {
            try write(Goods.photo(seed), "goods/sku-\(seed)/front.png")
            try write(try Goods.again(seed), "goods/sku-\(seed)/again.jpg")
        }
        try write(Goods.photo(20), "goods/sku-5/foreign.png")
        try write(try Goods.again(5), "goods/sku-6/other.jpg")
        try write(Goods.photo(3), "texts/three.png")
        for number in 1...20 {
            try write(Array("# Text \(number)\nOf things.\n\n![It](three.png)\n".utf8), "texts/\(number).md")
        }
    }

    private static func arguments(_ command: [String], texts: String, data: String) -> [String] {
        // The models of the project come last: what was embedded with them is not looked at without them.
        command + (command == ["articles", "import"] ? [texts] : [])
            + ["--catalogue", "shop", "--data", data, "--models", command[1] == "reembed" ? "\(root)/Models" : data]
    }

    /// What the jobs left, in words that two runs can be compared by.
    private static func outcome(_ data: String) async throws -> [String] {
        let shop = try Shop(path: data)
        let open = try shop.openAsProgram()
        let catalogue = try await open.catalogues.catalogue("shop")
        var lines = try await catalogue.state()
        for kind in CatalogueReview.Kind.allCases {
            let reviews = try await catalogue.reviews(kind, limit: 1_000)
            lines += reviews.map { "\(kind) \($0.subject) \($0.other)" }.sorted()
        }
        for article in try await catalogue.articles(limit: 1_000) {
            let linked = try await catalogue.linkedItems(of: article.number)[0]?.map(\.item.draft.sku) ?? []
            lines.append("\(article.draft.title) \(article.pictures.count) \(linked)")
        }
        lines.append(try await catalogue.titleFigures()?.text ?? "no figures")
        let known = try await catalogue.statistics()
        lines += known.generations.map { "\($0.space) \($0.state) \($0.number == known.serving)" }
        lines += known.partitions.map { "\($0.generation) \($0.category) \($0.vectors)" }.sorted()
        await open.close()
        return lines
    }

    /// Kills a command so many times, at drawn shares of what it writes when nobody disturbs it; where it ended before, it
    /// begins anew from what there was. The number of kills.
    private static func kill(
        _ arguments: [String], _ data: String, _ wanted: Int, writes: Int, _ random: inout SeededRandom
    ) async throws -> Int {
        let before = "\(data)-before"
        try FileManager.default.copyItem(atPath: data, toPath: before)
        defer { try? FileManager.default.removeItem(atPath: before) }
        var (kills, rounds) = (0, 0)
        while kills < wanted, rounds < 4 * wanted {
            rounds += 1
            if try await run(arguments, killAfter: 1 + Int(random.next() % UInt64(max(writes, 1)))).wasKilled {
                kills += 1
            } else {
                try FileManager.default.removeItem(atPath: data)
                try FileManager.default.copyItem(atPath: before, toPath: data)
            }
        }
        return kills
    }

    @Test("SCAN-115 hygiene, articles, titles and re-embedding end alike, however often their process is killed")
    func kills() async throws {
        let isFull = ProcessInfo.processInfo.environment["VITRINE_FAULT_FULL"] != nil
        let seed = UInt64.random(in: 0..<1 << 32)
        var random = SeededRandom(seed: seed)
        let shop = try Shop()
        try Self.write(in: shop)
        let (calm, killed) = ("\(shop.path)/calm", "\(shop.path)/killed")
        var (kills, writes) = (0, [[String]: Int]())
        for data in [calm, killed] {
            // Items are numbered as they come: both catalogues begin with one copy of the same import.
            if data == killed {
                try FileManager.default.copyItem(atPath: "\(shop.path)/first", toPath: killed)
            } else {
                let first = [
                    "catalogue", "import", "\(shop.path)/goods", "--catalogue", "shop", "--data", calm, "--models",
                    calm,
                ]
                #expect(try await !Self.run(first).wasKilled)
                try FileManager.default.copyItem(atPath: calm, toPath: "\(shop.path)/first")
            }
            for command in Self.commands {
                let arguments = Self.arguments(command, texts: "\(shop.path)/texts", data: data)
                if data == killed {
                    kills += try await Self.kill(
                        arguments, data, isFull ? 40 : 1, writes: writes[command] ?? 1, &random)
                }
                let end = try await Self.run(arguments)
                #expect(!end.wasKilled, "\(command) seed \(seed)")
                if data == calm { writes[command] = end.written }
            }
        }
        #expect(try await Self.outcome(calm) == Self.outcome(killed), "seed \(seed), \(kills) kills")
        if isFull { #expect(kills >= 200, "seed \(seed)") }
    }
}
