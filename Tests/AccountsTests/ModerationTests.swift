import Basics
import Testing

@testable import Accounts

@Suite("Accounts under moderation")
struct ModerationTests {
    @Test("MSG-51 a locked user is told so and may only log out; unlocked, the same token works again")
    func locked() async throws {
        try await AccountsFixture.run { fixture in
            let accounts = fixture.accounts
            let ended = Recorder<[Int64]>()
            accounts.onSessionsEnded = { ended.append($0) }
            let grant = try await fixture.register("alice")
            _ = try await accounts.session(token: grant.accessToken)
            try await accounts.setLocked(true, user: grant.user.number)
            #expect(ended.values == [[grant.deviceNumber]], "long polls are woken")
            let error = await #expect(throws: RequestError.self) {
                _ = try await accounts.session(token: grant.accessToken)
            }
            #expect(error?.status == 401)
            #expect(error?.code == "M_USER_LOCKED")
            #expect(error?.extra["soft_logout"] == true)
            #expect(try await refusal { _ = try await fixture.login("alice") } == "M_USER_LOCKED")
            _ = try await accounts.session(token: grant.accessToken, allowingLocked: true)
            try await accounts.setLocked(false, user: grant.user.number)
            _ = try await accounts.session(token: grant.accessToken)
        }
    }

    @Test("MSG-51 a suspended user keeps the session, which says so")
    func suspended() async throws {
        try await AccountsFixture.run { fixture in
            let grant = try await fixture.register("alice")
            for isSuspended in [true, false] {
                try await fixture.accounts.setSuspended(isSuspended, user: grant.user.number)
                let session = try await fixture.accounts.session(token: grant.accessToken)
                #expect(session.isSuspended == isSuspended)
            }
        }
    }

    @Test("MSG-51 a deactivated account is gone for ever, its name stays taken, and others are told")
    func deactivated() async throws {
        try await AccountsFixture.run { fixture in
            let accounts = fixture.accounts
            let told = Recorder<UserRecord>()
            accounts.hooks.userDeactivated = { told.append($0) }
            let grant = try await fixture.register("alice")
            try await accounts.setProfileField("displayname", to: "Alice", of: grant.user.number)
            try await accounts.deactivate(user: grant.user.number, erasing: true)
            #expect(told.values.map(\.number) == [grant.user.number])
            #expect(try await refusal { _ = try await accounts.session(token: grant.accessToken) } == "M_UNKNOWN_TOKEN")
            #expect(try await refusal { _ = try await fixture.login("alice") } == "M_USER_DEACTIVATED")
            #expect(try await refusal { _ = try await fixture.register("alice") } == "M_USER_IN_USE")
            let record = try #require(try await accounts.user(localpart: "alice"))
            #expect(record.displayName == nil)
            #expect(record.state == .deactivated)
        }
    }

    @Test("Rights and kinds change for the sessions that are open")
    func rights() async throws {
        try await AccountsFixture.run { fixture in
            let accounts = fixture.accounts
            let grant = try await fixture.register("alice")
            #expect(try await !accounts.session(token: grant.accessToken).isAdmin)
            try await accounts.setAdmin(true, user: grant.user.number)
            try await accounts.setKind(.staff, user: grant.user.number)
            let session = try await accounts.session(token: grant.accessToken)
            #expect(session.isAdmin)
            #expect(session.kind == .staff)
            for change in [accounts.setAdmin, accounts.setLocked, accounts.setSuspended] {
                #expect(try await refusal { try await change(true, 999) } == "M_NOT_FOUND")
            }
        }
    }
}
