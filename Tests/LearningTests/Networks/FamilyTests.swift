import Basics
import Foundation
import Testing

@testable import Learning

@Suite("Families of detectors")
struct FamilyTests {
    @Test("LEARN-004 the page on training names every head that is built, and the families that are not")
    func page() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "Documentation/Training.md"), encoding: .utf8)
        let text = page.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for head in DetectorOptions.Head.allCases { #expect(text.contains("`\(head.rawValue)`"), "\(head)") }
        for family in ["One-stage", "anchors", "without anchors"] { #expect(text.contains(family), "\(family)") }
        #expect(text.contains("Two-stage detectors and guided anchors are not built."))
        // Whoever asks for what is not built is told what is.
        for head in ["guidedAnchors", "twoStage"] {
            do {
                _ = try DetectorOptions(["head": .string(head)], classes: 1)
                Issue.record("\(head) was taken")
            } catch {
                #expect("\(error)".contains("retina, anchorFree"), "\(error)")
            }
        }
    }
}
