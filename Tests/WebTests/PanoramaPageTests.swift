import Basics
import Foundation
import TestSupport
import Testing

@Suite("The panorama page")
struct PanoramaPageTests {
    /// Draws views of a world of spots on the page's own canvas: a camera that turned by so many degrees.
    static func photos(
        _ page: ChromiumPage, degrees: [Int], seed: Int = 5, isRound: Bool = false
    ) async throws -> [URL] {
        let script = """
            (async () => {
                let state = \(seed) * 2654435761 % 4294967296;
                const random = () => { state = (state * 1664525 + 1013904223) % 4294967296; return state / 4294967296; };
                const spots = Array.from({ length: \(isRound ? 2_000 : 800) }, () => ({
                    yaw: (random() - 0.5) * \(isRound ? 2 * Double.pi : 2.6), pitch: random() * 1.2 - 0.6, w: 0.006 + random() * 0.04, h: 0.006 + random() * 0.035,
                    colour: `rgb(${[0, 1, 2].map(() => Math.floor(20 + random() * 215)).join(',')})`,
                }));
                const pictures = [];
                for (const degrees of \(degrees)) {
                    const canvas = document.createElement('canvas');
                    canvas.width = 400; canvas.height = 300;
                    const pen = canvas.getContext('2d');
                    const sky = pen.createLinearGradient(0, 0, 0, 300);
                    sky.addColorStop(0, '#7fb2d9'); sky.addColorStop(1, '#c9b48a');
                    pen.fillStyle = sky; pen.fillRect(0, 0, 400, 300);
                    const focal = 200 / Math.tan(Math.PI / 6);
                    for (const spot of spots) {
                        const yaw = spot.yaw - degrees * Math.PI / 180;
                        const [x, y, z] = [Math.cos(spot.pitch) * Math.sin(yaw), Math.sin(spot.pitch), Math.cos(spot.pitch) * Math.cos(yaw)];
                        if (z < 0.3) continue;
                        pen.fillStyle = spot.colour;
                        pen.fillRect(focal * x / z + 200 - spot.w * focal, focal * y / z + 150 - spot.h * focal, 2 * spot.w * focal, 2 * spot.h * focal);
                    }
                    const blob = await new Promise(done => canvas.toBlob(done, 'image/jpeg', 0.94));
                    const bytes = new Uint8Array(await blob.arrayBuffer());
                    let text = '';
                    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
                    pictures.push(btoa(text));
                }
                return pictures;
            })()
            """
        let made = try await page.evaluate(script).arrayValue?.compactMap(\.stringValue) ?? []
        let folder = FileManager.default.temporaryDirectory.appending(path: "panorama-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return try zip(degrees, made).map { turn, text in
            let file = folder.appending(path: "turn-\(turn + 100).jpg")
            try #require(Data(base64Encoded: text)).write(to: file)
            return file
        }
    }

    /// Chooses photos and waits until the heap shows them all.
    private static func take(_ files: [URL], _ page: ChromiumPage, shown: Int) async throws {
        try await page.choose(files: files, in: ".pano-file")
        try await page.wait("document.querySelectorAll('.pano-photo').length === \(shown)")
        try await page.wait("document.querySelector('vt-panorama-page').dataset.state === 'draft'")
    }

    private static func make(_ page: ChromiumPage) async throws {
        try await page.click(".pano-make")
        try await page.wait("['done', 'failed'].includes(document.querySelector('vt-panorama-page').dataset.state)")
    }

    private static func check(_ page: ChromiumPage) async throws {
        #expect(try await page.evaluate(AccessibilityAudit.script) == [])
    }

    /// The colour in the middle of the viewer.
    private static func middle(_ page: ChromiumPage) async throws -> [Int64] {
        let script = """
            (() => { const canvas = document.querySelector('.pano-canvas'); const gl = canvas.getContext('webgl');
                const dot = new Uint8Array(4);
                gl.readPixels(canvas.width / 2, canvas.height / 2, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, dot);
                return [...dot].slice(0, 3); })()
            """
        return try await page.evaluate(script).arrayValue?.compactMap(\.intValue) ?? []
    }

    @Test(
        "PANO-316 photos go in, a panorama comes out, is looked around in by drag, wheel and keys, and shown by its link"
    )
    func whole() async throws {
        try await Shop.openWithoutModels { shop in
            let page = try await ChromiumPage.open(shop.browser, look: .phone)
            try await page.open(shop.address("/panorama"))
            try await page.wait("document.querySelector('.pano-choose')")
            try await Self.check(page)
            let files = try await Self.photos(page, degrees: [-24, 0, 24])
            let stranger = try await Self.photos(page, degrees: [60], seed: 77)
            try await Self.take(files + stranger, page, shown: 4)
            try await Self.make(page)
            #expect(try await page.evaluate("document.querySelectorAll('.pano-group').length") == 1)
            let words = try await page.evaluate(
                "[...document.querySelectorAll('.pano-photo')].map(one => one.dataset.verdict)")
            #expect(words == ["used", "used", "used", "noOverlap"])
            #expect(
                try await page.evaluate("document.querySelector('.pano-photo:last-child .pano-advice').textContent")
                    != "")
            try await page.wait("document.querySelector('.pano-picture.is-loaded')")
            for isDark in [true, false] {
                try await page.show(.init(width: 390, height: 844, isPhone: true, isDark: isDark))
                try await Self.check(page)
            }

            try await page.click(".pano-look")
            try await page.wait("document.querySelector('vt-panorama')?.dataset.state === 'open'")
            let pose = "(({ yaw, pitch, field }) => [yaw, pitch, field])(document.querySelector('vt-panorama').pose)"
            let before = try await page.evaluate(pose).arrayValue?.compactMap(\.doubleValue) ?? []
            #expect(try await Self.middle(page).reduce(0, +) > 60)
            try await page.press("+")
            try await page.press("ArrowRight")
            let after = try await page.evaluate(pose).arrayValue?.compactMap(\.doubleValue) ?? []
            #expect(
                after.count == 3 && before.count == 3 && after[2] < before[2] && after[0] > before[0],
                "\(before) \(after)")
            try await page.drag(in: ".pano-canvas", from: (0.4, 0.5), to: (0.6, 0.5))
            let dragged = try await page.evaluate(pose).arrayValue?.compactMap(\.doubleValue) ?? []
            #expect(dragged[0] < after[0])

