import Accounts
import Basics
import Messaging
import Testing

@Suite("Attention by push rules")
struct QuietRoomTests {
    private struct Desk {
        let shop: UserDataFixture
        let anna: Session
        let bert: Session
        let room: String

        func say(_ text: String, mentioning: Bool = false) async throws {
            var content: JSONObject = ["msgtype": "m.text", "body": .string(text)]
            if mentioning { content["m.mentions"] = ["user_ids": [.string(bert.user.text)]] }
            _ = try await shop.engine.send(
                anna, room: room, type: EventType.message, transaction: text, content: content)
        }

        /// The counts that a device of bert is told, by sync and in the list of conversations.
        func counts() async throws -> [Int64] {
            let sync = try JSON(parsing: try await shop.engine.sync(bert, SyncRequest()), limits: .stored)
            let told = sync["rooms"]?["join"]?[room]?["unread_notifications"]
            let list = try JSON(
                parsing: try await shop.engine.conversations(bert, ConversationRequest()), limits: .stored)
            let entry = list["conversations"]?.arrayValue?.first
            let fromSync = [told?["notification_count"]?.intValue ?? 0, told?["highlight_count"]?.intValue ?? 0]
            let fromList = [entry?["unread"]?.intValue ?? 0, entry?["highlight"]?.intValue ?? 0]
            #expect(fromSync == fromList)
            return fromSync
        }

        func change(_ edit: @escaping @Sendable (inout PushRuleSet) throws -> Void) async throws {
            let user = try #require(try await shop.accounts.user(number: bert.userNumber))
            try await shop.store.changePushRules(of: user, edit)
        }
    }

    private func atDesk(_ body: (Desk) async throws -> Void) async throws {
        try await UserDataFixture.run { shop in
            shop.engine.userData = shop.store
            let anna = try await shop.user("anna")
            let bert = try await shop.user("bert")
            let desk = Desk(shop: shop, anna: anna, bert: bert, room: try await shop.room(anna, bert))
            try await desk.say("one")
            try await desk.say("two", mentioning: true)
            #expect(try await desk.counts() == [2, 1])
            try await body(desk)
        }
    }

    @Test("MSG-46 a muted room counts nothing, from the moment the rule is stored until it is gone")
    func muted() async throws {
        try await atDesk { desk in
            let room = desk.room
            try await desk.change { rules in
                let condition: JSON = ["kind": "event_match", "key": "room_id", "pattern": .string(room)]
                try rules.put(.override, room, ["actions": [], "conditions": [condition]])
            }
            #expect(try await desk.counts() == [0, 0])
            try await desk.say("three", mentioning: true)
            #expect(try await desk.counts() == [0, 0])
            try await desk.change { try $0.setEnabled(.override, room, false) }
            #expect(try await desk.counts() == [3, 2])
        }
    }

    @Test("MSG-46 where only mentions are wanted, only mentions count")
    func onlyMentions() async throws {
        try await atDesk { desk in
            let room = desk.room
            try await desk.change { try $0.put(.room, room, ["actions": []]) }
            #expect(try await desk.counts() == [1, 1])
            try await desk.say("three")
            #expect(try await desk.counts() == [1, 1])
            try await desk.change { try $0.delete(.room, room) }
            #expect(try await desk.counts() == [3, 1])
        }
    }

    @Test("MSG-46 the master switch quiets all rooms; rules about one room leave the others alone")
    func masterAndOthers() async throws {
        try await atDesk { desk in
            try await desk.change { try $0.put(.room, "!other:shop.test", ["actions": []]) }
            #expect(try await desk.counts() == [2, 1])
            try await desk.change { try $0.setEnabled(.override, ".m.rule.master", true) }
            #expect(try await desk.counts() == [0, 0])
        }
    }
}
