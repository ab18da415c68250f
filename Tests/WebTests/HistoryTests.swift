import Basics
import TestSupport
import Testing

@Suite("Long conversations", .serialized)
struct HistoryTests {
    /// Has the page's own account send numbered messages, waiting where the server asks it to.
    private func send(_ count: Int, from page: ChromiumPage, session: String, room: String) async throws {
        let script = """
            (async () => {
                const { token } = JSON.parse(localStorage.getItem('vitrine.session.\(session)'));
                for (let n = 1; n <= \(count); n += 1) {
                    const target = '/_matrix/client/v3/rooms/' + encodeURIComponent('\(room)') + '/send/m.room.message/h' + n;
                    for (;;) {
                        const reply = await fetch(target, {
                            method: 'PUT', headers: { Authorization: 'Bearer ' + token, 'Content-Type': 'application/json' },
                            body: JSON.stringify({ msgtype: 'm.text', body: 'number ' + n }),
                        });
                        if (reply.ok) break;
                        const { retry_after_ms: wait } = await reply.json();
                        if (reply.status !== 429) throw new Error('refused with ' + reply.status);
                        await new Promise(done => setTimeout(done, wait ?? 200));
                    }
                }
            })()
            """
        try await page.evaluate(script)
    }

    private func scrollUpUntilStart(_ page: ChromiumPage) async throws {
        let script = """
            new Promise((yes, no) => {
                const scroller = document.querySelector('.timeline-scroller');
                const late = setTimeout(() => no(new Error('the start never came')), 30000);
                const up = () => {
                    if (document.querySelector('.line.is-start')) { clearTimeout(late); yes(true); return; }
                    scroller.scrollTop = 0;
                    requestAnimationFrame(up);
                };
                up();
            })
            """
        try await page.evaluate(script)
    }

    @Test(
        "MSG-27 scrolling back brings the whole history once and in order, in pieces, and one press leads to the newest"
    )
    func paging() async throws {
        try await Shop.open { shop in
            let customer = try await shop.customer()
            try await customer.say("the very first")
            try await customer.sees("the very first", in: "sent")
            let room = try await customer.evaluate(
                "JSON.parse(localStorage.getItem('vitrine.session.customer')).roomId")
            let agent = try await shop.agent()
            try await agent.openConversation("the very first")
            try await send(130, from: agent, session: "agent", room: room.stringValue ?? "")
            try await customer.hears("number 130")

            // A second browser of the same member of staff knows nothing yet.
            let fresh = try await shop.agent()
            try await fresh.openConversation("number 130")
            try await fresh.hears("number 130", from: "mine")
            #expect(try await fresh.texts().count < 100)
            try await scrollUpUntilStart(fresh)
            let all = ["the very first"] + (1...130).map { "number \($0)" }
            #expect(try await fresh.texts() == all)
            #expect(try await fresh.evaluate("document.querySelectorAll('.line.is-gap').length") == 0)

            try await fresh.wait("!document.querySelector('.jump').hidden")
            try await fresh.click(".jump")
            try await fresh.wait("document.querySelector('.jump').hidden")
            #expect(fresh.problems == [])
        }
    }

    @Test("MSG-47 a message found by search opens where it stands in history, and the way from there to now fills in")
    func search() async throws {
        try await Shop.open { shop in
            let customer = try await shop.customer()
            try await customer.say("胡桃木台灯还有吗")
            try await customer.sees("胡桃木台灯还有吗", in: "sent")
            let room = try await customer.evaluate(
                "JSON.parse(localStorage.getItem('vitrine.session.customer')).roomId")
            let agent = try await shop.agent()
            try await agent.openConversation("胡桃木")
            try await send(90, from: agent, session: "agent", room: room.stringValue ?? "")
            try await customer.hears("number 90")

            let fresh = try await shop.agent()
            try await fresh.wait("document.querySelector('.inbox-row')")
            try await fresh.press("/")
            try await fresh.type("台灯")
            try await fresh.wait("document.querySelector('.hit mark')")
            #expect(try await fresh.evaluate("document.querySelector('.hit mark').textContent") == "台灯")
            try await fresh.click(".hit")
            try await fresh.wait("document.querySelector('vt-message.is-found .body')?.textContent === '胡桃木台灯还有吗'")
            try await fresh.click(".jump")
            try await fresh.hears("number 90", from: "mine")
            try await fresh.wait("document.querySelectorAll('.line.is-gap').length === 0")
            #expect(try await fresh.texts() == ["胡桃木台灯还有吗"] + (1...90).map { "number \($0)" })
        }
    }
}
