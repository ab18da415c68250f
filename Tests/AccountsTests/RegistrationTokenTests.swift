import Basics
import Synchronization
import TestSupport
import Testing

@testable import Accounts

@Suite("Registration tokens and the shared secret")
struct RegistrationTokenTests {
    @Test("MSG-56 a token is made, listed, changed and deleted")
    func administration() async throws {
        try await AccountsFixture.run { fixture in
            let accounts = fixture.accounts
            let random = try await accounts.createRegistrationToken(length: 20)
            #expect(random.token.utf8.count == 20)
            let made = try await accounts.createRegistrationToken("shop-2024", usesAllowed: 2)
            #expect(try await accounts.registrationToken("shop-2024") == made)
            #expect(try await accounts.registrationTokens().count == 2)
            let changed = try await accounts.updateRegistrationToken("shop-2024") { $0.usesAllowed = 0 }
            #expect(changed.usesAllowed == 0)
            #expect(try await accounts.registrationTokens(valid: false).map(\.token) == ["shop-2024"])
            #expect(
                try await refusal { _ = try await accounts.createRegistrationToken("shop-2024") } == "M_INVALID_PARAM")
            try await accounts.deleteRegistrationToken("shop-2024")
            #expect(try await refusal { try await accounts.deleteRegistrationToken("shop-2024") } == "M_NOT_FOUND")
        }
    }

    @Test("Impossible tokens are refused", arguments: ["", "a b", "é", String(repeating: "a", count: 65)])
    func impossible(text: String) async throws {
        try await AccountsFixture.run { fixture in
            let code = try await refusal { _ = try await fixture.accounts.createRegistrationToken(text) }
            #expect(code == "M_INVALID_PARAM")
        }
    }

    @Test("A token is good for as many accounts as it says, however many try at once")
    func uses() async throws {
        try await AccountsFixture.run { fixture in
            _ = try await fixture.accounts.createRegistrationToken("T", usesAllowed: 3)
            let made = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<12 {
                    group.addTask {
                        let wish = Registration(localpart: "user\(number)x", registrationToken: "T")
                        return (try? await fixture.accounts.register(wish)) != nil
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(made == 3)
            #expect(try await fixture.accounts.countOfUsers() == 3)
            #expect(try await !fixture.accounts.isRegistrationTokenValid("T"))
        }
    }

    @Test("A token that has run out opens nothing")
    func expiry() async throws {
        try await AccountsFixture.run { fixture in
            let accounts = fixture.accounts
            let end = AccountsFixture.start + 1_000
            _ = try await accounts.createRegistrationToken("T", expiresMilliseconds: end)
            #expect(try await accounts.isRegistrationTokenValid("T"))
            fixture.clock.advance(milliseconds: 1_000)
            #expect(try await !accounts.isRegistrationTokenValid("T"))
            let code = try await refusal {
                _ = try await accounts.register(Registration(localpart: "alice", registrationToken: "T"))
            }
            #expect(code == "M_UNAUTHORIZED")
        }
    }

    @Test("A shown token counts as pending until its registration is finished")
    func pending() async throws {
        try await AccountsFixture.run({ $0.registration = .token }) { fixture in
            let accounts = fixture.accounts
            _ = try await accounts.createRegistrationToken("T", usesAllowed: 1)
            let auth: JSON = ["type": "m.login.registration_token", "token": "T"]
            let flows = try #require(accounts.registrationFlows)
            let grant = try await accounts.authorise(
                InteractiveRequest(route: "POST /register", body: ["username": "a", "auth": auth], flows: flows))
            #expect(grant.registrationToken == "T")
            #expect(try await accounts.registrationToken("T")?.pending == 1)
            #expect(try await !accounts.isRegistrationTokenValid("T"))
            let user = try await accounts.register(
                Registration(localpart: "a", registrationToken: grant.registrationToken)
            ).user
            accounts.finish(grant, registered: user.number)
            #expect(try await accounts.registrationToken("T")?.pending == 0)
            #expect(try await accounts.registrationToken("T")?.completed == 1)
        }
    }

    /// HMAC-SHA1 made with another program (`openssl dgst -sha1 -hmac secret`) over the same bytes.
    @Test("MSG-56 whoever knows the shared secret registers, once a nonce, within a minute")
    func sharedSecret() async throws {
        let vector = SharedSecretRegistration(
            nonce: "n0nce", username: "root", password: "correct horse", isAdmin: true,
            mac: "c4705a815ef70fc086dcfe8fa5c7537273fb4bbc")
        #expect(vector.isSigned(with: "secret"))
        #expect(!vector.isSigned(with: "Secret"))
        var nonces = RegistrationNonces()
        nonces.issue("n0nce", at: 0)
        let uses = [60_000, 60_000].map { nonces.use("n0nce", at: $0) }
        #expect(uses == [true, false])
        nonces.issue("n0nce", at: 0)
        let late = nonces.use("n0nce", at: 60_001)
        #expect(!late)
        try await AccountsFixture.run({ $0.sharedSecret = "secret" }) { fixture in
            let accounts = fixture.accounts
            #expect(try await refusal { _ = try await accounts.register(vector, device: .init()) } == "M_INVALID_PARAM")
            accounts.nonces.withLock { $0.issue("n0nce", at: AccountsFixture.start) }
            let made = try await accounts.register(vector, device: .init())
            #expect(made.user.isAdmin)
            var forged = vector
            forged.nonce = try accounts.registrationNonce()
            #expect(try await refusal { _ = try await accounts.register(forged, device: .init()) } == "M_FORBIDDEN")
        }
        try await AccountsFixture.run { fixture in
            let code = try await refusal { _ = try fixture.accounts.registrationNonce() }
            #expect(code == "M_UNRECOGNIZED", "off by default")
        }
    }
}
