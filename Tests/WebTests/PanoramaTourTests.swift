import Basics
import Foundation
import TestSupport
import Testing

@Suite("Hotspots, tours and the guide on the page")
struct PanoramaTourTests {
    /// A panorama of one's own, made on the page; `options` is what else is asked of it, as JavaScript.
    static func made(
        _ shop: Shop, _ page: ChromiumPage, seed: Int, isRound: Bool = false, options: String? = nil
    ) async throws {
        try await page.open(shop.address("/panorama"))
        try await page.wait("document.querySelector('.pano-choose')")
        let degrees = isRound ? Array(stride(from: 0, to: 360, by: 40)) : [-24, 0, 24]
        let files = try await PanoramaPageTests.photos(page, degrees: degrees, seed: seed, isRound: isRound)
        try await page.choose(files: files, in: ".pano-file")
        try await page.wait("document.querySelectorAll('.pano-photo').length === \(degrees.count)")
        try await page.wait("document.querySelector('vt-panorama-page').dataset.state === 'draft'")
        if let options { try await page.evaluate("document.querySelector('vt-panorama-page').api.change(\(options))") }
        try await page.click(".pano-make")
        try await page.wait("document.querySelector('vt-panorama-page').dataset.state === 'done'")
    }

    static func look(_ page: ChromiumPage) async throws {
        try await page.click(".pano-look")
        try await page.wait("document.querySelector('vt-panorama')?.dataset.state === 'open'")
    }

    private static func check(_ page: ChromiumPage) async throws {
        #expect(try await page.evaluate(AccessibilityAudit.script) == [])
    }

    @Test("PANO-316 staff put hotspots into a panorama, remove one and bring it back; a guest follows the tour")
    func tour() async throws {
        try await Shop.openWithoutModels { shop in
            let page = try await shop.agent(look: ChromiumPage.Look(width: 1280, height: 800))
            try await Self.made(shop, page, seed: 9)
            try await Self.made(shop, page, seed: 5)
            try await Self.look(page)
            try await page.click(".pano-edit")
            try await page.wait("document.querySelector('.is-pointing')")
            // Words in the middle, by the keyboard alone.
            try await page.evaluate("document.querySelector('.pano-canvas').focus()")
            try await page.press("Enter")
            try await page.wait("document.querySelector('.pano-spot-form')")
            try await Self.check(page)
            try await page.type("Window")
            try await page.evaluate("document.querySelector('.pano-spot-form textarea').focus()")
            try await page.type("It looks north.")
            try await page.click(".pano-spot-save")
            try await page.wait("document.querySelectorAll('.pano-spot').length === 1")
            let place = try await page.evaluate(
                """
                (() => { const spot = document.querySelector('.pano-spot').getBoundingClientRect(); const canvas = document.querySelector('.pano-canvas').getBoundingClientRect();
                    return Math.hypot(spot.x + spot.width / 2 - canvas.x - canvas.width / 2, spot.y + spot.height / 2 - canvas.y - canvas.height / 2); })()
                """)
            #expect((place.doubleValue ?? 99) < 3)
            // A door by a tap, to the other panorama.
            try await page.drag(in: ".pano-canvas", from: (0.7, 0.5), to: (0.7, 0.5))
            try await page.wait("document.querySelector('.pano-spot-form')")
            try await page.type("Next room")
            try await page.evaluate(
                """
                (() => { const kind = document.querySelector('.pano-spot-form [name=kind]'); kind.value = 'panorama'; kind.dispatchEvent(new Event('change'));
                    const tour = document.querySelector('.pano-spot-form [name=panorama]');
                    const own = new URL(location).searchParams.get('id');
                    tour.value = [...tour.options].map(({ value }) => value).find((value) => !value.startsWith(own)); })()
                """)
            try await page.click(".pano-spot-save")
            try await page.wait("document.querySelectorAll('.pano-spot').length === 2")
            // Removed, and back again.
            try await page.click(".pano-spot.is-text")
            try await page.wait("document.querySelector('.pano-spot-remove')")
            try await page.click(".pano-spot-remove")
            try await page.wait("document.querySelectorAll('.pano-spot').length === 1")
            try await page.click(".pano-said-do")
            try await page.wait("document.querySelectorAll('.pano-spot').length === 2")
            try await Self.check(page)

            let share = try await page.evaluate(
                "document.querySelector('vt-panorama-page').api.share().then(({ share }) => share)")
            let guest = try await ChromiumPage.open(
                shop.browser, look: .init(width: 360, height: 740, isPhone: true, language: "zh"))
            try await guest.open(shop.address("/panorama?share=\(share.stringValue ?? "")&group=1"))
            try await guest.wait("document.querySelectorAll('.pano-spot').length === 2")
            #expect(try await guest.evaluate("document.querySelector('.pano-edit')") == .null)
            try await guest.click(".pano-spot.is-text")
            try await guest.wait("document.querySelector('.pano-spot-words')?.textContent.includes('It looks north.')")
            try await Self.check(guest)
            try await guest.evaluate("document.querySelector('dialog').close()")
            // What is beside the screen is turned to when it gets the focus.
            let yaw = "document.querySelector('vt-panorama').pose.yaw"
            let before = try await guest.evaluate(yaw).doubleValue ?? 0
            try await guest.evaluate("document.querySelector('.pano-spot.is-panorama').focus()")
            try await guest.wait("!document.querySelector('.pano-spot.is-panorama').classList.contains('is-away')")
            #expect((try await guest.evaluate(yaw).doubleValue ?? 0) >= before)
            let first = try await guest.evaluate("document.querySelector('vt-panorama').manifest.image")
            try await guest.evaluate("document.querySelector('.pano-spot.is-panorama').click()")
            try await guest.wait(
                "document.querySelector('vt-panorama').manifest.image !== '\(first.stringValue ?? "")' && document.querySelectorAll('.pano-spot').length === 0"
            )
            #expect(guest.problems == [] && page.problems == [])
        }
    }

