import Basics
import Storage
import TestSupport
import Testing

@testable import Accounts

@Suite("Login by password")
struct LoginTests {
    @Test("A user is known by localpart, by full id and by the older user member")
    func identifiers() async throws {
        try await AccountsFixture.run { fixture in
            _ = try await fixture.register("alice")
            let names: [JSONObject] = [
                AccountsFixture.name("alice"), AccountsFixture.name("@alice:shop.test"), ["user": "alice"],
                ["user": "@alice:shop.test"],
            ]
            for name in names {
                let grant = try await fixture.accounts.login(identifier: name, password: AccountsFixture.password)
                #expect(grant.user.identifier.localpart == "alice")
            }
        }
    }

    @Test("Whoever is not known here is refused the same way as a wrong password")
    func refusals() async throws {
        try await AccountsFixture.run { fixture in
            _ = try await fixture.register("alice")
            for (user, password) in [("alice", "wrong horse"), ("bob", AccountsFixture.password)] {
                let error = await #expect(throws: RequestError.self) {
                    _ = try await fixture.login(user, password: password)
                }
                #expect(error == .forbidden("The user or the password is wrong."))
            }
            #expect(try await refusal { _ = try await fixture.login("@alice:other.test") } == "M_FORBIDDEN")
            let phone: JSONObject = ["identifier": ["type": "m.id.phone", "country": "GB", "phone": "1"]]
            #expect(
                try await refusal { _ = try await fixture.accounts.login(identifier: phone, password: "x") }
                    == "M_UNKNOWN")
            #expect(
                try await refusal { _ = try await fixture.accounts.login(identifier: [:], password: "x") }
                    == "M_MISSING_PARAM")
        }
    }

    @Test("After five failures even the right password waits 15 minutes")
    func throttled() async throws {
        try await AccountsFixture.run { fixture in
            _ = try await fixture.register("alice")
            for _ in 0..<5 {
                #expect(
                    try await refusal { _ = try await fixture.login("alice", password: "wrong horse") } == "M_FORBIDDEN"
                )
            }
            let error = await #expect(throws: RequestError.self) { _ = try await fixture.login("alice") }
            #expect(error?.status == 429)
            #expect(error?.retryAfterMilliseconds == 900_000)
            fixture.clock.advance(milliseconds: 900_000)
            #expect(try await fixture.login("alice").user.identifier.localpart == "alice")
        }
    }

    @Test("Guesses made side by side gain nothing")
    func parallelGuesses() async throws {
        try await AccountsFixture.run { fixture in
            _ = try await fixture.register("alice")
            let codes = await withTaskGroup(of: String?.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        try? await refusal { _ = try await fixture.login("alice", password: "guess \(number)") }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1 ?? "in", default: 0] += 1 }
            }
            #expect(codes == ["M_FORBIDDEN": 5, "M_LIMIT_EXCEEDED": 35])
        }
    }

    @Test("A password stored with another cost is stored anew at the next login")
    func upgrades() async throws {
        try await AccountsFixture.run { fixture in
            let grant = try await fixture.register("alice")
            var policy = fixture.accounts.policy
            policy.passwordCost = PasswordCost(memoryKibibytes: 128, passes: 2)
            let later = Accounts(
                database: fixture.database, serverName: "shop.test", policy: policy, clock: fixture.clock)
            for _ in 0..<2 {
                _ = try await later.login(
                    identifier: AccountsFixture.name("alice"), password: AccountsFixture.password)
            }
            let stored = try await fixture.database.read { connection in
                try later.queries(connection).password(of: grant.user.number)
            }
            #expect(try #require(stored).contains("m=128,t=2,p=1"))
        }
    }

    @Test("A login on a known device ends the tokens it had; another device keeps its own")
    func takesOver() async throws {
        try await AccountsFixture.run { fixture in
            let ended = Recorder<[Int64]>()
            fixture.accounts.onSessionsEnded = { ended.append($0) }
            let first = try await fixture.register("alice", device: "PHONE")
            let other = try await fixture.login("alice", device: DeviceRequest(deviceID: "DESK"))
            let second = try await fixture.login("alice", device: DeviceRequest(deviceID: "PHONE"))
            #expect(second.deviceNumber == first.deviceNumber)
            #expect(ended.values == [[first.deviceNumber]])
            #expect(
                try await refusal { _ = try await fixture.accounts.session(token: first.accessToken) }
                    == "M_UNKNOWN_TOKEN")
            for grant in [other, second] {
                #expect(try await fixture.accounts.session(token: grant.accessToken).deviceID == grant.deviceID)
            }
        }
    }

    @Test("The device unused for longest makes room when a user has as many as allowed")
    func deviceLimit() async throws {
        try await AccountsFixture.run({ $0.maximumDevices = 3 }) { fixture in
            let first = try await fixture.register("alice", device: "D0")
            for number in 1..<6 {
                fixture.clock.advance(milliseconds: 1_000)
                _ = try await fixture.login("alice", device: DeviceRequest(deviceID: "D\(number)"))
            }
            let devices = try await fixture.accounts.devices(of: first.user.number)
            #expect(devices.map(\.deviceID) == ["D3", "D4", "D5"])
            #expect(
                try await refusal { _ = try await fixture.accounts.session(token: first.accessToken) }
                    == "M_UNKNOWN_TOKEN")
        }
    }

    @Test("A login token lets one client in once, within two minutes")
    func loginTokens() async throws {
        try await AccountsFixture.run { fixture in
            let grant = try await fixture.register("alice")
            let accounts = fixture.accounts
            let token = try await accounts.makeLoginToken(for: grant.user.number)
            #expect(token.expiresInMilliseconds == 120_000)
            #expect(try await accounts.login(loginToken: token.text, device: .init()).user == grant.user)
            #expect(
                try await refusal { _ = try await accounts.login(loginToken: token.text, device: .init()) }
                    == "M_FORBIDDEN")
            let late = try await accounts.makeLoginToken(for: grant.user.number)
            fixture.clock.advance(milliseconds: 120_001)
            #expect(
                try await refusal { _ = try await accounts.login(loginToken: late.text, device: .init()) }
                    == "M_FORBIDDEN")
            let proof = try await accounts.makeOpenIDToken(for: grant.user.number)
            #expect(
                try await refusal { _ = try await accounts.login(loginToken: proof.text, device: .init()) }
                    == "M_FORBIDDEN")
            #expect(try await accounts.user(openIDToken: proof.text) == grant.user)
            #expect(try await accounts.user(openIDToken: grant.accessToken) == nil)
        }
    }
}
