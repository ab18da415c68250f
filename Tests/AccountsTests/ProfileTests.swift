import Basics
import Testing

@testable import Accounts

@Suite("Profiles")
struct ProfileTests {
    @Test("Fields are set, read and deleted; each change is told once, and setting the same again is none")
    func fields() async throws {
        try await AccountsFixture.run { fixture in
            let accounts = fixture.accounts
            let changes = Recorder<ProfileChange>()
            accounts.onProfileChanged = { changes.append($0) }
            let user = try await fixture.register("alice").user
            try await accounts.setProfileField("displayname", to: "Alice", of: user.number)
            try await accounts.setProfileField("displayname", to: "Alice", of: user.number)
            try await accounts.setProfileField("avatar_url", to: "mxc://shop.test/a", of: user.number, spreads: false)
            try await accounts.setProfileField("m.tz", to: "Asia/Shanghai", of: user.number)
            #expect(changes.values.map(\.fields) == [["displayname"], ["avatar_url"], ["m.tz"]])
            #expect(changes.values.map(\.spreads) == [true, false, true])
            #expect(changes.values.last?.user.displayName == "Alice")
            let wanted: JSONObject = [
                "displayname": "Alice", "avatar_url": "mxc://shop.test/a", "m.tz": "Asia/Shanghai",
            ]
            #expect(try await accounts.profile(of: user) == wanted)
            #expect(try await accounts.user(number: user.number)?.displayName == "Alice")
            for name in ["displayname", "avatar_url", "m.tz"] {
                try await accounts.setProfileField(name, to: nil, of: user.number)
            }
            #expect(try await accounts.profile(of: user).isEmpty)
        }
    }

    @Test(
        "Fields beyond the limits are refused and change nothing",
        arguments: [
            ("displayname", JSON.int(3), "M_BAD_JSON"),
            ("displayname", .string(String(repeating: "a", count: 257)), "M_BAD_JSON"),
            ("avatar_url", .array([]), "M_BAD_JSON"),
            (String(repeating: "k", count: 256), "v", "M_KEY_TOO_LARGE"),
            ("big", .string(String(repeating: "a", count: 65_536)), "M_PROFILE_TOO_LARGE"),
            ("", "v", "M_INVALID_PARAM"),
        ])
    func limits(name: String, value: JSON, code: String) async throws {
        try await AccountsFixture.run { fixture in
            let user = try await fixture.register("alice").user
            let refused = try await refusal {
                try await fixture.accounts.setProfileField(name, to: value, of: user.number)
            }
            #expect(refused == code)
            #expect(try await fixture.accounts.profile(of: user).isEmpty)
        }
    }

    @Test("All fields together stay within 64 KiB")
    func wholeProfile() async throws {
        try await AccountsFixture.run { fixture in
            let user = try await fixture.register("alice").user
            let half = JSON.string(String(repeating: "a", count: 32_000))
            for name in ["one", "two"] { try await fixture.accounts.setProfileField(name, to: half, of: user.number) }
            let code = try await refusal {
                try await fixture.accounts.setProfileField("three", to: half, of: user.number)
            }
            #expect(code == "M_PROFILE_TOO_LARGE")
            #expect(try await fixture.accounts.profile(of: user).keys.sorted() == ["one", "two"])
        }
    }
}
