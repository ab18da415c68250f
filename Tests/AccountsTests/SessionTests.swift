import Basics
import Storage
import TestSupport
import Testing

@testable import Accounts

@Suite("Sessions")
struct SessionTests {
    private func isOpen(_ token: String, _ accounts: Accounts) async throws -> Bool {
        try await refusal { _ = try await accounts.session(token: token) } == nil
    }

    @Test("Tokens that were never given out are unknown", arguments: ["", "vit_", "x", "vit_AAAA", "é\u{0}"])
    func unknown(token: String) async throws {
        try await AccountsFixture.run { fixture in
            let error = await #expect(throws: RequestError.self) {
                _ = try await fixture.accounts.session(token: token)
            }
            #expect(error == .unknownToken(softLogout: false))
        }
    }

    @Test("Refreshed tokens replace the old ones only once they are used")
    func refresh() async throws {
        try await AccountsFixture.run { fixture in
            let accounts = fixture.accounts
            let first = try await fixture.register("alice", refreshable: true)
            #expect(first.expiresInMilliseconds == Int64(7 * 86_400_000))
            let oldRefresh = try #require(first.refreshToken)
            let lost = try await accounts.refresh(token: oldRefresh)
            #expect(try await isOpen(first.accessToken, accounts))
            let second = try await accounts.refresh(token: oldRefresh)
            #expect(second.deviceID == first.deviceID)
            #expect(try await !isOpen(lost.accessToken, accounts))
            #expect(try await isOpen(first.accessToken, accounts))
            #expect(try await isOpen(second.accessToken, accounts))
            #expect(try await !isOpen(first.accessToken, accounts))
            #expect(try await refusal { _ = try await accounts.refresh(token: oldRefresh) } == "M_UNKNOWN_TOKEN")
            let third = try await accounts.refresh(token: try #require(second.refreshToken))
            let fourth = try await accounts.refresh(token: try #require(third.refreshToken))
            #expect(try await !isOpen(second.accessToken, accounts))
            #expect(try await isOpen(fourth.accessToken, accounts))
        }
    }

    @Test("A token that has run out asks for a refresh, not for a new login")
    func expiry() async throws {
        try await AccountsFixture.run { fixture in
            let grant = try await fixture.register("alice", refreshable: true)
            for accounts in [fixture.accounts, fixture.restarted()] {
                #expect(try await isOpen(grant.accessToken, accounts))
            }
            fixture.clock.advance(milliseconds: 7 * 86_400_000 + 60_001)
            for accounts in [fixture.accounts, fixture.restarted()] {
                let error = await #expect(throws: RequestError.self) {
                    _ = try await accounts.session(token: grant.accessToken)
                }
                #expect(error == .unknownToken(softLogout: true))
            }
            let next = try await fixture.accounts.refresh(token: try #require(grant.refreshToken))
            #expect(try await isOpen(next.accessToken, fixture.accounts))
        }
    }

    @Test("A visitor who is there at least every 30 days stays; one who is not is logged out and cleared away")
    func idleVisitors() async throws {
        try await AccountsFixture.run { fixture in
            let accounts = fixture.accounts
            let active = try await accounts.registerVisitor(displayName: nil)
            let idle = try await accounts.registerVisitor(displayName: nil)
            let member = try await fixture.register("alice")
            for _ in 0..<3 {
                fixture.clock.advance(milliseconds: 29 * 86_400_000)
                #expect(try await isOpen(active.accessToken, accounts))
            }
            #expect(try await !isOpen(idle.accessToken, accounts))
            #expect(try await isOpen(member.accessToken, accounts))
            #expect(try await accounts.endIdleSessions() == 1)
            #expect(try await accounts.device(number: idle.deviceNumber) == nil)
            #expect(try await isOpen(active.accessToken, fixture.restarted()))
        }
    }

    @Test("MSG-53 logging out ends one device, logging out everywhere all of them, and their polls are woken")
    func logout() async throws {
        try await AccountsFixture.run { fixture in
            let accounts = fixture.accounts
            let ended = Recorder<[Int64]>()
            accounts.onSessionsEnded = { ended.append($0) }
            let phone = try await fixture.register("alice", device: "PHONE")
            let desk = try await fixture.login("alice", device: DeviceRequest(deviceID: "DESK"))
            let tablet = try await fixture.login("alice", device: DeviceRequest(deviceID: "TABLET"))
            try await accounts.logout(try await accounts.session(token: phone.accessToken))
            #expect(ended.values == [[phone.deviceNumber]])
            #expect(try await !isOpen(phone.accessToken, accounts))
            #expect(try await isOpen(desk.accessToken, accounts))
            try await accounts.logoutAll(user: desk.user.number)
            #expect(ended.values.last == [desk.deviceNumber, tablet.deviceNumber])
            #expect(try await accounts.devices(of: desk.user.number).isEmpty)
            #expect(try await !isOpen(desk.accessToken, accounts))
            #expect(try await !isOpen(desk.accessToken, fixture.restarted()))
        }
    }

    @Test("MSG-53 devices are listed, named and deleted with what others keep for them")
    func devices() async throws {
        try await AccountsFixture.run { fixture in
            let accounts = fixture.accounts
            let removed = Recorder<[String]>()
            accounts.hooks.devicesRemoved = { context, devices in
                _ = try context.first("SELECT 1") { $0.int(0) }
                removed.append(devices.map(\.deviceID))
            }
            let phone = try await fixture.register("alice", device: "PHONE")
            let user = phone.user.number
            let trace = ClientTrace(address: "10.1.2.3", agent: "widget/1")
            _ = try await accounts.session(token: phone.accessToken, trace: trace)
            try await accounts.renameDevice(of: user, id: "PHONE", to: "My phone")
            let seen = try #require(try await accounts.device(of: user, id: "PHONE"))
            #expect(seen.displayName == "My phone")
            #expect(seen.lastSeenAddress == "10.1.2.3")
            #expect(seen.lastSeenMilliseconds == AccountsFixture.start)
            try await accounts.flushActivity()
            #expect(try await fixture.restarted().device(of: user, id: "PHONE") == seen)
            #expect(try await refusal { try await accounts.renameDevice(of: user, id: "X", to: nil) } == "M_NOT_FOUND")
            try await accounts.deleteDevices(of: user, ids: ["PHONE", "PHONE", "NONE"])
            #expect(removed.values == [["PHONE"]])
            let again = try await fixture.login("alice", device: DeviceRequest(deviceID: "PHONE"))
            #expect(again.deviceNumber > phone.deviceNumber, "numbers of devices are never used twice")
        }
    }

    @Test("If what belongs to a device cannot be deleted, the device and its session stay")
    func failingHook() async throws {
        try await AccountsFixture.run { fixture in
            let accounts = fixture.accounts
            let grant = try await fixture.register("alice", device: "PHONE")
            accounts.hooks.devicesRemoved = { _, _ in throw RequestError.unknown("no") }
            let code = try await refusal { try await accounts.deleteDevices(of: grant.user.number, ids: ["PHONE"]) }
            #expect(code == "M_UNKNOWN")
            #expect(try await isOpen(grant.accessToken, accounts))
            #expect(try await isOpen(grant.accessToken, fixture.restarted()))
        }
    }

    @Test("MSG-06 each device has its own position, which never goes back and survives a restart once written")
    func positions() async throws {
        try await AccountsFixture.run { fixture in
            let accounts = fixture.accounts
            let phone = try await fixture.register("alice", device: "PHONE")
            let desk = try await fixture.login("alice", device: DeviceRequest(deviceID: "DESK"))
            accounts.acknowledge(device: phone.deviceNumber, position: 10)
            accounts.acknowledge(device: phone.deviceNumber, position: 7)
            accounts.acknowledge(device: desk.deviceNumber, position: 2)
            func positions(_ accounts: Accounts) async throws -> [Int64] {
                try await accounts.positions(of: phone.user.number).map(\.position)
            }
            #expect(try await positions(accounts) == [10, 2])
            #expect(try await positions(fixture.restarted()) == [0, 0])
            try await accounts.flushActivity()
            #expect(try await positions(accounts) == [10, 2])
            let later = fixture.restarted()
            later.acknowledge(device: phone.deviceNumber, position: 3)
            #expect(try await positions(later) == [10, 2])
            try await later.flushActivity()
            #expect(try await positions(later) == [10, 2])
        }
    }
}
