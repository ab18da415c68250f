import Accounts
import Basics
import Messaging
import Storage
import Testing

@Suite("Account data and tags")
struct AccountDataTests {
    @Test("A change is told to its owner's devices once, after the position they had")
    func told() async throws {
        try await UserDataFixture.run { fixture in
            let alice = try await fixture.user("alice")
            let bob = try await fixture.user("bob")
            let before = fixture.database.position
            try await fixture.store.setAccountData("org.example", ["a": 1], of: alice.userNumber)
            #expect(try await fixture.news(alice, after: before).accountData("org.example") == ["a": 1])
            #expect(try await fixture.news(alice, after: fixture.database.position).accountData.isEmpty)
            #expect(try await fixture.news(bob, after: before).accountData.isEmpty)
            #expect(fixture.announced.all.map(\.users) == [[alice.userNumber]])
        }
    }

    @Test("Storing what is stored already draws no position, whatever the order of the members")
    func noChange() async throws {
        try await UserDataFixture.run { fixture in
            let user = try await fixture.user("alice").userNumber
            try await fixture.store.setAccountData("t", ["a": 1, "b": 2], of: user)
            let position = fixture.database.position
            try await fixture.store.setAccountData("t", ["b": 2, "a": 1], of: user)
            #expect(fixture.database.position == position)
            try await fixture.store.setAccountData("t", ["a": 1], of: user)
            #expect(fixture.database.position == position + 1)
        }
    }

    @Test("Data of the account and of rooms are apart, and every user has their own")
    func apart() async throws {
        try await UserDataFixture.run { fixture in
            let alice = try await fixture.user("alice").userNumber
            let bob = try await fixture.user("bob").userNumber
            let room = try #require(RoomNumber(value: 7))
            try await fixture.store.setAccountData("t", ["where": "account"], of: alice)
            try await fixture.store.setAccountData("t", ["where": "room"], room: room, of: alice)
            #expect(try await fixture.store.accountData("t", of: alice) == Array(#"{"where":"account"}"#.utf8))
            #expect(try await fixture.store.accountData("t", room: room, of: alice) == Array(#"{"where":"room"}"#.utf8))
            #expect(try await fixture.store.accountData("t", of: bob) == nil)
        }
    }

