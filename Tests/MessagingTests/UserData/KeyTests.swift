import Accounts
import Basics
import Crypto
import Foundation
import Messaging
import Storage
import Testing

@Suite("Keys of devices and users")
struct KeyTests {
    private func deviceKeys(_ session: Session, key: String = "k") -> JSON {
        [
            "user_id": .string(session.user.text), "device_id": .string(session.deviceID), "algorithms": ["x"],
            "keys": .object(["ed25519:\(session.deviceID)": .string(key)]), "signatures": [:],
        ]
    }

    @Test("MSG-55 a device's keys are stored, counted and shown to others with the name of the device")
    func upload() async throws {
        try await UserDataFixture.run { fixture in
            let alice = try await fixture.user("alice")
            let bob = try await fixture.user("bob")
            let reply = try await fixture.store.uploadKeys(
                [
                    "device_keys": deviceKeys(alice),
                    "one_time_keys": ["signed_curve25519:A": ["key": "1"], "signed_curve25519:B": ["key": "2"]],
                    "fallback_keys": ["signed_curve25519:F": ["key": "f", "fallback": true]],
                ], by: alice)
            #expect(reply == ["one_time_key_counts": ["signed_curve25519": 2]])
            let answer = try await fixture.store.queryKeys(["device_keys": ["@alice:shop.test": []]], by: bob)
            var expected = try #require(deviceKeys(alice).objectValue)
            expected["unsigned"] = ["device_display_name": "alice's"]
            #expect(answer["device_keys"]?["@alice:shop.test"]?["PHONE"] == .object(expected))
            #expect(answer["failures"] == [:])
            let news = try await fixture.news(alice, after: nil)
            #expect(news.oneTimeKeys == ["signed_curve25519": 2])
            #expect(news.unusedFallbackKeys == ["signed_curve25519"])
        }
    }

    @Test("Keys for another device or user are refused")
    func foreign() async throws {
        try await UserDataFixture.run { fixture in
            let alice = try await fixture.user("alice")
            let bob = try await fixture.user("bob")
            let code = try await refusal {
                _ = try await fixture.store.uploadKeys(["device_keys": deviceKeys(bob)], by: alice)
            }
            #expect(code == "M_INVALID_PARAM")
            for bad in [["one_time_keys": ["nocolon": "k"]], ["one_time_keys": 3], ["device_keys": 3]] as [JSONObject] {
                #expect(try await refusal { _ = try await fixture.store.uploadKeys(bad, by: alice) } == "M_BAD_JSON")
            }
        }
    }

