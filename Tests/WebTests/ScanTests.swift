import Basics
import Foundation
import TestSupport
import Testing

@Suite("The scan page", .serialized)
struct ScanTests {
    private static let answered = "document.querySelector('vt-scan-view').dataset.state === 'answered'"

    @Test("SCAN-024 SCAN-134 a large photo leaves the browser small, upright and bare, and its item comes back first")
    func file() async throws {
        try await Shop.openWithoutModels { shop in
            let page = try await shop.scanner()
            try await shop.stock(page)
            var photo = try await shop.picture(page, of: Shop.goods[1], width: 3000, height: 2000, ground: "#e0dacd")
            // Orientation 6: the camera was held upright, so the picture stands 2000 x 3000.
            let exif: [UInt8] =
                [0xFF, 0xE1, 0x00, 0x22] + Array("Exif\0\0".utf8) + Array("MM\0*\0\0\0\u{8}\0\u{1}".utf8)
                + [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]
            photo.insert(contentsOf: exif, at: 2)
            try await page.scan(photo)
            try await page.wait("document.querySelector('.is-best .scan-group-title')")
            let sent = try await page.evaluate(
                """
                (async () => {
                    const { token } = JSON.parse(localStorage.getItem('vitrine.session.customer'));
                    const id = new URL(location).searchParams.get('id');
                    const reply = await fetch(`/api/v1/scans/${id}/picture`, { headers: { Authorization: 'Bearer ' + token } });
                    const blob = await reply.blob();
                    const bitmap = await createImageBitmap(blob, { imageOrientation: 'none' });
                    return [bitmap.width, bitmap.height, blob.size, (await blob.text()).includes('Exif')];
                })()
                """
            ).arrayValue
            #expect(sent?[0] == 683 && sent?[1] == 1024)
            #expect((sent?[2].intValue ?? .max) < 300_000)
            #expect(sent?[3] == false)

            try await page.scan(try await shop.picture(page, of: Shop.goods[1], ground: "#e0dacd"))
            try await page.wait("document.querySelector('.is-best .scan-group-title')?.textContent === 'Thing 1'")
            #expect(try await page.evaluate("document.querySelector('.is-best .scan-price').textContent") == "€25.00")
            try await page.wait("document.querySelector('.is-best .scan-shot').naturalWidth > 0")
            #expect(page.problems == [])
        }
    }

    @Test(
        "SCAN-020 SCAN-014 the box is dragged, moved by keys and given up with Escape; each asks again without an upload"
    )
    func box() async throws {
        try await Shop.openWithoutModels { shop in
            let page = try await shop.scanner(look: ChromiumPage.Look())
            try await shop.stock(page)
            try await page.scan(try await shop.picture(page, of: Shop.goods[0]))
            try await page.wait(Self.answered)
            #expect(try await page.box() == "Frame: the whole picture")
            let address = try await page.evaluate("location.href")

            try await page.drag(in: ".scan-picture", from: (0.2, 0.1), to: (0.8, 0.9))
            #expect(try await page.box() == "Frame: 20% from the left, 10% from the top, 60% wide, 80% high")
            let source = """
                (async () => {
                    const { token } = JSON.parse(localStorage.getItem('vitrine.session.customer'));
                    const id = new URL(location).searchParams.get('id');
                    return (await (await fetch('/api/v1/scans/' + id, { headers: { Authorization: 'Bearer ' + token } })).json());
                })()
                """
            try await page.wait("\(source).then(scan => scan.source === 'own')")
            let own = try await page.evaluate(source)
            #expect(abs((own["chosen"]?.arrayValue?.first?.doubleValue ?? 0) - 0.2) < 0.01)

            try await page.press("ArrowLeft")
            try await page.press("ArrowUp", shift: true)
            #expect(try await page.box() == "Frame: 18% from the left, 10% from the top, 60% wide, 78% high")
            try await page.press("Escape")
            #expect(try await page.box() == "Frame: the whole picture")
            try await page.wait("\(source).then(scan => scan.source === 'full')")
            #expect(try await page.evaluate("location.href") == address)
            let handle = try await page.evaluate("document.querySelector('.scan-handle').getBoundingClientRect().width")
            #expect(handle == 44)
            #expect(page.problems == [])
        }
    }

