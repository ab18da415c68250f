import Accounts
import Basics
import Messaging
import TestSupport
import Testing

@Suite struct JoinPositionTests {
    @Test("MSG-21 what a new member may read begins at the join's place in the room, whatever the clock says")
    func clockGoesBack() async throws {
        try await UserDataFixture.run { fixture in
            let (alice, bob) = (try await fixture.user("alice"), try await fixture.user("bob"))
            let room = try await fixture.engine.createRoom(
                alice,
                try RoomCreation([
                    "invite": [.string(bob.user.text)],
                    "initial_state": [
                        ["type": "m.room.history_visibility", "content": ["history_visibility": "joined"]]
                    ],
                ]))
            var sent: [String] = []
            func say(_ text: String) async throws {
                sent.append(
                    try await fixture.engine.send(
                        alice, room: room, type: EventType.message, transaction: text,
                        content: ["msgtype": "m.text", "body": .string(text)]))
            }
            for index in 0..<5 { try await say("before \(index)") }
            // By the times alone, bob would have been there before all of it.
            fixture.clock.advance(milliseconds: -40 * 86_400_000)
            _ = try await fixture.engine.join(bob, roomOrAlias: room)
            let join = try #require(try await fixture.engine.joinEvent(of: bob, in: room))
            for index in 0..<5 {
                fixture.clock.advance(milliseconds: -1_000)
                try await say("after \(index)")
            }
            let history = try await ModelClient(bob, engine: fixture.engine).history(
                room, pageSize: 50, isForwards: true)
            #expect(history.filter(sent.contains) == Array(sent.suffix(5)))
            #expect(history.suffix(6).first == join)
        }
    }
}

extension MessagingEngine {
    /// The id of the event by which somebody joined.
    fileprivate func joinEvent(of user: Session, in room: String) async throws -> String? {
        let state = try JSON(parsing: try await state(user, room: room), limits: .stored)
        let member = state.arrayValue?.first {
            $0["type"]?.stringValue == EventType.member && $0["state_key"]?.stringValue == user.user.text
        }
        return member?["event_id"]?.stringValue
    }
}
