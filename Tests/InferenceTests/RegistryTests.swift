import Basics
import Evaluation
import Testing

@testable import Inference

@Suite("The registry of models")
struct RegistryTests {
    private static func entry(
        _ version: String, id: String = "item-embed", role: ModelRole = .itemEmbedder, hash: String = "a",
        space: String? = "s1"
    ) -> ModelEntry {
        ModelEntry(
            key: ModelKey(id: id, version: version), role: role, sha256: hash, bytes: 10, space: space, isCaged: true,
            added: 0, state: .trial, reason: "", predecessor: nil, changed: 0)
    }

    private static func key(_ version: String) -> ModelKey { ModelKey(id: "item-embed", version: version) }

    private static func registry(_ versions: [(String, String?)] = [("1.0.0", "s1"), ("2.0.0", "s1")]) throws
        -> ModelRegistry
    {
        var registry = ModelRegistry()
        for (version, space) in versions {
            _ = try registry.add(entry(version, hash: version, space: space))
            try registry.tried(key(version), failure: nil, at: 1)
        }
        return registry
    }

    private static func verdict(_ change: Double) -> Gate.Verdict {
        let old = (0..<40).map { Double($0 % 10) / 10 }
        return Gate().compare(old: old, new: old.map { $0 + change })
    }

    @Test("LEARN-131 a version goes from trial to staged, measured and active; the gate decides over a second one")
    func way() throws {
        var registry = try Self.registry()
        #expect(registry[Self.key("1.0.0")]?.state == .staged)
        #expect(try registry.activate(Self.key("1.0.0"), .none, at: 2).previous == nil)
        try registry.measured(Self.key("2.0.0"), at: 3)
        #expect(registry[Self.key("2.0.0")]?.state == .measured)
        #expect { try registry.activate(Self.key("2.0.0"), .none, at: 4) } throws: {
            ($0 as? RegistryRefusal)?.kind == .gate
        }
        let worse = ModelRegistry.Evidence.verdict(Self.verdict(-0.1), against: Self.key("1.0.0"))
        #expect { try registry.activate(Self.key("2.0.0"), worse, at: 4) } throws: {
            ($0 as? RegistryRefusal)?.kind == .gate
        }
        #expect(registry.active(.itemEmbedder)?.key == Self.key("1.0.0"))
        let good = ModelRegistry.Evidence.verdict(Self.verdict(0.01), against: Self.key("1.0.0"))
        #expect(try registry.activate(Self.key("2.0.0"), good, at: 5).previous == Self.key("1.0.0"))
        #expect(registry[Self.key("1.0.0")]?.state == .retired)
    }

    @Test("LEARN-131 an override is possible and stays on record")
    func override() throws {
        var registry = try Self.registry()
        _ = try registry.activate(Self.key("1.0.0"), .none, at: 2)
        _ = try registry.activate(Self.key("2.0.0"), .override(by: "@anna", reason: "a demonstration"), at: 3)
        #expect(registry[Self.key("2.0.0")]?.reason == "Activated by @anna without the gate: a demonstration")
    }

    @Test("LEARN-131 of two administrators who activate at once the second is judged by what the first did")
    func race() throws {
        var registry = try Self.registry([("1.0.0", "s1"), ("2.0.0", "s1"), ("3.0.0", "s1")])
        _ = try registry.activate(Self.key("1.0.0"), .none, at: 2)
        // Both measured against 1.0.0.
        let evidence = ModelRegistry.Evidence.verdict(Self.verdict(0.01), against: Self.key("1.0.0"))
        _ = try registry.activate(Self.key("2.0.0"), evidence, at: 3)
        #expect { try registry.activate(Self.key("3.0.0"), evidence, at: 3) } throws: {
            ($0 as? RegistryRefusal)?.kind == .stale
        }
        // The same call again is no harm.
        #expect(try registry.activate(Self.key("2.0.0"), evidence, at: 4).active == Self.key("2.0.0"))
        #expect(registry.all.count { $0.state == .active } == 1)
    }

    @Test("one step back, and another")
    func rollBack() throws {
        var registry = try Self.registry([("1.0.0", "s1"), ("2.0.0", "s1"), ("3.0.0", "s1")])
        for version in ["1.0.0", "2.0.0", "3.0.0"] {
            _ = try registry.activate(Self.key(version), .override(by: "a", reason: "b"), at: 2)
        }
        #expect(try registry.rollBack(.itemEmbedder, at: 3).active == Self.key("2.0.0"))
        #expect(try registry.rollBack(.itemEmbedder, at: 4).active == Self.key("1.0.0"))
        #expect { try registry.rollBack(.itemEmbedder, at: 5) } throws: { ($0 as? RegistryRefusal)?.kind == .missing }
        #expect { try registry.rollBack(.faceEmbedder, at: 5) } throws: { ($0 as? RegistryRefusal)?.kind == .missing }
    }

    @Test("LEARN-134 a version that misbehaves or is damaged gives way to the nearest good one before it")
    func fallBack() throws {
        var registry = try Self.registry([("1.0.0", "s1"), ("2.0.0", "s1"), ("3.0.0", "s1")])
        for version in ["1.0.0", "2.0.0", "3.0.0"] {
            _ = try registry.activate(Self.key(version), .override(by: "a", reason: "b"), at: 2)
        }
        #expect(try registry.damaged(Self.key("2.0.0"), "the hash differs", at: 3) == nil)
        #expect(try registry.quarantine(Self.key("3.0.0"), "three crashes", at: 4)?.active == Self.key("1.0.0"))
        #expect(registry[Self.key("3.0.0")]?.reason == "three crashes")
        #expect(try registry.quarantine(Self.key("1.0.0"), "three crashes", at: 5) == nil)
        #expect(registry.active(.itemEmbedder) == nil)
        #expect { try registry.activate(Self.key("2.0.0"), .none, at: 6) } throws: {
            ($0 as? RegistryRefusal)?.kind == .state
        }
    }

    @Test("LEARN-135 a query is answered inside one space: the old one until all vectors are made anew, then no more")
    func spaces() throws {
        var registry = try Self.registry([("1.0.0", "s1"), ("2.0.0", "s2")])
        _ = try registry.activate(Self.key("1.0.0"), .none, at: 2)
        #expect { try registry.answering(.itemEmbedder, space: "s2") } throws: {
            ($0 as? RegistryRefusal)?.kind == .space
        }
        _ = try registry.activate(Self.key("2.0.0"), .override(by: "a", reason: "b"), at: 3)
        #expect(registry[Self.key("1.0.0")]?.state == .draining)
        #expect(try registry.answering(.itemEmbedder, space: "s1").key == Self.key("1.0.0"))
        #expect(try registry.answering(.itemEmbedder, space: "s2").key == Self.key("2.0.0"))
        #expect(registry.serving(.itemEmbedder).map(\.key) == [Self.key("2.0.0"), Self.key("1.0.0")])
        #expect { try registry.remove(Self.key("1.0.0")) } throws: { ($0 as? RegistryRefusal)?.kind == .state }
        registry.refilled(.itemEmbedder, at: 4)
        #expect { try registry.answering(.itemEmbedder, space: "s1") } throws: {
            ($0 as? RegistryRefusal)?.kind == .space
        }
        try registry.remove(Self.key("1.0.0"))
    }

    @Test("LEARN-110 versions are kept up to a limit; the same bytes again change nothing, other bytes are refused")
    func versions() throws {
        var registry = ModelRegistry()
        for patch in 0..<10 { #expect(try registry.add(Self.entry("1.0.\(patch)"))) }
        #expect(try registry.add(Self.entry("1.0.3")) == false)
        #expect { try registry.add(Self.entry("1.0.3", hash: "b")) } throws: {
            ($0 as? RegistryRefusal)?.kind == .taken
        }
        #expect { try registry.add(Self.entry("1.0.10")) } throws: { ($0 as? RegistryRefusal)?.kind == .full }
        try registry.remove(Self.key("1.0.0"))
        #expect(try registry.add(Self.entry("1.0.10")))
        #expect(registry.all.last?.key.version == "1.0.10")
        for number in 0..<63 { #expect(try registry.add(Self.entry("1.0.0", id: "other-\(number)"))) }
        #expect { try registry.add(Self.entry("1.0.0", id: "one-more")) } throws: {
            ($0 as? RegistryRefusal)?.kind == .full
        }
    }

    @Test("what was changed is told once, and a failed trial is never served")
    func changes() throws {
        var registry = try Self.registry()
        #expect(registry.takeChanges().written.map(\.key) == [Self.key("1.0.0"), Self.key("2.0.0")])
        #expect(registry.takeChanges().written.isEmpty)
        _ = try registry.add(Self.entry("3.0.0"))
        try registry.tried(Self.key("3.0.0"), failure: "it does not end", at: 3)
        #expect { try registry.activate(Self.key("3.0.0"), .none, at: 4) } throws: {
            ($0 as? RegistryRefusal)?.kind == .state
        }
        try registry.remove(Self.key("3.0.0"))
        let changes = registry.takeChanges()
        #expect(changes.written.isEmpty && changes.removed == [Self.key("3.0.0")])
        #expect { try registry.retire(Self.key("9.0.0"), at: 5) } throws: { ($0 as? RegistryRefusal)?.kind == .missing }
    }

    /// What must hold whatever is done: one active version a role, and it is never one that was taken out.
    @Test(
        "LEARN-131 whatever is done in whatever order, a role has one active version at most",
        arguments: 1...8 as ClosedRange<UInt64>)
    func property(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var registry = try Self.registry((1...5).map { ("\($0).0.0", "s\($0 % 2)") })
        for step in 0..<200 {
            let key = Self.key("\(Int.random(in: 1...6, using: &random)).0.0")
            let now = Int64(step)
            switch Int.random(in: 0..<8, using: &random) {
            case 0, 1: _ = try? registry.activate(key, .override(by: "a", reason: "b"), at: now)
            case 2: _ = try? registry.rollBack(.itemEmbedder, at: now)
            case 3: try? registry.retire(key, at: now)
            case 4 where step % 10 == 0: _ = try? registry.quarantine(key, "r", at: now)
            case 5: registry.refilled(.itemEmbedder, at: now)
            case 6: _ = try? registry.add(Self.entry("6.0.0", hash: "6"))
            default: _ = try? registry.activate(key, .none, at: now)
            }
            #expect(registry.all.count { $0.state == .active } <= 1)
            for entry in registry.all where entry.state == .draining {
                #expect(entry.space != registry.active(.itemEmbedder)?.space || registry.active(.itemEmbedder) == nil)
            }
        }
    }
}