    @Test("SCAN-008 SCAN-023 one tap tells the shop; how it was found is told with model and times")
    func feedback() async throws {
        try await Shop.openWithoutModels { shop in
            let page = try await shop.scanner()
            try await shop.stock(page)
            try await page.scan(try await shop.picture(page, of: Shop.goods[2]))
            try await page.wait("document.querySelector('.scan-feedback button')")
            let facts = try await page.evaluate("document.querySelector('.scan-how dl').textContent").stringValue
            #expect(facts?.contains("floor/1") == true && facts?.contains("reading the picture") == true)
            try await page.click(".scan-feedback-buttons button:nth-child(2)")
            try await page.wait("document.querySelector('.scan-thanks').textContent !== ''")
            let tasks = try await shop.staff().call("GET", "/api/v1/feedback")["scans"]?.arrayValue
            #expect(tasks?.count == 1 && tasks?.first?["feedback"]?["verdict"] == "wrong_item")
            try await page.reload()
            try await page.wait(Self.answered)
            #expect(try await page.evaluate("document.querySelector('.is-best') !== null") == true)
        }
    }

    @Test("SCAN-002 the camera takes a burst, and its sharp frames are one scan")
    func camera() async throws {
        try await Shop.openWithoutModels { shop in
            let page = try await shop.scanner()
            try await shop.stock(page)
            try await page.click(".scan-start .is-primary")
            try await page.wait("document.querySelector('.scan-video')?.videoWidth > 0")
            try await page.click(".scan-bar .is-primary")
            try await page.wait(Self.answered)
            #expect(try await page.evaluate("document.querySelector('.scan-video')") == .null)
            #expect(page.problems == [])
        }
    }

