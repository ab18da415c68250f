import Basics
import Foundation
import TestSupport
import Testing

/// A shop with a service desk: one queue, an agent who is there, and a business behind cards.
struct DeskShop: Sendable {
    let shop: Shop
    let boss: MatrixClient
    let business: HTTPReceiver

    static let password = Shop.staffPassword

    /// Opens the shop, runs `body` and closes everything again.
    ///
    /// - Parameter launcher: a command that becomes the server, see ``Shop/open(flags:launcher:_:)``.
    static func open(
        mode: String = "push", launcher: [String] = [], _ body: (DeskShop) async throws -> Void
    ) async throws {
        try await Shop.open(flags: ["--shop-name", "Lamp & Wheel", "--no-rate-limits"], launcher: launcher) { shop in
            try await shop.server.addStaff(name: "boss", password: password, displayName: "Boss", admin: true)
            let boss = try await MatrixClient(shop.server.http).login("boss", password: password)
            let business = try HTTPReceiver { request in
                let slot = request.json["slot"]?.stringValue ?? "?"
                return .init(200, ["message": .string("Booked: \(slot). See you then!")])
            }
            let desk = DeskShop(shop: shop, boss: boss, business: business)
            try await desk.setUp(mode: mode)
            try await body(desk)
            business.close()
        }
    }

    private func setUp(mode: String) async throws {
        try await boss.call("POST", "/api/v1/desk/queues", ["name": "sales", "mode": .string(mode)])
        let agent = "/api/v1/desk/agents/" + HTTPClient.escape("@mei:localhost")
        try await boss.call("PUT", agent, ["capacity": 3, "queues": [1]])
        try await boss.call("PUT", "/api/v1/desk/canned/hello", ["text": "Good day, {{customer}}!"])
        try await boss.call(
            "PUT", "/api/v1/desk/adapters/viewing",
            [
                "secret": "a secret of sixteen bytes or more",
                "config": [
                    "url": .string(business.baseURL + "/appointments"), "text": "/message",
                    "body": ["car": "{{ref}}", "slot": "{{data.slot}}", "customer": "{{user}}"],
                ],
            ])
    }

    /// The console of the agent Mei, who takes conversations.
    func console(look: ChromiumPage.Look = ChromiumPage.Look()) async throws -> ChromiumPage {
        let page = try await ChromiumPage.open(shop.browser, look: look)
        try await page.open(shop.address("/desk"))
        try await page.wait("document.querySelector('#user')")
        try await page.click("#user")
        try await page.type(Shop.staffName)
        try await page.click("#password")
        try await page.type(Self.password)
        try await page.press("Enter")
        try await page.wait("document.querySelector('.desk-status')")
        try await page.evaluate(
            "(() => { const s = document.querySelector('.desk-status'); s.value = 'available'; s.dispatchEvent(new Event('change')); })()"
        )
        try await page.wait("document.querySelector('.side[data-presence=available]')")
        return page
    }

    /// The chat as a page of its own, about a car.
    func widget(look: ChromiumPage.Look = .phone) async throws -> ChromiumPage {
        let scene: JSON = [
            "entry": "item.book", "topic": "viewing", "ref": "car-881", "title": "A blue car of 2019",
            "amount": "8600000",
            "currency": "CNY",
        ]
        let page = try await ChromiumPage.open(shop.browser, look: look)
        let told = HTTPClient.escape(String(decoding: scene.encoded(), as: UTF8.self))
        try await page.open(shop.address("/widget#" + told))
        try await page.wait("document.querySelector('vt-composer textarea')")
        return page
    }
}

extension DeskShop {
    /// A page of the staff to which the owner has logged in, as soon as a condition holds on it.
    func ownersPage(_ address: String, look: ChromiumPage.Look, until condition: String) async throws -> ChromiumPage {
        let page = try await ChromiumPage.open(shop.browser, look: look)
        try await page.open(shop.address(address))
        try await page.wait("document.querySelector('#user')")
        try await page.click("#user")
        try await page.type("boss")
        try await page.click("#password")
        try await page.type(Self.password)
        try await page.press("Enter")
        try await page.wait(condition)
        return page
    }
}
