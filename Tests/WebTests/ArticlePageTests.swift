import Basics
import TestSupport
import Testing

@Suite("Pages of articles, and scans that wait", .serialized)
struct ArticlePageTests {
    /// Puts an article with a picture of one of the goods; its number.
    private static func put(_ shop: Shop, _ page: ChromiumPage) async throws -> String {
        let article: JSON = [
            "key": "thing", "kind": "encyclopedia", "title": "The blue thing", "source": "Museum",
            "link": "https://museum.example/blue",
            "body": "It has **lines**.\n\n## Where it comes from\n\n- from here\n- from there\n\n![A blue one](a.jpg)",
        ]
        let staff = try await shop.staff()
        let form = Shop.form([
            ("article", nil, Array(article.text.utf8)),
            ("picture", "a.jpg", Array(try await shop.picture(page, of: Shop.goods[1]))),
        ])
        let reply = try await staff.http.send(
            "POST", "/api/v1/articles",
            headers: ["Authorization": "Bearer \(staff.token ?? "")", "Content-Type": form.type], body: form.body)
        try #require(reply.status == 201, "\(reply.text)")
        return try #require(try JSON(parsing: Array(reply.text.utf8))["id"]?.stringValue)
    }

    @Test(
        "SCAN-010 SCAN-107 a finger that rests on a picture of an article finds the thing; one that moves does not",
        arguments: AccessibilityTests.looks)
    func press(look: ChromiumPage.Look) async throws {
        try await Shop.openWithoutModels { shop in
            let page = try await shop.scanner(look: look)
            try await shop.stock(page)
            let article = try await Self.put(shop, page)
            try await page.open(shop.address("/a/\(article)"))
            try await page.evaluate("document.querySelector('.article-figure img').scrollIntoView({ block: 'center' })")
            let isDrawn = "document.querySelector('.article-figure img').decode().then(() => true)"
            #expect(try await page.evaluate(isDrawn) == true)
            let findings = try await page.evaluate(AccessibilityAudit.script).arrayValue ?? []
            #expect(findings.compactMap(\.stringValue) == [])
            #expect(try await page.evaluate("document.documentElement.scrollWidth <= innerWidth") == true)
            #expect(page.problems == [])
            let moved = try await page.evaluate(
                """
                (() => {
                    const [figure, picture] = ['.article-figure', '.article-figure img'].map(each => document.querySelector(each));
                    const send = (type, x) => picture.dispatchEvent(new PointerEvent(type, { button: 0, clientX: x, clientY: 9 }));
                    const isPressed = () => figure.classList.contains('is-pressed');
                    send('pointerdown', 9);
                    const before = isPressed();
                    send('pointermove', 60);
                    return [before, isPressed()];
                })()
                """)
            #expect(moved == [true, false])
            let place =
                try await page.evaluate(
                    """
                    (() => { const area = document.querySelector('.article-figure img').getBoundingClientRect();
                        return [area.x + area.width / 2, area.y + area.height / 2]; })()
                    """
                ).arrayValue?.compactMap(\.doubleValue) ?? []
            try #require(place.count == 2)
            let found = page.expect("Page.loadEventFired")
            try await page.send(
                "Input.dispatchMouseEvent",
                [
                    "type": "mousePressed", "x": .double(place[0]), "y": .double(place[1]), "button": "left",
                    "clickCount": 1, "buttons": 1,
                ])
            _ = await found.first { _ in true }
            try await page.wait("document.querySelector('.is-best .scan-group-title')?.textContent === 'Thing 1'")
            #expect(try await page.evaluate("new URL(location).searchParams.has('id')") == true)
            #expect(page.problems == [])
        }
    }

    @Test("SCAN-025 a scan waits by one tap, and tells that the item is here when it has come")
    func watch() async throws {
        try await Shop.openWithoutModels { shop in
            let page = try await shop.scanner()
            try await shop.stock(page)
            let photo = try await shop.picture(page, of: "#7d3c98", ground: "#c8d6c0")
            try await page.scan(photo)
            try await page.wait("document.querySelector('.scan-watch button')")
            try await page.click(".scan-watch button")
            try await page.wait("document.querySelector('.scan-watch-state')")
            let findings = try await page.evaluate(AccessibilityAudit.script).arrayValue ?? []
            #expect(findings.compactMap(\.stringValue) == [])
            let staff = try await shop.staff()
            let form = Shop.form([
                ("item", nil, Array(#"{"title": "Violet"}"#.utf8)), ("picture", "a.jpg", Array(photo)),
            ])
            let reply = try await staff.http.send(
                "PUT", "/api/v1/catalogue/items/violet",
                headers: ["Authorization": "Bearer \(staff.token ?? "")", "Content-Type": form.type], body: form.body)
            try #require(reply.status == 200, "\(reply.text)")
            let isAnswered = try await page.evaluate(
                """
                (async () => {
                    const { token } = JSON.parse(localStorage.getItem('vitrine.session.customer'));
                    const id = new URL(location).searchParams.get('id');
                    for (let turn = 0; turn < 300; turn += 1) {
                        const reply = await fetch(`/api/v1/scans/${id}/watch`, { headers: { Authorization: 'Bearer ' + token } });
                        if ((await reply.json()).state === 'answered') return true;
                        await new Promise(done => setTimeout(done, 300));
                    }
                    return false;
                })()
                """)
            #expect(isAnswered == true)
            try await page.reload()
            try await page.wait("document.querySelector('.scan-watch .is-primary')")
            try await page.click(".scan-watch .is-primary")
            try await page.wait("document.querySelector('.is-best .scan-group-title')?.textContent === 'Violet'")
            #expect(page.problems == [])
        }
    }
}
