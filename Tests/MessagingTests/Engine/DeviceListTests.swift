import Accounts
import Basics
import Messaging
import Testing

@Suite struct DeviceListTests {
    private func sync(_ fixture: UserDataFixture, _ user: Session, since: String?) async throws -> JSON {
        var request = SyncRequest()
        request.since = try since.map { try SyncToken(parsing: $0) }
        return try JSON(parsing: try await fixture.engine.sync(user, request), limits: .stored)
    }

    @Test("MSG-55 who comes into an encrypted room is named to its members, and they to him")
    func joining() async throws {
        try await UserDataFixture.run { fixture in
            fixture.engine.userData = fixture.store
            let alice = try await fixture.user("alice")
            let bob = try await fixture.user("bob")
            let room = try await fixture.room(alice)
            _ = try await fixture.engine.setState(
                alice, room: room, type: EventType.encryption, key: "", content: ["algorithm": "m.megolm.v1.aes-sha2"])
            let aliceToken = try #require(try await sync(fixture, alice, since: nil)["next_batch"]?.stringValue)
            let bobToken = try #require(try await sync(fixture, bob, since: nil)["next_batch"]?.stringValue)
            _ = try await fixture.engine.join(bob, roomOrAlias: room)
            let toAlice = try await sync(fixture, alice, since: aliceToken)
            #expect(toAlice["device_lists"]?["changed"]?.arrayValue?.contains(.string(bob.user.text)) == true)
            let toBob = try await sync(fixture, bob, since: bobToken)
            #expect(toBob["device_lists"]?["changed"]?.arrayValue?.contains(.string(alice.user.text)) == true)
            let plain = try await fixture.room(alice)
            let before = try #require(toAlice["next_batch"]?.stringValue)
            _ = try await fixture.engine.join(bob, roomOrAlias: plain)
            #expect(try await sync(fixture, alice, since: before)["device_lists"] == nil)
        }
    }
}