    @Test(
        "SCAN-002 a film before the camera is one scan, whose answer has the thing no later than the best frame alone")
    func film() async throws {
        try await Shop.openWithoutModels { shop in
            let table = try await shop.scanner()
            try await shop.stock(table)
            let film = FileManager.default.temporaryDirectory.appending(path: "film-\(UUID().uuidString).mjpeg")
            defer { try? FileManager.default.removeItem(at: film) }
            try await shop.film(table, of: Shop.goods[1]).write(to: film)
            let browser = try await Chromium.start(camera: film)
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await Self.shoot(browser, shop))
            } catch {
                outcome = .failure(error)
            }
            await browser.close()
            try outcome.get()
        }
    }

    /// Scans what the camera shows, then each of the frames that were sent alone.
    private static func shoot(_ browser: Chromium, _ shop: Shop) async throws {
        let page = try await ChromiumPage.open(browser, look: .phone)
        try await page.open(shop.address("/scan"))
        try await page.wait("document.querySelector('.scan-start')")
        _ = try await page.evaluate(
            """
            (() => {
                window.sent = [];
                const append = FormData.prototype.append;
                FormData.prototype.append = function (name, value, ...rest) {
                    if (value instanceof Blob) window.sent.push(value);
                    return append.call(this, name, value, ...rest);
                };
            })()
            """)
        try await page.click(".scan-start .is-primary")
        try await page.wait("document.querySelector('.scan-video')?.videoWidth === 320")
        try await page.click(".scan-bar .is-primary")
        try await page.wait(answered)
        let places = try await page.evaluate(
            """
            (async () => {
                const frames = window.sent.slice();
                const { token } = JSON.parse(localStorage.getItem('vitrine.session.customer'));
                const headers = { Authorization: 'Bearer ' + token };
                const place = (answer) => {
                    const found = answer.similar.findIndex((group) => JSON.stringify(group).includes('thing-1'));
                    return found < 0 ? 99 : found;
                };
                const id = new URL(location).searchParams.get('id');
                const places = [place(await (await fetch('/api/v1/scans/' + id, { headers })).json())];
                for (const frame of frames) {
                    const body = new FormData();
                    body.append('picture', frame, 'photo.jpg');
                    const reply = await fetch('/api/v1/scans', { method: 'POST', headers, body });
                    places.push(place(await reply.json()));
                }
                return places;
            })()
            """
        ).arrayValue?.compactMap(\.intValue)
        let together = try #require(places?.first), alone = places?.dropFirst() ?? []
        #expect((1...5).contains(alone.count))
        #expect(together <= alone.min() ?? -1, "together \(together), alone \(Array(alone))")
        #expect(together == 0)
        #expect(page.problems == [])
    }

    @Test("SCAN-019 an empty shop, a dark picture and a file that is no picture are each said, with what to do")
    func states() async throws {
        try await Shop.openWithoutModels { shop in
            let page = try await shop.scanner()
            try await page.scan(try await shop.picture(page, of: Shop.goods[0]))
            try await page.wait("document.querySelector('.scan-notice a[href=\"/\"]')")
            try await page.scan(Data("no picture".utf8))
            try await page.wait("document.querySelector('.scan-notice-title').textContent.includes('cannot be read')")
            try await page.scan(try await shop.picture(page, of: "#0a0a0a", ground: "#000000"))
            try await page.wait("document.querySelector('.scan-notice-title').textContent.includes('dark')")
            #expect(try await page.evaluate("document.querySelectorAll('.scan-notice button').length") == 2)
        }
    }

    @Test("SCAN-009 SCAN-010 a picture of a conversation is found from there; the answer is a message with cards")
    func conversation() async throws {
        try await Shop.openWithoutModels { shop in
            let customer = try await shop.customer()
            try await shop.stock(customer)
            let file = FileManager.default.temporaryDirectory.appending(path: "photo-\(UUID().uuidString).jpg")
            try await shop.picture(customer, of: Shop.goods[3], ground: "#e6e0d2").write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            try await customer.choose(files: [file], in: "input[type=file]")
            try await customer.wait("document.querySelector('.tray-slot img')")
            try await customer.click(".send")
            try await customer.wait("document.querySelector('vt-message.is-picture[data-state=sent]')")
            try await customer.click(".find-this")
            try await customer.wait("document.querySelector('.item-cards')")
            let title = "document.querySelector('.item-card-title').textContent"
            #expect(try await customer.evaluate(title) == "Thing 3")

            let agent = try await shop.agent()
            try await agent.wait("document.querySelector('.inbox-row')")
            try await agent.evaluate("document.querySelector('.inbox-row').click()")
            try await agent.wait("document.querySelector('.item-cards')")
            let href = try await agent.evaluate("document.querySelector('.item-cards-open').getAttribute('href')")
            #expect(href.stringValue?.hasPrefix("/scan?id=") == true)
            try await agent.click(".find-this")
            try await agent.wait("document.querySelector('dialog .is-best .scan-act')")
            try await agent.click("dialog .is-best .scan-act")
            try await agent.wait("document.querySelector('vt-message.is-mine .item-cards')")
            try await customer.wait("document.querySelector('vt-message.is-theirs .item-cards')")
            let body = try await customer.evaluate(
                "document.querySelector('vt-message.is-theirs').item.content.body"
            ).stringValue
            #expect(body?.contains("Thing 3") == true && body?.contains("https://corner.example/3") == true)
            #expect(agent.problems == [] && customer.problems == [])
        }
    }

    @Test(
        "SCAN-134 every control of the scan page has a name and every text contrast",
        arguments: AccessibilityTests.looks)
    func access(look: ChromiumPage.Look) async throws {
        try await Shop.openWithoutModels { shop in
            let page = try await shop.scanner(look: look)
            try await shop.stock(page)
            func check(_ place: String) async throws {
                let findings = try await page.evaluate(AccessibilityAudit.script).arrayValue ?? []
                #expect(findings.compactMap(\.stringValue) == [], "\(place)")
            }
            try await check("beginning")
            try await page.scan(try await shop.picture(page, of: Shop.goods[0]))
            try await page.wait("document.querySelector('.scan-how')")
            try await page.evaluate("document.querySelector('.scan-how').open = true")
            try await check("answer")
            #expect(page.problems == [])
        }
    }
}
