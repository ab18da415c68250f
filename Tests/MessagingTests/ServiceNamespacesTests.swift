import Basics
import Testing

@testable import Messaging

@Suite("Application services: registration")
struct ServiceNamespacesTests {
    private let file: JSON = [
        "id": "irc", "url": "http://127.0.0.1:9999/", "as_token": "a", "hs_token": "h", "sender_localpart": "r.irc",
        "rate_limited": false, "protocols": ["irc"], "receive_ephemeral": true,
        "namespaces": [
            "users": [
                ["exclusive": true, "regex": "@_irc_.*:shop\\.example$"], ["exclusive": false, "regex": "@watched:.*"],
            ],
            "aliases": [["exclusive": true, "regex": "#irc_.*"]], "rooms": [["exclusive": false, "regex": "!abc.*"]],
        ],
    ]

    @Test("MSG-48 a registration is read as the specification describes it")
    func reading() throws {
        let service = try ServiceRegistration(file)
        #expect(service.url == "http://127.0.0.1:9999")
        #expect(!service.isRateLimited)
        #expect(service.receivesEphemeral)
        #expect(service.protocols == ["irc"])
        #expect(service.senderID(serverName: "shop.example") == "@r.irc:shop.example")
    }

    @Test("Only the exclusive namespaces keep others out")
    func claims() throws {
        let names = try ServiceRegistration(file).namespaces
        #expect(names.claims(user: "@_irc_ann:shop.example"))
        #expect(names.reserves(user: "@_irc_ann:shop.example"))
        #expect(names.claims(user: "@watched:shop.example"))
        #expect(!names.reserves(user: "@watched:shop.example"))
        #expect(!names.claims(user: "@ann:shop.example"))
        #expect(names.reserves(alias: "#irc_x:shop.example"))
        #expect(names.claims(room: "!abcdef:shop.example"))
        #expect(!names.claims(room: "!abdef:shop.example"))
    }

    @Test("A service acts as its own user and those it has claimed")
    func acting() throws {
        let service = try ServiceRegistration(file)
        #expect(service.mayAct(as: "@r.irc:shop.example", serverName: "shop.example"))
        #expect(service.mayAct(as: "@_irc_ann:shop.example", serverName: "shop.example"))
        #expect(!service.mayAct(as: "@ann:shop.example", serverName: "shop.example"))
    }

    @Test("A service hears of an event by room, alias, sender, subject or member")
    func interest() throws {
        let service = try ServiceRegistration(file)
        func hears(
            room: String = "!r:b", aliases: [String] = [], sender: String = "@x:b", stateKey: String? = nil,
            members: [String] = []
        ) -> Bool {
            service.isInterested(
                room: room, aliases: aliases, sender: sender, stateKey: stateKey, members: members,
                serverName: "shop.example")
        }
        #expect(!hears())
        #expect(hears(room: "!abc:b"))
        #expect(hears(aliases: ["#other:b", "#irc_x:b"]))
        #expect(hears(sender: "@_irc_ann:shop.example"))
        #expect(hears(stateKey: "@_irc_ann:shop.example"))
        #expect(!hears(stateKey: "_irc_ann"))
        #expect(hears(members: ["@y:b", "@r.irc:shop.example"]))
    }

    @Test(
        "A registration that lacks something is refused with the name of it",
        arguments: [
            ("id", JSON.null), ("as_token", ""), ("hs_token", 1), ("sender_localpart", []), ("as_token", "h"),
            ("url", "ftp://x"), ("url", 1), ("namespaces", []), ("namespaces", ["users": [:]]),
            ("namespaces", ["users": [["regex": "a"]]]),
            ("namespaces", ["rooms": [["regex": "(a", "exclusive": true]]]),
        ] as [(String, JSON)])
    func refused(key: String, value: JSON) throws {
        var object = try #require(file.objectValue)
        object[key] = value
        #expect { try ServiceRegistration(.object(object)) } throws: { error in
            (error as? RequestError)?.status == 400 && (error as? RequestError)?.message.contains(key) == true
        }
    }

    @Test("A service without an address only calls in", arguments: [JSON.null, ""])
    func withoutAddress(url: JSON) throws {
        var object = try #require(file.objectValue)
        object["url"] = url
        object["namespaces"] = nil
        let service = try ServiceRegistration(.object(object))
        #expect(service.url == nil)
        #expect(service.namespaces == ServiceNamespaces())
    }
}
