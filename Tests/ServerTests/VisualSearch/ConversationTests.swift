import Accounts
import Basics
import Foundation
import Logging
import Messaging
import ServiceDesk
import Storage
import Testing
import VisualSearch

@testable import Server

@Suite("Scans and links in conversations")
struct ConversationTests {
    /// Conversations and a catalogue on one database, without a socket.
    private struct Talk {
        let folder: URL
        let database: Database
        let accounts: Accounts
        let messaging: MessagingEngine
        let catalogues: Catalogues

        init() throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "vitrine-talk-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let clock = SystemWallClock()
            database = try Database.open(
                path: folder.appending(path: "test.db").path,
                migrations: Accounts.migrations + MessagingEngine.migrations + Desk.migrations
                    + VisualSearchSchema.migrations)
            accounts = Accounts(database: database, serverName: "shop.test", policy: AccountPolicy(), clock: clock)
            messaging = MessagingEngine(database: database, accounts: accounts, clock: clock)
            catalogues = Catalogues.open(
                database: database,
                blobs: try BlobStore(directory: folder.appending(path: "media").path, database: database),
                folder: folder.appending(path: "index").path)
        }

        static func with(_ body: (Talk) async throws -> Void) async throws {
            let talk = try Talk()
            defer { try? FileManager.default.removeItem(at: talk.folder) }
            do { try await body(talk) } catch {
                await talk.close()
                throw error
            }
            await talk.close()
        }

        private func close() async {
            await catalogues.close()
            await database.close()
        }

        var messages: WatchMessages {
            WatchMessages(
                catalogues: catalogues, desk: Desk(database: database, messaging: messaging, accounts: accounts),
                messaging: messaging, logger: Logger(label: "test"))
        }

        func visitor() async throws -> Session {
            let grant = try await accounts.registerVisitor(displayName: nil)
            return Session(
                userNumber: grant.user.number, user: grant.user.identifier, deviceNumber: grant.deviceNumber,
                deviceID: grant.deviceID, kind: .visitor)
        }

        func say(_ text: String, _ session: Session, in room: String, card: Bool = false) async throws {
            var content: JSONObject = ["msgtype": "m.text", "body": .string(text)]
            if card { content[WatchMessages.key] = ["items": []] }
            _ = try await messaging.send(
                session, room: room, type: "m.room.message", transaction: UUID().uuidString, content: content)
        }

        /// What was said in a room, the newest first.
        func said(_ session: Session, in room: String) async throws -> [JSON] {
            let page = try await messaging.messages(session, room: room, HistoryRequest())
            return (try JSON(parsing: page)["chunk"]?.arrayValue ?? []).filter { $0["type"] == "m.room.message" }
        }

        /// Scans a thing that is not there and lets the scan wait.
        func wait(for kind: Int, _ session: Session, room: String) async throws {
            let catalogue = try await catalogues.catalogue("shop")
            let photo = try DrawnGoods.photo(kind)
            let answer = try await catalogue.scan(photo)
            try await catalogue.keep(answer, photo: photo, visitor: session.userNumber)
            try await catalogue.watch(answer.id, visitor: session.userNumber, room: room)
        }

        func put(_ sku: String, _ kind: Int) async throws {
            let catalogue = try await catalogues.catalogue("shop")
            try await catalogue.put(
                ItemDraft(
                    sku: sku, title: "Thing \(sku)", price: 1_905, currency: "EUR", link: "https://a.test/\(sku)"),
                pictures: [PictureUpload(bytes: try DrawnGoods.photo(kind), name: "p.png")])
            try await catalogue.answerWatches()
        }
    }

    @Test("SCAN-025 the shop says in the conversation that what a scan waited for is here, once, and nowhere else")
    func told() async throws {
        try await Talk.with { talk in
            _ = try await talk.catalogues.create("shop")
            try await talk.put("T1", 1)
            let (customer, other) = (try await talk.visitor(), try await talk.visitor())
            #expect(try await talk.messaging.serviceRoom(of: customer.userNumber) == nil)
            let room = try await talk.messaging.contact(customer)
            #expect(try await talk.messaging.serviceRoom(of: customer.userNumber) == room)
            try await talk.wait(for: 6, customer, room: room)
            // Somebody else names a conversation that is not theirs, and one names none that there is.
            try await talk.wait(for: 6, other, room: room)
            try await talk.wait(for: 6, other, room: "!none:shop.test")
            try await talk.messages.deliver()
            #expect(try await talk.said(customer, in: room).isEmpty)
            try await talk.put("T6", 6)
            for _ in 0..<3 { try await talk.messages.deliver() }
            let said = try await talk.said(customer, in: room)
            #expect(said.count == 1)
            let content = try #require(said.first?["content"])
            #expect(said.first?["sender"] == "@shop:shop.test")
            #expect(content["body"]?.stringValue?.contains("Thing T6") == true)
            let card = try #require(content[WatchMessages.key])
            #expect(card["same"] == true && card["items"]?.arrayValue?.first?["sku"] == "T6")
            #expect(card["items"]?.arrayValue?.first?["price"] == "EUR 19.05")
            // A second wait of the same customer is a second message.
            try await talk.wait(for: 11, customer, room: room)
            try await talk.put("T11", 11)
            for _ in 0..<2 { try await talk.messages.deliver() }
            #expect(try await talk.said(customer, in: room).count == 2)
        }
    }

    @Test(
        "SCAN-032 links that customers send to the shop are counted where the catalogue lacks them, each message once")
    func links() async throws {
        try await Talk.with { talk in
            let catalogue = try await talk.catalogues.create("shop")
            try await talk.put("T1", 1)
            let links = SentLinks(catalogues: talk.catalogues, messaging: talk.messaging)
            try await links.count()
            let (customer, friend) = (try await talk.visitor(), try await talk.visitor())
            let room = try await talk.messaging.contact(customer)
            let wanted = "https://other.test/boots"
            try await talk.say("Do you have this (HTTPS://Other.test/boots?utm_source=x#a)?", customer, in: room)
            try await talk.say("还有这个：https://other.test/boots，谢谢", customer, in: room)
            try await talk.say("or https://a.test/T1 or \(talk.accounts.serverName)", customer, in: room)
            try await talk.say("https://shop.test/scan?id=1", customer, in: room)
            try await talk.say("https://card.test/shared", customer, in: room, card: true)
            // What people write to each other is not read.
            let own = try await talk.messaging.createRoom(friend, try RoomCreation(["preset": "private_chat"]))
            try await talk.say("https://private.test/secret", friend, in: own)
            for _ in 0..<2 { try await links.count() }
            let all = try await catalogue.wanted()
            #expect(all.map(\.key) == [wanted] && all.first?.count == 2 && all.first?.kind == .link, "\(all)")
            try await talk.say(wanted, customer, in: room)
            try await links.count()
            #expect(try await catalogue.wanted().first?.count == 3)
        }
    }

    @Test("addresses in a text: trimmed of what encloses them, without traces, each once, and nothing that is none")
    func addresses() {
        let text = """
            see <https://a.test/x?b=2&utm_medium=mail>, https://a.test/x?b=2#part and http://B.test/y. ftp://c.test/z
            https://user:word@d.test/ http://localhost/a https:// httpx
            """
        #expect(SentAddresses.all(in: text) == ["https://a.test/x?b=2", "http://b.test/y"])
        let many = (0..<30).map { "https://a.test/\($0)" }.joined(separator: "\n")
        #expect(SentAddresses.all(in: many).count == SentAddresses.limit)
        #expect(SentAddresses.all(in: "https://a.test/" + String(repeating: "x", count: 600)).isEmpty)
    }
}
