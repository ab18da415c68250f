import Basics
import Storage
import Testing

@testable import Accounts

@Suite("Registration")
struct RegistrationTests {
    @Test("A new account is logged in on a device, and its token opens a session")
    func registers() async throws {
        try await AccountsFixture.run { fixture in
            let grant = try await fixture.register("alice", device: "PHONE")
            #expect(grant.user.identifier.text == "@alice:shop.test")
            #expect(grant.deviceID == "PHONE")
            #expect(grant.accessToken.hasPrefix("vit_"))
            #expect(grant.accessToken.utf8.count == 4 + 43)
            let session = try await fixture.accounts.session(token: grant.accessToken)
            #expect(session.user.localpart == "alice")
            #expect(session.deviceNumber == grant.deviceNumber)
            #expect(!session.isAdmin)
        }
    }

    @Test("No token and no password stands in the database in clear text")
    func nothingInClear() async throws {
        try await AccountsFixture.run { fixture in
            let grant = try await fixture.register("alice", refreshable: true)
            let secrets = [grant.accessToken, try #require(grant.refreshToken), AccountsFixture.password]
            let tables = ["acc_user", "acc_device", "acc_session", "acc_sequence"]
            for table in tables {
                let text = try await fixture.database.read { connection in
                    try connection.rows("SELECT * FROM \(table)") { row in
                        (0..<12).map { "\(row.textOrNil($0) ?? "")" }.joined(separator: "|")
                    }
                }
                for secret in secrets { #expect(!text.joined().contains(secret)) }
            }
        }
    }

    @Test(
        "Names that cannot be had are refused with the code that says why",
        arguments: [
            ("al ice", "M_INVALID_USERNAME"), ("é", "M_INVALID_USERNAME"), ("", "M_INVALID_USERNAME"),
            ("v.visitor", "M_INVALID_USERNAME"), ("_service", "M_INVALID_USERNAME"), ("123", "M_INVALID_USERNAME"),
            ("taken", "M_USER_IN_USE"), ("TAKEN", "M_USER_IN_USE"), ("free", nil),
        ] as [(String, String?)])
    func names(name: String, code: String?) async throws {
        try await AccountsFixture.run { fixture in
            _ = try await fixture.register("taken")
            #expect(try await refusal { try await fixture.accounts.checkAvailable(name) } == code)
            #expect(try await refusal { _ = try await fixture.register(name) } == code)
        }
    }

    @Test("Capitals become small letters")
    func downcases() async throws {
        try await AccountsFixture.run { fixture in
            let registered = try await fixture.register("Alice")
            let loggedIn = try await fixture.login("ALICE")
            #expect(registered.user.identifier.localpart == "alice")
            #expect(loggedIn.user == registered.user)
        }
    }

    @Test("A short password is refused as weak and makes no account")
    func weak() async throws {
        try await AccountsFixture.run { fixture in
            let wish = Registration(localpart: "alice", password: "1234567", device: .init())
            let code = try await refusal { _ = try await fixture.accounts.register(wish) }
            #expect(code == "M_WEAK_PASSWORD")
            #expect(try await fixture.accounts.user(localpart: "alice") == nil)
        }
    }

    @Test("Of many who want one name at the same moment exactly one gets it")
    func race() async throws {
        try await AccountsFixture.run { fixture in
            let codes = await withTaskGroup(of: String.self) { group in
                for _ in 0..<30 {
                    group.addTask {
                        do {
                            return try await refusal { _ = try await fixture.register("alice") } ?? "in"
                        } catch {
                            return "\(error)"
                        }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(codes == ["in": 1, "M_USER_IN_USE": 29])
        }
    }

    @Test("A visitor gets an account without a password and a name that tells nothing")
    func visitors() async throws {
        try await AccountsFixture.run { fixture in
            let grant = try await fixture.accounts.registerVisitor(displayName: "林小姐")
            #expect(grant.user.kind == .visitor)
            #expect(grant.user.identifier.localpart.hasPrefix("v."))
            #expect(grant.user.displayName == "林小姐")
            #expect(!grant.user.hasPassword)
            let name = grant.user.identifier.localpart
            for password in ["", "password"] {
                #expect(try await refusal { _ = try await fixture.login(name, password: password) } == "M_FORBIDDEN")
            }
        }
    }

    @Test("MSG-50 guests are let in or kept out as the rules say", arguments: [true, false])
    func guests(allowed: Bool) async throws {
        try await AccountsFixture.run({ $0.allowsGuests = allowed }) { fixture in
            let code = try await refusal { _ = try await fixture.accounts.registerGuest() }
            #expect(code == (allowed ? nil : "M_GUEST_ACCESS_FORBIDDEN"))
        }
    }

    @Test("The rules decide which steps a registration takes")
    func modes() async throws {
        let expected: [(RegistrationMode, [[InteractiveStage]]?)] = [
            (.open, [[.dummy]]), (.token, [[.registrationToken]]), (.closed, nil),
        ]
        for (mode, flows) in expected {
            try await AccountsFixture.run({ $0.registration = mode }) { fixture in
                #expect(fixture.accounts.registrationFlows == flows)
            }
        }
    }
}
