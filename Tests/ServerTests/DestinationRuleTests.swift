import HTTPTypes
import Testing

@testable import Server

@Suite("Destinations that strangers choose")
struct DestinationRuleTests {
    private func allows(_ text: String, _ open: [String] = []) throws -> Bool {
        let rule = DestinationRule.guarded(except: try #require(NetworkList(open)))
        return rule.allows(try #require(ClientAddress(text)))
    }

    @Test(
        "may not be this machine or a private network, however the address is written",
        arguments: [
            "127.0.0.1", "127.255.0.3", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
            "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "::ffff:127.0.0.1",
            "::ffff:10.0.0.1", "fe80::1", "fd00::1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1", "::127.0.0.1",
        ])
    func closed(_ address: String) throws {
        #expect(try !allows(address))
        #expect(try allows(address, ["0.0.0.0/0", "::/0"]))
    }

    @Test("may be any public address", arguments: ["1.1.1.1", "172.32.0.1", "192.169.0.1", "2606:4700::1111"])
    func open(_ address: String) throws { #expect(try allows(address)) }

    @Test("may be in a private network that the operator lists, and in no other")
    func listed() throws {
        #expect(try allows("10.1.2.3", ["10.1.0.0/16"]))
        #expect(try !allows("10.2.0.1", ["10.1.0.0/16"]))
    }

    @Test(
        "are resolved before they are judged, and nothing but http and https is asked",
        arguments: [
            ("https://localhost/", OutgoingError.forbiddenDestination), ("http://2130706433/", .forbiddenDestination),
            ("https://[::1]/", .forbiddenDestination), ("ftp://1.1.1.1/", .badURL), ("https:///x", .badURL),
            ("https://user@1.1.1.1/", .badURL), ("no address", .badURL),
        ])
    func refused(_ url: String, _ expected: OutgoingError) async throws {
        let http = OutgoingHTTP()
        let rule = DestinationRule.guarded(except: try #require(NetworkList([])))
        await #expect(throws: expected) { try await http.send(OutgoingRequest(.post, url, body: []), to: rule) }
        await http.close()
    }
}
