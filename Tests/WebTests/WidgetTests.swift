import Basics
import Foundation
import TestSupport
import Testing

@Suite("The chat in a shop's page, in every state", .serialized)
struct WidgetTests {
    /// A page of a shop that holds the tag, on an origin of its own.
    private func host(_ desk: DeskShop) throws -> HTTPReceiver {
        let tag =
            "<script src='\(desk.shop.address("/web/widget/load.js"))' data-entry='item.book' data-ref='car-881' "
            + "data-title='A blue car' async></script>"
        return try HTTPReceiver { request in
            request.path == "/"
                ? .init(html: "<!doctype html><html lang=en><title>A shop</title><h1>A blue car</h1>\(tag)")
                : .init(404)
        }
    }

    /// Touches the shop's button, which stands in a closed shadow root at the corner of the window.
    private func touchButton(_ page: ChromiumPage) async throws {
        try await page.wait("document.body.lastElementChild.tagName === 'DIV'")
        let place = try await page.evaluate("[innerWidth - 48, innerHeight - 48]")
        for type in ["mouseMoved", "mousePressed", "mouseReleased"] {
            try await page.send(
                "Input.dispatchMouseEvent",
                [
                    "type": .string(type), "x": place.arrayValue?[0] ?? 0, "y": place.arrayValue?[1] ?? 0,
                    "button": "left", "clickCount": 1,
                ])
        }
    }

    @Test(
        "DESK-01 from the touch of the button until a first message can be written no form is shown and little time goes by"
    )
    func first() async throws {
        try await DeskShop.open { desk in
            let host = try host(desk)
            var times: [Double] = []
            for _ in 0..<5 {
                let page = try await ChromiumPage.open(desk.shop.browser)
                try await page.open(host.baseURL + "/")
                try await touchButton(page)
                // The chat says when something can be written; the page around has measured since the touch.
                let took = try await page.evaluate(
                    """
                    new Promise(done => { const look = () => { const found = performance.getEntriesByName('vitrine-ready')[0];
                    found ? done(found.duration) : setTimeout(look, 20); }; look(); })
                    """)
                times.append(took.doubleValue ?? .infinity)
                await page.close()
            }
            print("DESK-01 ms from the touch until a message can be written:", times.map { Int($0) }.sorted())
            // Far more than it takes: the figure itself stands in Documentation/Benchmarks.md.
            #expect((times.min() ?? .infinity) < 20_000)
            host.close()
        }
    }

    @Test("DESK-54 an answer while the visitor looks elsewhere shows in the title and can be heard, until it is read")
    func notices() async throws {
        try await DeskShop.open { desk in
            let console = try await desk.console()
            let visitor = try await desk.widget()
            try await visitor.say("Hello")
            try await visitor.sees("Hello", in: "sent")
            try await console.wait("document.querySelector('.inbox-row')")
            try await console.evaluate("document.querySelector('.inbox-row').click()")
            try await console.hears("Hello")
            // The visitor is somewhere else; tones are counted instead of heard.
            try await visitor.evaluate(
                """
                (() => { document.hasFocus = () => false; window.tones = 0;
                const start = OscillatorNode.prototype.start;
                OscillatorNode.prototype.start = function (...at) { window.tones += 1; return start.apply(this, at); }; })()
                """)
            try await console.say("Good day")
            try await visitor.hears("Good day")
            try await visitor.wait("document.title.startsWith('(1) ')")
            try await visitor.wait("window.tones === 2")
            try await visitor.evaluate(
                "delete document.hasFocus; window.dispatchEvent(new Event('focus')); document.dispatchEvent(new Event('visibilitychange'))"
            )
            try await visitor.wait("!document.title.startsWith('(')")
            // Silent when it was turned off.
            try await visitor.evaluate("document.querySelector('.shop-tools [data-t-label=more]').click()")
            try await visitor.wait("document.querySelector('.menu [data-icon=bell]')")
            try await visitor.evaluate("document.querySelector('.menu [data-icon=bell]').closest('button').click()")
            try await visitor.evaluate("document.hasFocus = () => false")
            try await console.say("Are you there?")
            try await visitor.hears("Are you there?")
            try await visitor.wait("document.title.startsWith('(')")
            #expect(try await visitor.evaluate("window.tones") == 2)
            #expect(visitor.problems == [])
        }
    }

