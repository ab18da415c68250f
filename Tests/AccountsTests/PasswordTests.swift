import Basics
import Testing

@testable import Accounts

@Suite("Passwords")
struct PasswordTests {
    /// Vector of the reference implementation's own tests: t=2, m=256 KiB, p=1, salt "somesalt".
    private let reference =
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"

    @Test("The reference implementation's vector is verified, and no other password is")
    func vector() {
        #expect(Argon2.verify("password", against: reference))
        #expect(!Argon2.verify("differentpassword", against: reference))
        #expect(!Argon2.verify("", against: reference))
        #expect(Argon2.cost(of: reference) == PasswordCost(memoryKibibytes: 256, passes: 2, lanes: 1))
    }

    @Test(
        "Stored text that is no Argon2id string opens nothing and has no cost",
        arguments: [
            "", "password", "$2b$12$abc", "$argon2id$v=19$m=256$x$y", "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$AA",
        ])
    func damaged(stored: String) {
        #expect(!Argon2.verify("password", against: stored))
        #expect(Argon2.cost(of: stored) == nil)
    }

    @Test("Equal passwords are stored differently; each opens its own string and its own only")
    func salts() async throws {
        let pool = PasswordPool(cost: PasswordCost(memoryKibibytes: 64, passes: 1), threads: 2)
        let stored = try await [pool.hash("correct horse"), pool.hash("correct horse"), pool.hash("пароль 密码 🔑")]
        #expect(stored[0] != stored[1])
        #expect(try await pool.verify("correct horse", stored: stored[0]))
        #expect(try await pool.verify("correct horse", stored: stored[1]))
        #expect(try await pool.verify("пароль 密码 🔑", stored: stored[2]))
        #expect(try await !pool.verify("correct horse", stored: stored[2]))
        #expect(try await !pool.verify("correct horse", stored: nil))
    }

    @Test("The cost in force by default is 19 MiB, 2 passes, 1 lane; another cost is outdated")
    func cost() async throws {
        let pool = PasswordPool(cost: AccountPolicy().passwordCost, threads: 1)
        let stored = try await pool.hash("password")
        #expect(stored.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
        #expect(!pool.isOutdated(stored))
        #expect(pool.isOutdated(reference))
    }

    @Test("Passwords have 8 to 512 characters", arguments: [(7, false), (8, true), (512, true), (513, false)])
    func lengths(count: Int, isGood: Bool) {
        for letter in ["a", "密"] {
            let password = String(repeating: letter, count: count)
            let passes = (try? PasswordRules.check(password, minimum: 8)) != nil
            #expect(passes == isGood)
        }
    }

    @Test("At most 64 computations wait; what comes beyond them is refused with 429 and everything else is computed")
    func bounded() async throws {
        let pool = PasswordPool(cost: PasswordCost(memoryKibibytes: 2_048, passes: 2), threads: 2)
        let outcomes = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<400 {
                group.addTask {
                    do {
                        _ = try await pool.hash("password")
                        return 200
                    } catch {
                        return (error as? RequestError)?.status ?? 0
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
        #expect(Set(outcomes.keys).isSubset(of: [200, 429]))
        #expect(outcomes[200, default: 0] >= PasswordPool.maximumWaiting)
    }
}
