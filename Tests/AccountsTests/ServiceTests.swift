import Basics
import Testing

@testable import Accounts

@Suite("Application services")
struct ServiceTests {
    private let token = "as-secret"

    private func service() -> ApplicationService {
        ApplicationService(
            id: "bridge", token: token, senderLocalpart: "bridgebot", owns: { $0.hasPrefix("_bridge_") },
            ownsExclusively: { $0.hasPrefix("_bridge_") || $0 == "bridgebot" })
    }

    @Test("A service acts for itself and for users in its namespaces, and for nobody else")
    func acting() async throws {
        try await AccountsFixture.run { fixture in
            let accounts = fixture.accounts
            try await accounts.install(services: [service()])
            _ = try await fixture.register("alice")
            #expect(try await accounts.session(token: token).user.localpart == "bridgebot")
            let mask = ServiceMask(user: "@_bridge_bob:shop.test")
            func act() async throws -> Session { try await accounts.session(serviceToken: token, acting: mask) }
            #expect(try await refusal { _ = try await act() } == "M_FORBIDDEN")
            let wish = Registration(localpart: "_bridge_bob", service: "bridge")
            let bob = try await accounts.register(wish).user
            let first = try await act()
            #expect(first.userNumber == bob.number)
            #expect(first.service == "bridge")
            #expect(try await act().deviceNumber == first.deviceNumber, "one device for its transaction ids")
            #expect(try await accounts.devices(of: bob.number).isEmpty, "which nobody sees")
            for other in ["@alice:shop.test", "@_bridge_bob:other.test"] {
                let code = try await refusal {
                    _ = try await accounts.session(serviceToken: token, acting: ServiceMask(user: other))
                }
                #expect(code == "M_FORBIDDEN")
            }
            #expect(
                try await refusal { _ = try await accounts.session(serviceToken: "x", acting: mask) }
                    == "M_UNKNOWN_TOKEN")
        }
    }

    @Test("Exclusive names belong to their service alone")
    func exclusive() async throws {
        try await AccountsFixture.run { fixture in
            let accounts = fixture.accounts
            try await accounts.install(services: [service()])
            #expect(try await refusal { _ = try await fixture.register("_bridge_eve") } == "M_EXCLUSIVE")
            #expect(try await refusal { try await accounts.checkAvailable("_bridge_eve") } == "M_EXCLUSIVE")
            let foreign = Registration(localpart: "alice", service: "bridge")
            #expect(try await refusal { _ = try await accounts.register(foreign) } == "M_EXCLUSIVE")
        }
    }

    @Test("A service logs its users in without a password")
    func login() async throws {
        try await AccountsFixture.run { fixture in
            let accounts = fixture.accounts
            try await accounts.install(services: [service()])
            _ = try await accounts.register(Registration(localpart: "_bridge_bob", service: "bridge"))
            _ = try await fixture.register("alice")
            func login(_ user: String) async throws -> LoginGrant {
                try await accounts.login(
                    serviceToken: token, identifier: AccountsFixture.name(user), device: .init(deviceID: "B"))
            }
            let grant = try await login("_bridge_bob")
            #expect(try await accounts.session(token: grant.accessToken).deviceID == "B")
            #expect(try await refusal { _ = try await login("alice") } == "M_EXCLUSIVE")
        }
    }
}
