import Basics
import Foundation
import TestSupport
import Testing

@Suite("Pictures", .serialized)
struct PictureTests {
    /// Makes a JPEG of that size in the browser, with an EXIF block put in by hand, and saves it.
    private func photo(_ page: ChromiumPage, width: Int, height: Int) async throws -> URL {
        let script = """
            (async () => {
                const canvas = document.createElement('canvas');
                canvas.width = \(width); canvas.height = \(height);
                const pen = canvas.getContext('2d');
                pen.fillStyle = '#12564b'; pen.fillRect(0, 0, \(width), \(height));
                pen.fillStyle = '#c98b2b'; pen.fillRect(0, 0, \(width / 2), \(height / 2));
                const blob = await new Promise(done => canvas.toBlob(done, 'image/jpeg', 0.9));
                const bytes = new Uint8Array(await blob.arrayBuffer());
                return btoa(Array.from(bytes, b => String.fromCharCode(b)).join(''));
            })()
            """
        let made = try await page.evaluate(script).stringValue
        var data = try #require(made.flatMap { Data(base64Encoded: $0) })
        let exif: [UInt8] =
            [0xFF, 0xE1, 0x00, 0x16] + Array("Exif\0\0".utf8) + Array("MM\0*\0\0\0\u{8}\0\0\0\0\0\0".utf8)
        data.insert(contentsOf: exif, at: 2)
        let file = FileManager.default.temporaryDirectory.appending(path: "photo-\(UUID().uuidString).jpg")
        try data.write(to: file)
        return file
    }

    /// Fetches the newest picture of the open conversation as the server holds it, and looks for EXIF.
    private static let sentPictureHasEXIF = """
        (async () => {
            const { token } = JSON.parse(localStorage.getItem('vitrine.session.agent'));
            const options = { headers: { Authorization: 'Bearer ' + token } };
            const room = location.hash.slice(2);
            const page = await fetch(`/_matrix/client/v3/rooms/${room}/messages?dir=b&limit=20`, options).then(r => r.json());
            const url = page.chunk.find(e => e.content.msgtype === 'm.image').content.url.slice('mxc://'.length);
            const reply = await fetch('/_matrix/client/v1/media/download/' + url, options);
            if (!reply.ok) throw new Error('no picture: ' + reply.status);
            return (await reply.text()).includes('Exif');
        })()
        """

    @Test("MSG-45 a photo is made small without its EXIF, sent, shown on the other side, and opens in full size")
    func photo() async throws {
        try await Shop.open { shop in
            let customer = try await shop.customer()
            let file = try await photo(customer, width: 3000, height: 1500)
            defer { try? FileManager.default.removeItem(at: file) }
            try await customer.choose(files: [file], in: "input[type=file]")
            try await customer.wait("document.querySelector('.tray-slot img')")
            try await customer.click(".composer-field")
            try await customer.type("Do you have this one?")
            try await customer.press("Enter")
            try await customer.sees("Do you have this one?", in: "sent")
            try await customer.wait("document.querySelector('vt-message.is-picture[data-state=sent]')")

            let agent = try await shop.agent()
            try await agent.openConversation("Do you have this one?")
            try await agent.wait("document.querySelector('vt-picture[data-state=shown] img')")
            try await agent.click("vt-picture .picture-open")
            try await agent.wait("document.querySelector('dialog.viewer img')?.naturalWidth > 0")
            #expect(try await agent.evaluate("document.querySelector('dialog.viewer img').naturalWidth") == 2048)
            #expect(try await agent.evaluate("document.querySelector('dialog.viewer img').naturalHeight") == 1024)
            #expect(try await agent.evaluate(Self.sentPictureHasEXIF) == false)
            try await agent.press("Escape")
            try await agent.wait("!document.querySelector('dialog.viewer')")
            #expect(agent.problems == [])
            #expect(customer.problems == [])
        }
    }

    @Test(
        "a pasted picture waits above the text and can be taken out again; what is no picture is refused with a sentence"
    )
    func tray() async throws {
        try await Shop.open { shop in
            let customer = try await shop.customer()
            let paste = { (name: String, type: String) in
                """
                (async () => {
                    const canvas = document.createElement('canvas');
                    canvas.width = 40; canvas.height = 30;
                    const drawn = await new Promise(done => canvas.toBlob(done, 'image/png'));
                    const data = new DataTransfer();
                    data.items.add(new File([drawn], '\(name)', { type: '\(type)' }));
                    document.querySelector('.composer-field').dispatchEvent(
                        new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
                })()
                """
            }
            try await customer.evaluate(paste("cup.png", "image/png"))
            try await customer.wait("document.querySelector('.tray-slot')")
            try await customer.click(".tray-remove")
            try await customer.wait("!document.querySelector('.tray-slot')")
            try await customer.evaluate(paste("list.txt", "text/plain"))
            try await customer.wait("document.querySelector('.toast')")
            #expect(try await customer.evaluate("document.querySelector('.send').disabled") == true)

            try await customer.evaluate(paste("cup.png", "image/png"))
            try await customer.wait("document.querySelector('.tray-slot')")
            try await customer.click(".send")
            try await customer.wait("document.querySelector('vt-message.is-picture[data-state=sent]')")
            try await customer.reload()
            try await customer.wait("document.querySelector('vt-picture[data-state=shown] img')?.naturalWidth === 40")
        }
    }
}