    @Test("Each one-time key is given out once, however many claim at the same time; then the fallback key serves")
    func claim() async throws {
        try await UserDataFixture.run { fixture in
            let alice = try await fixture.user("alice")
            var keys: JSONObject = [:]
            for number in 0..<20 { keys["signed_curve25519:\(number)"] = ["key": .int(Int64(number))] }
            _ = try await fixture.store.uploadKeys(
                ["one_time_keys": .object(keys), "fallback_keys": ["signed_curve25519:F": ["key": -1]]], by: alice)
            let wish: JSONObject = ["one_time_keys": ["@alice:shop.test": ["PHONE": "signed_curve25519"]]]
            let claimed = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<25 {
                    group.addTask {
                        let reply = try await fixture.store.claimKeys(wish)
                        return reply["one_time_keys"]?["@alice:shop.test"]?["PHONE"]?.objectValue?.keys.first ?? ""
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            var expected: [String: Int] = keys.keys.reduce(into: [:]) { $0[$1] = 1 }
            expected["signed_curve25519:F"] = 5
            #expect(claimed == expected)
            let news = try await fixture.news(alice, after: nil)
            #expect(news.oneTimeKeys.isEmpty)
            #expect(news.unusedFallbackKeys.isEmpty)
            let other: JSONObject = [
                "one_time_keys": ["@alice:shop.test": ["PHONE": "other", "X": "signed_curve25519"]]
            ]
            #expect(try await fixture.store.claimKeys(other)["one_time_keys"] == [:])
        }
    }

    @Test("People who share a room hear of changed keys, others do not; who comes and who leaves is told too")
    func lists() async throws {
        try await UserDataFixture.run { fixture in
            let alice = try await fixture.user("alice")
            let bob = try await fixture.user("bob")
            let carol = try await fixture.user("carol")
            let room = try await fixture.room(alice, bob)
            var position = fixture.database.position
            _ = try await fixture.store.uploadKeys(["device_keys": deviceKeys(bob)], by: bob)
            #expect(try await fixture.news(alice, after: position).changedDevices == ["@bob:shop.test"])
            #expect(try await fixture.news(bob, after: position).changedDevices == ["@bob:shop.test"])
            #expect(try await fixture.news(carol, after: position).changedDevices.isEmpty)
            #expect(fixture.announced.all.last?.users == [alice.userNumber, bob.userNumber])
            position = fixture.database.position
            _ = try await fixture.store.uploadKeys(["device_keys": deviceKeys(bob)], by: bob)
            #expect(fixture.database.position == position, "the same keys are no change")
            _ = try await fixture.engine.join(carol, roomOrAlias: room)
            let seen = try await fixture.store.deviceListChanges(of: alice.userNumber, after: position)
            #expect(seen == ["changed": ["@carol:shop.test"], "left": []])
            let hers = try await fixture.store.deviceListChanges(of: carol.userNumber, after: position)
            #expect(Set(hers["changed"]?.arrayValue ?? []) == ["@alice:shop.test", "@bob:shop.test"])
            position = fixture.database.position
            try await fixture.engine.setMembership(bob, room: room, userID: bob.user.text, to: .leave)
            let left = try await fixture.store.deviceListChanges(of: alice.userNumber, after: position)
            #expect(left == ["changed": [], "left": ["@bob:shop.test"]])
        }
    }

    @Test("Cross-signing keys need a master key and its signature; signatures by others are for their makers only")
    func crossSigning() async throws {
        try await UserDataFixture.run { fixture in
            let alice = try await fixture.user("alice")
            let bob = try await fixture.user("bob")
            let (ours, theirs) = (CrossSigner(alice.user.text), CrossSigner(bob.user.text))
            #expect(
                try await refusal {
                    try await fixture.store.uploadCrossSigningKeys(["self_signing_key": ours.selfSigningKey], by: alice)
                } == "M_MISSING_PARAM")
            #expect(
                try await refusal {
                    try await fixture.store.uploadCrossSigningKeys(
                        ["master_key": ours.masterKey, "self_signing_key": theirs.selfSigningKey(of: alice.user.text)],
                        by: alice)
                } == "M_INVALID_SIGNATURE")
            #expect(try await !fixture.store.hasMasterKey(alice.userNumber))
            try await fixture.store.uploadCrossSigningKeys(
                ["master_key": ours.masterKey, "self_signing_key": ours.selfSigningKey], by: alice)
            try await fixture.store.uploadCrossSigningKeys(
                ["master_key": theirs.masterKey, "user_signing_key": theirs.userSigningKey], by: bob)
            #expect(try await fixture.store.hasMasterKey(alice.userNumber))
            let signed = theirs.signed(ours.masterKey)
            let upload: JSONObject = [alice.user.text: .object([ours.masterPublic: signed])]
            #expect(try await fixture.store.uploadSignatures(upload, by: bob) == ["failures": [:]])
            func master(_ session: Session) async throws -> JSON? {
                let answer = try await fixture.store.queryKeys(["device_keys": ["@alice:shop.test": []]], by: session)
                return answer["master_keys"]?["@alice:shop.test"]
            }
            #expect(try await master(bob)?["signatures"]?[bob.user.text] == signed["signatures"]?[bob.user.text])
            #expect(try await master(alice)?["signatures"]?[bob.user.text] == nil)
            let forged: JSONObject = [alice.user.text: .object([ours.masterPublic: ours.signed(ours.masterKey)])]
            let refused = try await fixture.store.uploadSignatures(forged, by: bob)
            #expect(refused["failures"]?[alice.user.text]?[ours.masterPublic]?["errcode"] == "M_INVALID_SIGNATURE")
        }
    }
}

/// Somebody with real cross-signing keys.
private struct CrossSigner {
    let user: String
    private let master = Curve25519.Signing.PrivateKey()
    private let own = Curve25519.Signing.PrivateKey()
    private let others = Curve25519.Signing.PrivateKey()

    init(_ user: String) { self.user = user }

    var masterPublic: String { Self.base64(master.publicKey.rawRepresentation) }
    var masterKey: JSON { Self.key(master, "master", of: user) }
    var selfSigningKey: JSON { selfSigningKey(of: user) }
    var userSigningKey: JSON { Self.sign(Self.key(others, "user_signing", of: user), with: master, as: user) }

    func selfSigningKey(of owner: String) -> JSON {
        Self.sign(Self.key(own, "self_signing", of: owner), with: master, as: owner)
    }

    /// A key signed with this user's user-signing key.
    func signed(_ key: JSON) -> JSON { Self.sign(key, with: others, as: user) }

    private static func key(_ secret: Curve25519.Signing.PrivateKey, _ usage: String, of user: String) -> JSON {
        let name = base64(secret.publicKey.rawRepresentation)
        return [
            "user_id": .string(user), "usage": [.string(usage)], "keys": .object(["ed25519:\(name)": .string(name)]),
        ]
    }

    private static func sign(_ key: JSON, with secret: Curve25519.Signing.PrivateKey, as user: String) -> JSON {
        var object = key.objectValue ?? [:]
        let signature = (try? secret.signature(for: JSON.object(object).canonical())) ?? Data()
        let name = "ed25519:" + base64(secret.publicKey.rawRepresentation)
        object["signatures"] = .object([user: .object([name: .string(base64(signature))])])
        return .object(object)
    }

    private static func base64(_ data: Data) -> String {
        data.base64EncodedString().replacing("=", with: "")
    }
}
