import Foundation
import Imaging
import VisualSearch

/// A page of pairs side by side that needs no server: pictures are inside it.
struct DedupPage {
    let collection: DedupCollection
    let report: DuplicateReport
    let most: Int

    /// A pair with what it is called and which of the two stays on the left.
    private struct Entry {
        let kind: DedupText
        let left: Int
        let right: Int
        let badge: DedupText
        let evidence: DuplicateEvidence
    }

    var html: String {
        let entries = entries
        let shown = entries.prefix(most)
        let rest = entries.count - shown.count
        let cards = shown.map(card).joined(separator: "\n")
        let none = entries.isEmpty ? "<p class=\"none\">\(DedupText.none.html)</p>" : ""
        let more = rest > 0 ? "<p class=\"none\">\(rest) \(DedupText.more.html)</p>" : ""
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(DedupText.title.english) · \(DedupText.title.chinese)</title>
            <style>
            \(DedupStyle.css)
            </style>
            </head>
            <body>
            <header>
            <h1>\(DedupText.title.html)</h1>
            <button id="language" type="button">\(Self.otherLanguage)</button>
            <p class="folder">\(Self.escaped(collection.folder))</p>
            \(numbers(entries))
            <p class="explain">\(DedupText.explain.html)</p>
            </header>
            <main>
            \(cards)\(none)\(more)
            </main>
            <script>
            \(DedupStyle.script)
            </script>
            </body>
            </html>

            """
    }

    /// The button names the language that is not shown.
    private static let otherLanguage =
        "<span lang=\"en\">\(DedupText.language.english)</span><span lang=\"zh\">\(DedupText.language.chinese)</span>"

    /// Copies first, then what a person should look at, then what sellers share; the likest first.
    private var entries: [Entry] {
        let copies = report.aliases.map {
            Entry(kind: .copies, left: $0.kept, right: $0.picture, badge: .goes, evidence: $0.evidence)
        }
        let others = report.pairs.compactMap { pair -> Entry? in
            switch pair.verdict {
            case .review(let evidence):
                Entry(kind: .review, left: pair.known, right: pair.picture, badge: .maybe, evidence: evidence)
            case .sharedBySellers(let evidence):
                Entry(kind: .shared, left: pair.known, right: pair.picture, badge: .other, evidence: evidence)
            default: nil
            }
        }
        let likest = others.sorted { $0.evidence.correlation > $1.evidence.correlation }
        return copies + likest.filter { $0.kind == .review } + likest.filter { $0.kind == .shared }
    }

    private func numbers(_ entries: [Entry]) -> String {
        let bytes = report.aliases.reduce(0) { $0 + collection.pictures[$1.picture].analysis.byteCount }
        let filters = [DedupText.copies, .review, .shared].map { kind in
            let count = entries.count { $0.kind == kind }
            return "<button type=\"button\" data-show=\"\(kind.rawValue)\"><b>\(count)</b> \(kind.html)</button>"
        }
        let refused = collection.refused.isEmpty ? "" : " · \(collection.refused.count) \(DedupText.unread.html)"
        return """
            <p class="counts"><b>\(report.count)</b> \(DedupText.pictures.html)\(refused) · \
            <b>\(Self.size(bytes))</b> \(DedupText.savedBytes.html)</p>
            <nav><button type="button" data-show="all" aria-pressed="true"><b>\(entries.count)</b> \
            \(DedupText.all.html)</button>\(filters.joined())</nav>
            """
    }

    private func card(_ entry: Entry) -> String {
        """
        <article data-kind="\(entry.kind.rawValue)">
        \(figure(entry.left, badge: entry.kind == .copies ? .stays : nil))
        \(figure(entry.right, badge: entry.badge))
        <p class="why">\(why(entry.evidence))</p>
        </article>
        """
    }

    private func why(_ evidence: DuplicateEvidence) -> String {
        let kind: DedupText =
            switch evidence.kind {
            case .bytes: .bytes
            case .pixels: .pixels
            case .both: .both
            case .one: .one
            }
        var parts = [kind.html]
        if evidence.kind == .both || evidence.kind == .one {
            if evidence.view != .up { parts.append(DedupText.turned.html) }
            parts.append("\(evidence.near)/64, \(evidence.far)/256 \(DedupText.bits.html)")
            let percent = String(format: "%.1f", max(0, evidence.correlation) * 100)
            parts.append("\(percent) % \(DedupText.likeness.html)")
        }
        return parts.joined(separator: " · ")
    }

    private func figure(_ place: Int, badge: DedupText?) -> String {
        let picture = collection.pictures[place]
        let probe = picture.analysis.probe
        let inside = String(picture.path.dropFirst(collection.folder.count).drop { $0 == "/" })
        let link = Self.escaped(URL(fileURLWithPath: picture.path).absoluteString)
        let mark = badge.map { "<span class=\"badge \($0.rawValue)\">\($0.html)</span>" } ?? ""
        return """
            <figure>
            <a href="\(link)"><img loading="lazy" alt="" src="\(thumbnail(picture.path))"></a>
            <figcaption>\(mark)<a href="\(link)" title="\(Self.escaped(picture.path))">\(Self.escaped(inside))</a>
            <small>\(probe.uprightWidth) × \(probe.uprightHeight) · \(Self.size(picture.analysis.byteCount)) · \
            \(probe.format.name)</small></figcaption>
            </figure>
            """
    }

    /// The picture in small, inside the page.
    private func thumbnail(_ path: String) -> String {
        guard let bytes = try? PictureFiles.read(path),
            let small = try? Thumbnail.make(bytes, width: 360, height: 280, method: .scale)
        else { return "data:," }
        return "data:\(small.mediaType);base64,\(Data(small.bytes).base64EncodedString())"
    }

    private static func size(_ bytes: Int) -> String {
        bytes >= 10 << 20 ? "\(bytes >> 20) MiB" : bytes >= 1024 ? "\(bytes >> 10) KiB" : "\(bytes) B"
    }

    /// Names of files come from others and may hold anything.
    static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
            .replacingOccurrences(of: ">", with: "&gt;").replacingOccurrences(of: "\"", with: "&quot;")
    }
}
