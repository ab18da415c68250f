import Basics
import Foundation
import TestSupport
import Testing

@Suite("A panorama in a conversation")
struct PanoramaConversationTests {
    @Test("staff make a panorama of a customer's pictures, and the customer looks around in it")
    func conversation() async throws {
        try await Shop.openWithoutModels { shop in
            let customer = try await shop.customer()
            let files = try await PanoramaPageTests.photos(customer, degrees: [-22, 0, 22])
            try await customer.choose(files: files, in: "input[type=file]")
            try await customer.wait("document.querySelectorAll('.tray-slot img').length === 3")
            try await customer.click(".composer-field")
            try await customer.type("My room")
            try await customer.press("Enter")
            try await customer.sees("My room", in: "sent")
            try await customer.wait("document.querySelectorAll('vt-message.is-picture[data-state=sent]').length === 3")

            let agent = try await shop.agent()
            try await agent.openConversation("My room")
            try await agent.wait("document.querySelectorAll('vt-message.is-picture').length === 3")
            try await agent.evaluate("document.querySelector('vt-message.is-picture .message-more').click()")
            try await agent.wait("document.querySelector('.menu [data-icon=picture]')")
            try await agent.evaluate("document.querySelector('.menu [data-icon=picture]').closest('button').click()")
            // Those of one sender in a row are chosen already.
            try await agent.wait("document.querySelectorAll('.pano-pick-box:checked').length === 3")
            try await agent.click(".pano-begin")
            try await agent.wait("document.querySelector('.look-around')")

            try await customer.wait("document.querySelector('.look-around')")
            let link = try await customer.evaluate("document.querySelector('.look-around').href").stringValue
            let guest = try await ChromiumPage.open(shop.browser, look: .phone)
            try await guest.open(try #require(link))
            try await guest.wait("document.querySelector('vt-panorama')?.dataset.state === 'open'")
            #expect(customer.problems == [] && agent.problems == [] && guest.problems == [])
        }
    }
}
