import Basics
import Foundation
import TestSupport
import Testing
import VisualSearch

/// `vitrine catalogue import` is killed in the middle of its work, again and again until it ends.
///
/// With `VITRINE_FAULT_FULL=1` 200 times over several catalogues, else a few.
@Suite("A killed import", .serialized)
struct ImportKillTests {
    /// Runs the import and kills it when its folder of files has grown by so many; false if it ended before.
    private static func run(_ arguments: [String], data: String, killAfter limit: Int) async throws -> Bool {
        let before = files(below: data)
        let child = try RunningCommand([try Program.path()] + arguments)
        await onThread {
            while !child.hasEnded {
                if files(below: data) >= before + limit { return child.signal(SIGKILL) }
                sched_yield()
            }
        }
        return await child.exitStatus() == -SIGKILL
    }

    private static func files(below path: String) -> Int {
        (FileManager.default.enumerator(atPath: "\(path)/media")?.allObjects.count) ?? 0
    }

    @Test("SCAN-030 SCAN-035 SCAN-115 kill -9 at any moment of an import loses nothing and repeats nothing")
    func kills() async throws {
        let wanted = ProcessInfo.processInfo.environment["VITRINE_FAULT_FULL"] != nil ? 200 : 3
        let seed = UInt64.random(in: 0..<1 << 32)
        var random = SeededRandom(seed: seed)
        var kills = 0
        while kills < wanted {
            let shop = try Shop()
            let source = try ImportTests.folder(in: shop)
            let data = "\(shop.path)/data"
            let arguments = ["catalogue", "import", source, "--catalogue", "shop", "--data", data, "--models", data]
            // The files of nine pictures with their folders; a kill may come before the first or after the last.
            while try await Self.run(arguments, data: data, killAfter: Int(random.next() % 9)) {
                kills += 1
                if kills >= wanted { break }
            }
            _ = try await Self.run(arguments, data: data, killAfter: .max / 2)
            try await check(data, seed: seed)
        }
    }

    /// The catalogue is as one undisturbed import leaves it.
    private func check(_ data: String, seed: UInt64) async throws {
        let shop = try Shop(path: data)
        let open = try shop.openAsProgram()
        let catalogue = try await open.catalogues.catalogue("shop")
        let known = try await catalogue.statistics()
        #expect(known.items == 5, "seed \(seed)")
        #expect(known.pictures == [.visible: 8, .aliased: 1], "seed \(seed)")
        #expect(known.partitions.reduce(0) { $0 + $1.vectors } == 8, "seed \(seed)")
        for number in 1...4 as ClosedRange<UInt64> {
            #expect(try await catalogue.found(Goods.photo(number + 10)).first == "sku-\(number)", "seed \(seed)")
        }
        await open.close()
    }
}