    @Test("PANO-339 a tap on a thing in the panorama searches the catalogue for it")
    func find() async throws {
        try await Shop.openWithoutModels { shop in
            let page = try await ChromiumPage.open(shop.browser, look: .init(width: 360, height: 740, isPhone: true))
            try await page.open(shop.address("/panorama"))
            try await page.wait("document.querySelector('.pano-choose')")
            try await shop.stock(page)
            try await Self.made(shop, page, seed: 5)
            try await Self.look(page)
            try await page.click(".pano-find")
            try await page.wait("document.querySelector('.pano-find').getAttribute('aria-pressed') === 'true'")
            try await page.drag(in: ".pano-canvas", from: (0.4, 0.45), to: (0.4, 0.45))
            try await page.wait("document.querySelector('.dialog.is-scan .scan-verdict, .dialog.is-scan .scan-notice')")
            #expect(
                try await page.evaluate("document.querySelector('.pano-find').getAttribute('aria-pressed')") == "false")
            #expect(page.problems == [])
        }
    }

    @Test(
        "PANO-332, PANO-266 the guide tells after each photo where to turn, in both languages, and its photos become the panorama"
    )
    func guide() async throws {
        try await Shop.openWithoutModels { shop in
            let page = try await ChromiumPage.open(shop.browser, look: .init(width: 360, height: 740, isPhone: true))
            try await page.open(shop.address("/panorama"))
            try await page.wait("document.querySelector('.pano-guide-open')")
            let files = try await PanoramaPageTests.photos(page, degrees: [-24, 0, 58, 24])
            try await page.click(".pano-guide-open")
            try await page.wait("document.querySelector('.pano-guide-shoot')")
            try await Self.check(page)
            for (file, advice) in zip(files, ["first", "good", "turnBack", "good"]) {
                try await page.evaluate("document.querySelector('.pano-guide-said').dataset.advice = ''")
                try await page.choose(files: [file], in: ".pano-guide-file")
                try await page.wait("document.querySelector('.pano-guide-said').dataset.advice !== ''")
                #expect(
                    try await page.evaluate("document.querySelector('.pano-guide-said').dataset.advice")
                        == .string(advice))
                let words = try await page.evaluate("document.querySelector('.pano-guide-overlap').textContent")
                    .stringValue
                #expect((words ?? "").contains("%") == (advice == "good"), "\(words ?? "")")
            }
            try await Self.check(page)
            try await page.click(".pano-guide-end")
            try await page.wait("document.querySelectorAll('.pano-photo').length === 4")
            try await page.click(".pano-make")
            try await page.wait("document.querySelector('vt-panorama-page').dataset.state === 'done'")
            #expect(
                try await page.evaluate("document.querySelector('vt-panorama-page').state.groups[0].used") == 4)

            let other = try await ChromiumPage.open(
                shop.browser, look: .init(width: 360, height: 740, isPhone: true, language: "zh"))
            try await other.open(shop.address("/panorama"))
            try await other.wait("document.querySelector('.pano-guide-open')")
            try await other.click(".pano-guide-open")
            try await other.wait("document.querySelector('.pano-guide-shoot')?.textContent === '拍照'")
            // The page's own camera.
            try await other.wait("document.querySelector('.pano-guide .scan-video')?.videoWidth > 0")
            try await other.click(".pano-guide-shoot")
            try await other.wait("document.querySelector('.pano-guide-last[src]')")
            #expect(page.problems == [] && other.problems == [])
        }
    }
}
