import Basics
import Storage
import TestSupport
import Testing

@testable import Accounts

@Suite("The caches and the database")
struct CachePropertyTests {
    @Test("After any series of changes the remembered users and sessions are those of the database")
    func sequential() async throws {
        for seed in UInt64(1)...6 {
            try await AccountsFixture.run({ $0.loginLimit = nil }) { fixture in
                var world = World(fixture: fixture, random: SeededRandom(seed: seed))
                for _ in 0..<120 {
                    try await world.step()
                    try await world.compare("seed \(seed)")
                }
            }
        }
    }

    @Test("Changes and reads side by side leave nothing outdated behind")
    func concurrent() async throws {
        try await AccountsFixture.run { fixture in
            let accounts = fixture.accounts
            var grants: [LoginGrant] = []
            for number in 0..<4 { grants.append(try await fixture.register("user\(number)x")) }
            let numbers = grants.map(\.user.number)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, grant) in grants.enumerated() {
                    group.addTask {
                        for round in 0..<40 {
                            let name = JSON.string("\(index).\(round)")
                            try await accounts.setProfileField("displayname", to: name, of: grant.user.number)
                            let read = try await accounts.user(number: grant.user.number)?.displayName
                            #expect(read == "\(index).\(round)", "a writer sees its own write")
                        }
                    }
                    group.addTask {
                        for round in 0..<20 { try await accounts.setSuspended(round % 2 == 0, user: grant.user.number) }
                    }
                    group.addTask {
                        for _ in 0..<200 {
                            _ = try await accounts.session(token: grant.accessToken)
                            _ = try await accounts.users(numbers: numbers)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let fresh = fixture.restarted()
            for grant in grants {
                let remembered = try await accounts.user(number: grant.user.number)
                #expect(try await remembered == fresh.user(number: grant.user.number))
                #expect(
                    try await accounts.session(token: grant.accessToken)
                        == fresh.session(token: grant.accessToken))
            }
        }
    }
}

/// A few users with sessions, changed at random.
private struct World {
    let fixture: AccountsFixture
    var random: SeededRandom
    var grants: [LoginGrant] = []
    var count = 0

    init(fixture: AccountsFixture, random: SeededRandom) {
        self.fixture = fixture
        self.random = random
    }

    mutating func step() async throws {
        let accounts = fixture.accounts
        guard grants.count > 1, let grant = grants.randomElement(using: &random) else { return try await add() }
        let user = grant.user.number
        let flag = Bool.random(using: &random)
        switch Int.random(in: 0..<12, using: &random) {
        case 0: try await add()
        case 1: try await accounts.setProfileField("displayname", to: flag ? "N" : nil, of: user)
        case 2: try await accounts.setLocked(flag, user: user)
        case 3: try await accounts.setSuspended(flag, user: user)
        case 4: try await accounts.setAdmin(flag, user: user)
        case 5: try await accounts.deleteDevices(of: user, ids: [grant.deviceID])
        case 6: if flag { try await accounts.logoutAll(user: user) }
        case 7: if count > 8 { try await accounts.deactivate(user: user) }
        case 8, 9: await refresh(grant)
        case 10: await again(grant)
        default: fixture.clock.advance(milliseconds: Int64.random(in: 0..<86_400_000, using: &random))
        }
    }

    private mutating func add() async throws {
        count += 1
        grants.append(try await fixture.register("user\(count)x", refreshable: Bool.random(using: &random)))
    }

    /// Refreshes and, half of the time, uses the new token; refusals are part of the game.
    private mutating func refresh(_ grant: LoginGrant) async {
        guard let token = grant.refreshToken, let next = try? await fixture.accounts.refresh(token: token) else {
            return
        }
        grants.append(next)
        if Bool.random(using: &random) { _ = try? await fixture.accounts.session(token: next.accessToken) }
    }

    private mutating func again(_ grant: LoginGrant) async {
        let device = DeviceRequest(deviceID: grant.deviceID)
        let name = grant.user.identifier.localpart
        if let next = try? await fixture.login(name, device: device) { grants.append(next) }
    }

    func compare(_ note: Comment) async throws {
        let fresh = fixture.restarted()
        for grant in grants {
            let number = grant.user.number
            #expect(try await fixture.accounts.user(number: number) == fresh.user(number: number), note)
            let name = grant.user.identifier.localpart
            #expect(try await fixture.accounts.user(localpart: name) == fresh.user(localpart: name), note)
        }
        for grant in grants where try await isKnown(grant) {
            let remembered = await outcome(grant.accessToken, fixture.accounts)
            #expect(remembered == (await outcome(grant.accessToken, fresh)), note)
        }
    }

    /// Asking with a refreshed token for the first time would change the world; only tokens in use are compared.
    private func isKnown(_ grant: LoginGrant) async throws -> Bool {
        let hash = SecretToken.hash(of: grant.accessToken)
        let entry = try await fixture.database.read { connection in
            try fixture.accounts.queries(connection).entry(accessHash: hash)
        }
        return entry?.isUsed ?? true
    }

    private func outcome(_ token: String, _ accounts: Accounts) async -> String {
        do {
            return "\(try await accounts.session(token: token))"
        } catch let error as RequestError {
            return error.code + error.extra.keys.joined()
        } catch {
            return "\(error)"
        }
    }
}