            let share = try await page.evaluate(
                "document.querySelector('vt-panorama-page').api.share().then(({ share }) => share)")
            let guest = try await ChromiumPage.open(shop.browser, look: .phone)
            try await guest.open(shop.address("/panorama?share=\(share.stringValue ?? "")&group=1"))
            try await guest.wait("document.querySelector('vt-panorama')?.dataset.state === 'open'")
            #expect(try await Self.middle(guest).reduce(0, +) > 60)
            #expect(guest.problems == [] && page.problems == [])
        }
    }

    @Test("PANO-316 the viewer shows each direction where the surface says it is")
    func directions() async throws {
        try await Shop.openWithoutModels { shop in
            let page = try await ChromiumPage.open(shop.browser, look: .phone)
            try await page.open(shop.address("/panorama"))
            try await page.wait("document.querySelector('.pano-choose')")
            // A sphere whose red says the yaw and whose green says the pitch.
            let script = """
                (async () => {
                    const canvas = document.createElement('canvas'); canvas.width = 720; canvas.height = 360;
                    const pen = canvas.getContext('2d'); const picture = pen.createImageData(720, 360);
                    for (let y = 0; y < 360; y += 1) for (let x = 0; x < 720; x += 1) {
                        const at = 4 * (y * 720 + x);
                        picture.data[at] = Math.abs(x - 360) / 360 * 255; picture.data[at + 1] = y / 360 * 255;
                        picture.data[at + 2] = x < 360 ? 0 : 255; picture.data[at + 3] = 255;
                    }
                    pen.putImageData(picture, 0, 0);
                    const blob = await new Promise(done => canvas.toBlob(done, 'image/png'));
                    const viewer = document.createElement('vt-panorama');
                    document.body.replaceChildren(viewer);
                    const scale = 720 / (2 * Math.PI);
                    await viewer.open({ surface: 'sphere', hasAngles: true, closed: true, scale, width: 720, height: 360,
                        left: -Math.PI + 0.5 / scale, top: -Math.PI / 2 + 0.5 / scale }, URL.createObjectURL(blob));
                    viewer.style.height = '100vh';
                    let worst = 0;
                    for (const degrees of [-170, -120, -45, -10, 15, 60, 100, 150]) for (const up of [-35, 0, 30]) {
                        viewer.look({ yaw: degrees * Math.PI / 180, pitch: up * Math.PI / 180, field: 0.6 });
                        viewer.scene.draw(viewer.pose);
                        const gl = viewer.scene.gl; const dot = new Uint8Array(4);
                        gl.readPixels(viewer.canvas.width / 2, viewer.canvas.height / 2, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, dot);
                        const yaw = dot[0] / 255 * 180 * (dot[2] > 128 ? 1 : -1);
                        const pitch = 90 - dot[1] / 255 * 180;
                        worst = Math.max(worst, Math.abs(yaw - degrees), Math.abs(pitch - up));
                    }
                    return worst;
                })()
                """
            let worst = try await page.evaluate(script).doubleValue ?? 360
            // Colours tell degrees to 0.7.
            #expect(worst < 1.6)
        }
    }

    @Test("PANO-301 a part of a photo is hidden by drawing around it")
    func mask() async throws {
        try await Shop.openWithoutModels { shop in
            let page = try await ChromiumPage.open(shop.browser, look: .phone)
            try await page.open(shop.address("/panorama"))
            try await page.wait("document.querySelector('.pano-choose')")
            try await Self.take(try await Self.photos(page, degrees: [-12, 12]), page, shown: 2)
            try await page.wait("document.querySelector('.pano-thumb.is-loaded')")
            try await page.click(".pano-photo .pano-paint")
            try await page.wait("(document.querySelector('.pano-mask-canvas')?.width ?? 300) !== 300")
            for corner in [(0.1, 0.1), (0.4, 0.1), (0.4, 0.5), (0.1, 0.5)] {
                try await page.drag(in: ".pano-mask-canvas", from: corner, to: corner)
            }
            try await page.click(".pano-mask-save")
            try await page.wait("document.querySelector('.pano-has-mask')")
            let areas = try await page.evaluate("document.querySelector('vt-panorama-page').state.photos[0].mask.areas")
            #expect(areas.arrayValue?.count == 1 && areas.arrayValue?[0]["kind"] == "exclude")
            #expect(areas.arrayValue?[0]["points"]?.arrayValue?.count == 4)
            try await Self.make(page)
            #expect(try await page.evaluate("document.querySelector('vt-panorama-page').dataset.state") == "done")
            // Deleting can be undone.
            try await page.evaluate("document.querySelector('.pano-bar-actions button:last-child').click()")
            try await page.wait("document.querySelector('.pano-undo')")
            try await page.click(".pano-undo")
            try await page.wait("document.querySelector('.pano-group')")
            #expect(page.problems == [])
        }
    }
}
