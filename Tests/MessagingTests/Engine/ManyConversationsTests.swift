import Accounts
import Basics
import Messaging
import TestSupport
import Testing

@Suite struct ManyConversationsTests {
    @Test("MSG-25 the first screen of somebody with many conversations and unread messages is small and right")
    func firstScreen() async throws {
        let (rooms, each) = (TestScale.pick(30, full: 1_000), TestScale.pick(20, full: 120))
        try await UserDataFixture.run { fixture in
            let (alice, bob) = (try await fixture.user("alice"), try await fixture.user("bob"))
            var unread: [String: Int64] = [:]
            for index in 0..<rooms {
                let room = try await fixture.room(alice, bob)
                let count = index % 7 == 0 ? 0 : each
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for number in 0..<count {
                        tasks.addTask {
                            _ = try await fixture.engine.send(
                                alice, room: room, type: EventType.message, transaction: "\(number)",
                                content: ["msgtype": "m.text", "body": .string("message \(number) of \(room)")])
                        }
                    }
                    try await tasks.waitForAll()
                }
                unread[room] = Int64(count)
                fixture.clock.advance(milliseconds: 1_000)
            }
            // As after a restart: nothing of it in memory.
            let cold = MessagingEngine(database: fixture.database, accounts: fixture.accounts, clock: fixture.clock)
            let began = ContinuousClock.now
            let first = try await cold.conversations(bob, ConversationRequest())
            let coldTime = ContinuousClock.now - began
            let again = ContinuousClock.now
            _ = try await cold.conversations(bob, ConversationRequest())
            let warmTime = ContinuousClock.now - again
            #expect(first.count < 200_000)
            let shown = try JSON(parsing: first, limits: .stored)["conversations"]?.arrayValue ?? []
            #expect(shown.count == min(50, rooms))
            for entry in shown {
                #expect(entry["unread"]?.intValue == unread[entry["room"]?.stringValue ?? ""])
            }
            print(
                "first screen of \(rooms) conversations, \(unread.values.reduce(0, +)) unread: \(first.count) bytes,",
                "\(coldTime) cold, \(warmTime) warm")
        }
    }
}