    @Test("DESK-03 DESK-54 the conversation is saved as a file that holds all of it, and any file can be sent")
    func transcript() async throws {
        try await DeskShop.open { desk in
            let console = try await desk.console()
            let visitor = try await desk.widget()
            let note = FileManager.default.temporaryDirectory.appending(path: "vitrine-note-\(UUID().uuidString).txt")
            try Data("a note".utf8).write(to: note)
            defer { try? FileManager.default.removeItem(at: note) }
            try await visitor.say("May I come?")
            try await visitor.sees("May I come?", in: "sent")
            try await visitor.choose(files: [note], in: "vt-composer input[type=file]")
            try await visitor.wait("document.querySelector('.tray-item, vt-composer .tray > *')")
            try await visitor.click(".send")
            try await console.wait("document.querySelector('.inbox-row')")
            try await console.evaluate("document.querySelector('.inbox-row').click()")
            try await console.wait(
                "[...document.querySelectorAll('vt-message')].some(m => m.textContent.includes('vitrine-note'))")
            try await console.say("Please do")
            try await visitor.hears("Please do")
            try await visitor.evaluate(
                """
                (() => { const make = URL.createObjectURL; URL.createObjectURL = (blob) => { blob.text().then(t => { window.saved = t; document.body.dataset.saved = 'yes'; }); return make.call(URL, blob); }; })()
                """)
            try await visitor.evaluate("document.querySelector('.shop-tools [data-t-label=more]').click()")
            try await visitor.wait("document.querySelector('.menu [data-icon=download]')")
            try await visitor.evaluate("document.querySelector('.menu [data-icon=download]').closest('button').click()")
            try await visitor.wait("document.body.dataset.saved === 'yes'")
            let saved = try await visitor.evaluate("window.saved").stringValue ?? ""
            #expect(saved.contains("You: May I come?"))
            #expect(saved.contains("vitrine-note"))
            // Whoever has answered, to the customer it was the shop.
            #expect(saved.contains("Lamp & Wheel: Please do") && !saved.contains("Mei"))
            #expect(visitor.problems == [])
        }
    }

    @Test(
        "DESK-54 the chat is usable by everybody in each of its states: names, contrast, sizes, keys, small and zoomed windows",
        arguments: [
            ChromiumPage.Look(width: 400, height: 640), ChromiumPage.Look(width: 400, height: 640, isDark: true),
            ChromiumPage.Look(width: 320, height: 568, isPhone: true),
            ChromiumPage.Look(width: 360, height: 740, isPhone: true, isDark: true, language: "zh-CN"),
        ])
    func accessible(look: ChromiumPage.Look) async throws {
        try await DeskShop.open { desk in
            let visitor = try await desk.widget(look: look)
            try await check(visitor, "hello")
            try await focus(visitor, "hello")
            try await visitor.say("Hello")
            try await visitor.wait("document.querySelector('.state-bar:not([hidden])')")
            try await check(visitor, "waiting")
            try await focus(visitor, "waiting")
            try await visitor.evaluate("document.querySelector('.shop-tools [data-t-label=more]').click()")
            try await visitor.wait("document.querySelector('[role=menu]')")
            try await check(visitor, "menu")
            try await visitor.evaluate("document.querySelector('.menu [data-icon=leave]').closest('button').click()")
            try await visitor.wait("document.querySelector('#become-name')")
            try await check(visitor, "login")
            try await visitor.press("Escape")
            let console = try await desk.console()
            try await console.wait("document.querySelector('.inbox-row')")
            try await console.evaluate("document.querySelector('.inbox-row').click()")
            try await console.hears("Hello")
            try await console.say("Good day")
            try await visitor.hears("Good day")
            try await check(visitor, "talk")
            try await console.evaluate("document.querySelector('[data-act=resolve]').click()")
            try await visitor.wait("document.querySelectorAll('.star').length === 5")
            try await check(visitor, "rating")
            try await focus(visitor, "rating")
        }
    }

    /// WCAG 2.1 AA as far as a program can decide: the audit, 1.4.10 (reflow), 1.4.12 (text spacing), 2.4.2, 4.1.3.
    private func check(_ page: ChromiumPage, _ place: String) async throws {
        let findings = try await page.evaluate(AccessibilityAudit.script).arrayValue ?? []
        #expect(findings.compactMap(\.stringValue) == [], "\(place)")
        let more = try await page.evaluate(AccessibilityAudit.reflowScript).arrayValue ?? []
        #expect(more.compactMap(\.stringValue) == [], "\(place)")
        #expect(page.problems == [], "\(place)")
    }

    /// Tab reaches every control, and shows where it is.
    private func focus(_ page: ChromiumPage, _ place: String) async throws {
        var seen: Set<String> = []
        // An answer that comes meanwhile may take the focus to the field; then it is walked through once more.
        for _ in 0..<3 where seen.count < 4 {
            seen = []
            // Tab begins at the top of the page.
            try await page.evaluate(
                """
                (() => { const top = document.createElement('span'); top.tabIndex = -1; document.body.prepend(top); top.focus(); top.remove(); })()
                """)
            for _ in 0..<60 {
                try await page.press("Tab")
                let state = try await page.evaluate(AccessibilityAudit.focusScript)
                guard let name = state["name"]?.stringValue else { break }
                #expect(state["isVisible"]?.boolValue == true, "\(place): no visible focus on \(name)")
                if !seen.insert(name).inserted { break }
            }
        }
        #expect(seen.count >= 4, "\(place)")
    }
}
