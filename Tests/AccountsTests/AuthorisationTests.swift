import Basics
import Testing

@testable import Accounts

@Suite("Requests that need interactive authentication")
struct AuthorisationTests {
    private func request(_ auth: JSON?, user: UserRecord, in fixture: AccountsFixture) -> InteractiveRequest {
        var body: JSONObject = ["new_password": "another horse"]
        body["auth"] = auth
        return InteractiveRequest(
            route: "POST /account/password", body: body, flows: fixture.accounts.flows(for: user),
            userNumber: user.number)
    }

    private func challenged(_ body: () async throws -> Void) async throws -> JSONObject? {
        do {
            try await body()
            return nil
        } catch let challenge as InteractiveChallenge {
            return challenge.body
        }
    }

    @Test("The right password of the same user lets a request pass, everything else is asked again")
    func password() async throws {
        try await AccountsFixture.run { fixture in
            let accounts = fixture.accounts
            let alice = try await fixture.register("alice").user
            _ = try await fixture.register("bob")
            let opened = try await challenged {
                _ = try await accounts.authorise(request(nil, user: alice, in: fixture))
            }
            let session = try #require(opened?["session"])
            func auth(_ user: String, _ password: String) -> JSON {
                [
                    "type": "m.login.password", "session": session, "password": .string(password),
                    "identifier": ["type": "m.id.user", "user": .string(user)],
                ]
            }
            for wrong in [auth("alice", "wrong horse"), auth("bob", AccountsFixture.password)] {
                let answer = try await challenged {
                    _ = try await accounts.authorise(request(wrong, user: alice, in: fixture))
                }
                #expect(answer?["errcode"] == "M_FORBIDDEN")
                #expect(answer?["session"] == session)
            }
            let right = auth("@alice:shop.test", AccountsFixture.password)
            let grant = try await accounts.authorise(request(right, user: alice, in: fixture))
            #expect(grant.body == ["new_password": "another horse"])
            accounts.finish(grant)
        }
    }

    @Test("Whoever has no password is asked for nothing, since the token is all there is")
    func passwordless() async throws {
        try await AccountsFixture.run { fixture in
            let visitor = try await fixture.accounts.registerVisitor(displayName: nil).user
            let grant = try await fixture.accounts.authorise(
                request(["type": "m.login.dummy"], user: visitor, in: fixture))
            #expect(grant.registered == nil)
        }
    }

    @Test("auth that is no object is refused")
    func malformed() async throws {
        try await AccountsFixture.run { fixture in
            let alice = try await fixture.register("alice").user
            for auth in ["x", 3, [], .null] as [JSON] {
                let code = try await refusal {
                    _ = try await fixture.accounts.authorise(request(auth, user: alice, in: fixture))
                }
                #expect(code == "M_BAD_JSON")
            }
        }
    }

    @Test("A new password ends the other devices, keeps the caller's, and is the only one that opens")
    func change() async throws {
        try await AccountsFixture.run { fixture in
            let accounts = fixture.accounts
            let phone = try await fixture.register("alice", device: "PHONE")
            let desk = try await fixture.login("alice", device: DeviceRequest(deviceID: "DESK"))
            try await accounts.setPassword("another horse", of: phone.user.number, keeping: phone.deviceNumber)
            #expect(try await accounts.session(token: phone.accessToken).deviceID == "PHONE")
            #expect(try await refusal { _ = try await accounts.session(token: desk.accessToken) } == "M_UNKNOWN_TOKEN")
            #expect(try await refusal { _ = try await fixture.login("alice") } == "M_FORBIDDEN")
            _ = try await fixture.login("alice", password: "another horse")
            #expect(
                try await refusal { try await accounts.setPassword("short", of: phone.user.number) }
                    == "M_WEAK_PASSWORD")
        }
    }
}