    @Test("What the server keeps by itself cannot be set", arguments: ["m.push_rules", "m.fully_read"])
    func managed(type: String) async throws {
        try await UserDataFixture.run { fixture in
            let user = try await fixture.user("alice").userNumber
            let error = await #expect(throws: RequestError.self) {
                try await fixture.store.setAccountData(type, [:], of: user)
            }
            #expect(error?.status == 405)
        }
    }

    @Test("Replies cut at any positions hold together exactly the newest content of every type")
    func property() async throws {
        for seed in UInt64(1)...5 {
            try await UserDataFixture.run { fixture in
                var random = SeededRandom(seed: seed)
                let alice = try await fixture.user("alice")
                var model: [String: JSON] = [:]
                var client: [String: JSON] = [:]
                var since = fixture.database.position
                for step in 0..<80 {
                    let type = "t\(Int.random(in: 0..<5, using: &random))"
                    let content: JSONObject = ["n": .int(Int64(Bool.random(using: &random) ? step : 0))]
                    try await fixture.store.setAccountData(type, content, of: alice.userNumber)
                    model[type] = .object(content)
                    guard Int.random(in: 0..<4, using: &random) == 0 else { continue }
                    let now = fixture.database.position
                    for entry in try await fixture.store.news(for: alice, after: since, upTo: now).accountData {
                        client[entry.type] = try JSON(parsing: entry.content)
                    }
                    since = now
                    #expect(client == model, "seed \(seed)")
                }
            }
        }
    }

    @Test("Tags are put on and taken off rooms")
    func tags() async throws {
        try await UserDataFixture.run { fixture in
            let user = try await fixture.user("alice").userNumber
            let room = try #require(RoomNumber(value: 7))
            try await fixture.store.setTag("u.work", ["order": 0.25], room: room, of: user)
            try await fixture.store.setTag("m.favourite", [:], room: room, of: user)
            #expect(
                try await fixture.store.tags(room: room, of: user) == ["u.work": ["order": 0.25], "m.favourite": [:]])
            try await fixture.store.removeTag("u.work", room: room, of: user)
            #expect(try await fixture.store.tags(room: room, of: user) == ["m.favourite": [:]])
            let code = try await refusal {
                try await fixture.store.setTag("u.x", ["order": "first"], room: room, of: user)
            }
            #expect(code == "M_BAD_JSON")
        }
    }

    @Test("Tags put on at the same time are all there afterwards")
    func concurrentTags() async throws {
        try await UserDataFixture.run { fixture in
            let user = try await fixture.user("alice").userNumber
            let room = try #require(RoomNumber(value: 7))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<50 {
                    group.addTask { try await fixture.store.setTag("u.\(number)", [:], room: room, of: user) }
                }
                try await group.waitForAll()
            }
            #expect(try await fixture.store.tags(room: room, of: user).objectValue?.count == 50)
        }
    }

    @Test("Push rules are part of a first reply and come again when they change")
    func pushRules() async throws {
        try await UserDataFixture.run { fixture in
            let alice = try await fixture.user("alice")
            let record = try #require(try await fixture.accounts.user(number: alice.userNumber))
            let first = try await fixture.news(alice, after: nil).accountData("m.push_rules")
            #expect(first == PushRuleSet(userID: alice.user.text).json)
            let position = fixture.database.position
            try await fixture.store.changePushRules(of: record) { try $0.setEnabled(.override, ".m.rule.master", true) }
            let changed = try await fixture.news(alice, after: position).accountData("m.push_rules")
            #expect(changed == (try await fixture.store.pushRules(of: record)).json)
            #expect(changed != first)
            let after = fixture.database.position
            try await fixture.store.changePushRules(of: record) { try $0.setEnabled(.override, ".m.rule.master", true) }
            #expect(fixture.database.position == after, "no change, no position")
            let code = try await refusal {
                try await fixture.store.changePushRules(of: record) { try $0.delete(.room, "!none:shop.test") }
            }
            #expect(code == "M_NOT_FOUND")
        }
    }

    @Test("A filter is stored once, found by its id, and refused if it makes no sense")
    func filters() async throws {
        try await UserDataFixture.run { fixture in
            let alice = try await fixture.user("alice").userNumber
            let bob = try await fixture.user("bob").userNumber
            let filter: JSONObject = ["room": ["timeline": ["limit": 3]]]
            let id = try await fixture.store.addFilter(filter, of: alice)
            #expect(try await fixture.store.addFilter(filter, of: alice) == id)
            #expect(try await fixture.store.filter(id, of: alice).timelineLimit == 3)
            #expect(try await fixture.store.filter(#"{"room":{"timeline":{"limit":5}}}"#, of: alice).timelineLimit == 5)
            #expect(try await refusal { _ = try await fixture.store.filter(id, of: bob) } == "M_NOT_FOUND")
            for text in ["x", "-1", "99", "9999999999999999999999"] {
                #expect(try await refusal { _ = try await fixture.store.filter(text, of: alice) } == "M_NOT_FOUND")
            }
            #expect(try await refusal { _ = try await fixture.store.filter("{", of: alice) } == "M_NOT_JSON")
            let bad: JSONObject = ["room": 3]
            #expect(try await refusal { _ = try await fixture.store.addFilter(bad, of: alice) } == "M_BAD_JSON")
            for limit in 10..<120 {
                let another: JSONObject = ["room": ["timeline": ["limit": .int(Int64(limit))]]]
                _ = try await fixture.store.addFilter(another, of: alice)
            }
            #expect(try await refusal { _ = try await fixture.store.filter(id, of: alice) } == "M_NOT_FOUND")
        }
    }
}
