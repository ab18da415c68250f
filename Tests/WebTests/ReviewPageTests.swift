import Basics
import Foundation
import TestSupport
import Testing

/// Pages of the shop's people, opened by somebody who is logged in.
extension Shop {
    func staffPage(_ path: String, look: ChromiumPage.Look = ChromiumPage.Look()) async throws -> ChromiumPage {
        let page = try await ChromiumPage.open(browser, look: look)
        try await page.open(address(path))
        try await page.wait("document.querySelector('#user')")
        try await page.click("#user")
        try await page.type(Shop.staffName)
        try await page.click("#password")
        try await page.type(Shop.staffPassword)
        try await page.press("Enter")
        return page
    }

    /// A picture that is like no other one: blocks of colours by a number.
    private func blocks(_ page: ChromiumPage, _ seed: Int) async throws -> Data {
        let script = """
            (async () => {
                const canvas = document.createElement('canvas');
                canvas.width = 400; canvas.height = 300;
                const pen = canvas.getContext('2d');
                let state = \(seed);
                const next = () => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return state / 4294967296; };
                for (let place = 0; place < 48; place += 1) {
                    pen.fillStyle = `hsl(${Math.floor(next() * 360)} 70% ${20 + Math.floor(next() * 60)}%)`;
                    pen.fillRect(place % 8 * 50, Math.floor(place / 8) * 50, 50, 50);
                }
                const blob = await new Promise(done => canvas.toBlob(done, 'image/jpeg', 0.9));
                return btoa(String.fromCharCode(...new Uint8Array(await blob.arrayBuffer())));
            })()
            """
        let made = try await page.evaluate(script).stringValue
        return try #require(made.flatMap { Data(base64Encoded: $0) })
    }

    /// Two sellers with the same pictures of three things: three questions whether they are one.
    func stockTwice() async throws {
        let page = try await ChromiumPage.open(browser)
        try await page.open(address("/scan"))
        let staff = try await staff()
        for number in 0..<3 {
            let photo = Array(try await blocks(page, 7 + 1_000 * number))
            for seller in ["corner", "market"] {
                let item: JSON = ["title": .string("Thing \(number)"), "shop": .string(seller)]
                let form = Shop.form([("item", nil, Array(item.text.utf8)), ("picture", "a.jpg", photo)])
                let reply = try await staff.http.send(
                    "PUT", "/api/v1/catalogue/items/\(seller)-\(number)",
                    headers: ["Authorization": "Bearer \(staff.token ?? "")", "Content-Type": form.type],
                    body: form.body)
                try #require(reply.status == 200, "\(reply.text)")
            }
        }
        let open = try await staff.call("GET", "/api/v1/reviews", query: ["kind": "merge"])["reviews"]?.arrayValue
        try #require(open?.count == 3)
    }
}

@Suite("The review page", .serialized)
struct ReviewPageTests {
    /// The number of the question that is shown.
    private static func shown(_ page: ChromiumPage) async throws -> Int64? {
        let text = try await page.evaluate("document.querySelector('.review').dataset.review").stringValue
        return text.flatMap { Int64($0) }
    }

    private static let isThere = "document.querySelector('.review-question:not([hidden])')"

