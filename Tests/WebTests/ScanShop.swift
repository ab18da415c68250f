import Basics
import Foundation
import TestSupport
import Testing

/// What tests of the scan page need beyond a shop: goods, drawn by the browser, and photographs of them.
extension Shop {
    /// Colours of the goods; the first two hexadecimal digits after `#` name them.
    static let goods = ["#c0392b", "#2d6cb5", "#2e8b57", "#d9a33a"]

    /// A shop that looks at pictures with the built-in feature, whatever models are installed on this machine.
    static func openWithoutModels(_ body: (Shop) async throws -> Void) async throws {
        try await open(launcher: ["/usr/bin/env", "VITRINE_ORT_LIB=/nowhere"], body)
    }

    /// Somebody who works here, on the HTTP interface.
    func staff() async throws -> MatrixClient {
        try await MatrixClient(server.http).login(Shop.staffName, password: Shop.staffPassword)
    }

    /// A picture of a thing, made by the browser: a coloured ring on a plain ground.
    func picture(
        _ page: ChromiumPage, of colour: String, width: Int = 400, height: Int = 300, ground: String = "#f2efe8"
    ) async throws -> Data {
        let script = """
            (async () => {
                const canvas = document.createElement('canvas');
                canvas.width = \(width); canvas.height = \(height);
                const pen = canvas.getContext('2d');
                pen.fillStyle = '\(ground)'; pen.fillRect(0, 0, \(width), \(height));
                pen.fillStyle = '\(colour)';
                const index = parseInt('\(colour)'.slice(1, 3), 16) % 5;
                pen.translate(\(width / 2), \(height / 2)); pen.scale(\(height) / 300, \(height) / 300);
                pen.fillRect(-40 - 14 * index, -90 + 10 * index, 80 + 28 * index, 180 - 20 * index);
                pen.fillStyle = '#222';
                for (let line = -60; line < 60; line += 24) pen.fillRect(-30, line, 60, 8);
                const blob = await new Promise(done => canvas.toBlob(done, 'image/jpeg', 0.9));
                const bytes = new Uint8Array(await blob.arrayBuffer());
                let text = '';
                for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
                return btoa(text);
            })()
            """
        let made = try await page.evaluate(script).stringValue
        return try #require(made.flatMap { Data(base64Encoded: $0) })
    }

    /// A film of a thing as a hand holds it before the camera: it sways, rests, and smears while it moves; 48 JPEGs in a
    /// row, drawn by the browser.
    func film(_ page: ChromiumPage, of colour: String) async throws -> Data {
        let thing = try await picture(page, of: colour, width: 320, height: 240).base64EncodedString()
        let script = """
            (async () => {
                const image = new Image();
                image.src = 'data:image/jpeg;base64,\(thing)';
                await image.decode();
                const canvas = document.createElement('canvas');
                canvas.width = 320; canvas.height = 240;
                const pen = canvas.getContext('2d');
                const frames = [];
                for (let number = 0; number < 48; number += 1) {
                    const place = (time) => 24 * Math.sin(time / 48 * 4 * Math.PI);
                    pen.globalAlpha = 1;
                    pen.fillStyle = '#f2efe8'; pen.fillRect(0, 0, 320, 240);
                    for (let step = 0; step < 6; step += 1) {
                        pen.globalAlpha = 1 / (step + 1);
                        pen.drawImage(image, place(number + step / 6), 4 * Math.cos(number / 5));
                    }
                    pen.globalAlpha = 0.06 * (number % 4);
                    pen.fillStyle = '#000'; pen.fillRect(0, 0, 320, 240);
                    const blob = await new Promise((done) => canvas.toBlob(done, 'image/jpeg', 0.6));
                    frames.push(...new Uint8Array(await blob.arrayBuffer()));
                }
                let text = '';
                for (let at = 0; at < frames.length; at += 8192) {
                    text += String.fromCharCode(...frames.slice(at, at + 8192));
                }
                return btoa(text);
            })()
            """
        let made = try await page.evaluate(script).stringValue
        return try #require(made.flatMap { Data(base64Encoded: $0) })
    }

    /// Puts the goods into the catalogue.
    func stock(_ page: ChromiumPage) async throws {
        let staff = try await staff()
        for (number, colour) in Shop.goods.enumerated() {
            let item: JSON = [
                "title": .string("Thing \(number)"), "price": .int(Int64(1_250 * (number + 1))), "currency": "EUR",
                "shop": "corner", "stock": 4, "link": .string("https://corner.example/\(number)"),
            ]
            let form = Shop.form([
                ("item", nil, Array(item.text.utf8)), ("picture", "a.jpg", Array(try await picture(page, of: colour))),
            ])
            let reply = try await staff.http.send(
                "PUT", "/api/v1/catalogue/items/thing-\(number)",
                headers: ["Authorization": "Bearer \(staff.token ?? "")", "Content-Type": form.type], body: form.body)
            try #require(reply.status == 200, "\(reply.text)")
        }
    }

    static func form(_ parts: [(name: String, file: String?, bytes: [UInt8])]) -> (type: String, body: [UInt8]) {
        var body: [UInt8] = []
        for part in parts {
            let file = part.file.map { "; filename=\"\($0)\"" } ?? ""
            body += Array("--edge\r\nContent-Disposition: form-data; name=\"\(part.name)\"\(file)\r\n\r\n".utf8)
            body += part.bytes + [13, 10]
        }
        return ("multipart/form-data; boundary=edge", body + Array("--edge--\r\n".utf8))
    }

    /// The scan page, opened.
    func scanner(look: ChromiumPage.Look = .phone) async throws -> ChromiumPage {
        let page = try await ChromiumPage.open(browser, look: look)
        try await page.open(address("/scan"))
        try await page.wait("document.querySelector('.scan-start')")
        return page
    }
}

extension ChromiumPage {
    /// Chooses a photograph for the scan page; the file is removed again.
    func scan(_ photo: Data) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "photo-\(UUID().uuidString).jpg")
        try photo.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        // After an answer the page goes back to its beginning for another picture.
        if try await evaluate("document.querySelector('.scan-file') === null") == true {
            try await click(".scan-bar button")
            try await wait("document.querySelector('.scan-file')")
        }
        try await choose(files: [file], in: ".scan-file")
        try await wait("document.querySelector('.scan-verdict, .scan-notice')")
    }

    /// Drags with the mouse between two places of an element, in shares of its size.
    func drag(in selector: String, from: (Double, Double), to: (Double, Double)) async throws {
        let script = """
            (() => { const area = document.querySelector('\(selector)').getBoundingClientRect();
                return [area.x, area.y, area.width, area.height]; })()
            """
        let area = try await evaluate(script).arrayValue?.compactMap(\.doubleValue) ?? []
        try #require(area.count == 4)
        let middle = ((from.0 + to.0) / 2, (from.1 + to.1) / 2)
        for (type, place) in [
            ("mousePressed", from), ("mouseMoved", middle), ("mouseMoved", to), ("mouseReleased", to),
        ] {
            try await send(
                "Input.dispatchMouseEvent",
                [
                    "type": .string(type), "x": .double(area[0] + area[2] * place.0),
                    "y": .double(area[1] + area[3] * place.1), "button": "left", "clickCount": 1,
                    "buttons": type == "mouseReleased" ? 0 : 1,
                ])
        }
    }

    /// What the box says of itself.
    func box() async throws -> String? {
        try await evaluate("document.querySelector('.scan-box').getAttribute('aria-label')").stringValue
    }
}
