import Basics
import TestSupport
import Testing

extension MessagingConformance {
    @Suite("A session that ends")
    struct EndedSessionTests {
        private let sync = MatrixClient.path("sync")

        private func name(of client: MatrixClient) -> String {
            String(client.userID.dropFirst().prefix { $0 != ":" })
        }

        /// Waits in a long poll on one device while something happens; the poll's answer.
        private func poll(
            _ client: MatrixClient, while act: @Sendable () async throws -> Void
        ) async throws -> (reply: HTTPReply, seconds: Double) {
            let since = try await client.news().next
            let clock = ContinuousClock()
            let start = clock.now
            async let waiting = client.reply("GET", sync, query: ["since": since, "timeout": "50000"])
            try await act()
            let reply = try await waiting
            return (reply, (clock.now - start) / .seconds(1))
        }

        @Test("MSG-53 a device that is logged out gets 401 on its waiting poll, long before the poll would end")
        func logout() async throws {
            let anna = try await Cast.user("anna")
            let (reply, seconds) = try await poll(anna) {
                try await anna.call("POST", MatrixClient.path("logout"), emptyObject)
            }
            #expect(reply.status == 401 && reply.errorCode == "M_UNKNOWN_TOKEN", "\(reply.text)")
            #expect(seconds < 40)
        }

        @Test("MSG-53 devices are listed, named and ended by another device; the ended one's poll gets 401")
        func ended() async throws {
            let anna = try await Cast.user("anna")
            let nobody = MatrixClient(try Cast.server().http)
            let phone = try await nobody.login(name(of: anna), password: Cast.password)
            let path = MatrixClient.path("devices", phone.deviceID)
            try await anna.call("PUT", path, ["display_name": "the old phone"])
            #expect(try await anna.call("GET", path)["display_name"] == "the old phone")
            let (user, session) = (anna.userID, anna)
            let (reply, seconds) = try await poll(phone) {
                let challenge = try await session.reply("DELETE", path, emptyObject)
                #expect(challenge.status == 401)
                let auth: JSON = [
                    "type": "m.login.password", "identifier": ["type": "m.id.user", "user": .string(user)],
                    "password": .string(Cast.password), "session": challenge.json["session"] ?? .null,
                ]
                try await session.call("DELETE", path, ["auth": auth])
            }
            #expect(reply.status == 401 && reply.errorCode == "M_UNKNOWN_TOKEN", "\(reply.text)")
            #expect(seconds < 40)
            let left = try await anna.call("GET", MatrixClient.path("devices"))["devices"]?.arrayValue ?? []
            #expect(left.compactMap { $0["device_id"]?.stringValue } == [anna.deviceID])
        }

        @Test("MSG-53 'log out everywhere' ends the polls of all devices")
        func everywhere() async throws {
            let anna = try await Cast.user("anna")
            let phone = try await MatrixClient(Cast.server().http).login(name(of: anna), password: Cast.password)
            let (reply, _) = try await poll(phone) {
                try await anna.call("POST", MatrixClient.path("logout", "all"), emptyObject)
            }
            #expect(reply.status == 401 && reply.errorCode == "M_UNKNOWN_TOKEN", "\(reply.text)")
            try await anna.isRefused(401, "M_UNKNOWN_TOKEN", "GET", sync)
        }
    }
}
