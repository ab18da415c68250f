import Testing

@testable import Server

@Suite("The address of a client is that of the connection, unless a trusted proxy says otherwise")
struct ClientAddressTests {
    private func address(_ text: String) throws -> ClientAddress { try #require(ClientAddress(text)) }

    @Test("addresses are read and written", arguments: ["192.0.2.7", "10.0.0.255", "0.0.0.0", "255.255.255.255"])
    func four(text: String) throws {
        #expect(try address(text).description == text)
        #expect(try address("::ffff:" + text) == address(text))
    }

    @Test("IPv6 counts by network")
    func party() throws {
        #expect(try address("2001:db8::1").party == address("2001:db8::ffff:1").party)
        #expect(try address("2001:db8::1").party != address("2001:db8:0:1::1").party)
        #expect(try address("192.0.2.1").party != address("192.0.2.2").party)
    }

    @Test("what is no address is none", arguments: ["", "192.0.2", "192.0.2.256", "shop.example", "1.2.3.4:80", "::g"])
    func none(text: String) {
        #expect(ClientAddress(text) == nil)
    }

    @Test(
        "networks hold their addresses",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("10.0.0.1", "10.0.0.1", true),
            ("10.0.0.1", "10.0.0.2", false), ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "2001:db8::1", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::1", false),
            ("::/0", "2001:db8::1", true), ("::1", "::1", true), ("2001:db8::8/127", "2001:db8::9", true),
            ("2001:db8::8/127", "2001:db8::a", false),
        ])
    func networks(network: String, text: String, isInside: Bool) throws {
        #expect(try #require(NetworkList([network])).contains(address(text)) == isInside)
    }

    @Test("what is no network is refused", arguments: ["10.0.0.0/33", "10.0.0.0/-1", "x/8", "::1/129", "10.0.0.0/"])
    func noNetwork(text: String) {
        #expect(NetworkList([text]) == nil)
    }

    @Test(
        "the chain of proxies is read from its end to the first address that is not trusted",
        arguments: [
            ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
            ("127.0.0.1", [], "127.0.0.1"),
            ("127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
            ("127.0.0.1", ["198.51.100.66, 198.51.100.1"], "198.51.100.1"),
            ("127.0.0.1", ["198.51.100.66", "198.51.100.1, 10.1.2.3"], "198.51.100.1"),
            ("127.0.0.1", ["nonsense, 10.1.2.3"], "10.1.2.3"),
            ("127.0.0.1", ["nonsense"], "127.0.0.1"),
        ])
    func chain(peer: String, header: [String], expected: String) throws {
        let proxies = try #require(NetworkList(["127.0.0.1", "10.0.0.0/8"]))
        #expect(try proxies.client(of: address(peer), forwardedFor: header) == address(expected))
    }

    @Test("places for connections are counted in all and by address, and given back")
    func places() throws {
        var limits = ConnectionLimits()
        limits.connections = 4
        limits.connectionsPerAddress = 2
        let table = ConnectionTable(limits: limits, proxies: try #require(NetworkList(["127.0.0.1"])))
        let (one, two, proxy) = (try address("192.0.2.1"), try address("192.0.2.2"), try address("127.0.0.1"))
        #expect([one, one, one, proxy, proxy, two].map { table.admit($0) } == [true, true, false, true, true, false])
        #expect(table.count == 4)
        #expect(table.refused.total == 2)
        table.release(one)
        #expect(table.admit(two))
        table.release(proxy)
        #expect(table.admit(one))
        #expect(!table.admit(one))
    }
}