    @Test(
        "SCAN-110 SCAN-070 questions are decided, skipped and taken back by keys alone, with both pictures before one's eyes"
    )
    func keys() async throws {
        try await Shop.openWithoutModels { shop in
            try await shop.stockTwice()
            let page = try await shop.staffPage("/review?kind=merge")
            try await page.wait(Self.isThere)
            try await page.wait("document.querySelectorAll('.pair-picture.is-loaded').length === 2")
            let first = try #require(try await Self.shown(page))
            try await page.press("o")
            #expect(try await page.evaluate("document.querySelector('.pair').dataset.mode") == "over")
            try await page.press("s")
            try await page.press("+")
            let zoomed = try await page.evaluate(
                "[...document.querySelectorAll('.pair-moved')].map(e => e.style.transform)"
            ).arrayValue
            #expect(
                zoomed?.count == 2 && zoomed?[0] == zoomed?[1]
                    && zoomed?[0].stringValue?.contains("scale(1.25)") == true)
            try await page.press("1")
            try await page.wait("document.querySelector('.review').dataset.review !== '\(first)'")
            let second = try #require(try await Self.shown(page))
            try await page.press("u")
            try await page.wait("document.querySelector('.review').dataset.review === '\(first)'")
            try await page.press("2")
            try await page.wait("document.querySelector('.review').dataset.review === '\(second)'")
            try await page.press(" ")
            try await page.wait("document.querySelector('.review').dataset.review !== '\(second)'")
            try await page.press("y")
            try await page.wait("document.querySelector('.review-nothing')")
            let log = try await shop.staff().call("GET", "/api/v1/reviews/log")["log"]?.arrayValue ?? []
            #expect(log.map { $0["act"]?.stringValue ?? "" } == ["yes", "skip", "no", "undo", "yes"])
            #expect(log.last?["took_ms"]?.intValue.map { $0 > 0 } == true)
            #expect(page.problems == [])
        }
    }

    @Test("SCAN-110 two people at once are shown different questions; whoever comes late is told who was first")
    func together() async throws {
        try await Shop.openWithoutModels { shop in
            try await shop.stockTwice()
            try await shop.server.addStaff(name: "bo", password: Shop.staffPassword, displayName: "Bo")
            let page = try await shop.staffPage("/review?kind=merge")
            try await page.wait(Self.isThere)
            let first = try #require(try await Self.shown(page))
            let bo = try await MatrixClient(shop.server.http).login("bo", password: Shop.staffPassword)
            let free = try await bo.call("POST", "/api/v1/reviews/claim", ["kind": "merge"])
            #expect(free["reviews"] == [])
            // Mei lets go of everything, and Bo decides the one that she still looks at.
            _ = try await shop.staff().call("POST", "/api/v1/reviews/release", [:])
            _ = try await bo.call("POST", "/api/v1/reviews/\(first)/decision", ["decision": "no"])
            try await page.press("1")
            try await page.wait("document.querySelector('.toast')?.textContent.includes('bo')")
            try await page.wait("document.querySelector('.review').dataset.review !== '\(first)'")
        }
    }

    @Test("SCAN-060 SCAN-064 an empty desk teaches: a look through the catalogue is begun there and says what it found")
    func looks() async throws {
        try await Shop.openWithoutModels { shop in
            try await shop.stockTwice()
            let page = try await shop.staffPage("/review?kind=noise")
            try await page.wait("document.querySelector('.review-nothing')")
            try await page.click("[data-look=noise] button")
            try await page.wait(
                "document.querySelector('[data-look=noise] [role=status]').textContent === '0 new questions'",
                seconds: 60)
            #expect(page.problems == [])
        }
    }

    @Test("SCAN-008 what a customer called wrong stands beside what they were told")
    func feedback() async throws {
        try await Shop.openWithoutModels { shop in
            let customer = try await shop.scanner()
            try await shop.stock(customer)
            try await customer.scan(try await shop.picture(customer, of: Shop.goods[2]))
            try await customer.wait("document.querySelector('.scan-feedback button')")
            try await customer.click(".scan-feedback-buttons button:nth-child(2)")
            try await customer.wait("document.querySelector('.scan-thanks').textContent !== ''")
            let page = try await shop.staffPage("/review?kind=feedback")
            try await page.wait(Self.isThere)
            #expect(
                try await page.evaluate("document.querySelector('.review-asks').textContent")
                    == "The customer says: not this. Are they right?")
            try await page.wait("document.querySelectorAll('.pair-picture.is-loaded').length === 2")
            try await page.press("1")
            try await page.wait("document.querySelector('.review-nothing')")
            #expect(page.problems == [])
        }
    }

    @Test(
        "SCAN-110 every control of the review page has a name and every text contrast",
        arguments: AccessibilityTests.looks)
    func access(look: ChromiumPage.Look) async throws {
        try await Shop.openWithoutModels { shop in
            try await shop.stockTwice()
            let page = try await shop.staffPage("/review", look: look)
            try await page.wait(Self.isThere)
            try await page.wait("document.querySelector('.review-figures').textContent !== ''")
            let findings = try await page.evaluate(AccessibilityAudit.script).arrayValue ?? []
            #expect(findings.compactMap(\.stringValue) == [])
            for _ in 0..<3 {
                let number = try #require(try await Self.shown(page))
                try await page.press("2")
                try await page.wait(
                    "document.querySelector('.review-nothing') || document.querySelector('.review').dataset.review !== '\(number)'"
                )
            }
            try await page.wait("document.querySelector('.review-nothing')")
            let empty = try await page.evaluate(AccessibilityAudit.script).arrayValue ?? []
            #expect(empty.compactMap(\.stringValue) == [])
            #expect(page.problems == [])
        }
    }
}
