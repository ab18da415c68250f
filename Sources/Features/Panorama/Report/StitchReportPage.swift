import Foundation

/// A verdict as one HTML file with its pictures in it: nothing is fetched and nothing runs.
public struct StitchReportPage {
    private let outcome: StitchOutcome
    private let pictures: [ReportPicture]
    private let thumbnails: [[UInt8]?]

    /// A report.
    ///
    /// - Parameter thumbnails: JPEG files by photo, as ``ReportThumbnails/all()`` makes them; may be empty.
    public init(_ outcome: StitchOutcome, pictures: [ReportPicture], thumbnails: [[UInt8]?]) {
        self.outcome = outcome
        self.pictures = pictures
        self.thumbnails = thumbnails
    }

    private var verdict: StitchVerdict { outcome.verdict }

    /// The page.
    public var html: String {
        let used = verdict.photos.count { $0.group != nil }
        let title =
            "\(verdict.groups.count) panorama\(verdict.groups.count == 1 ? "" : "s") from \(used) of "
            + "\(verdict.photos.count) photos"
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title)</title><style>\(Self.style)</style></head><body>
            <h1>\(title)</h1>
            \(verdict.reason.map { "<p class=\"note\">\(Self.safe($0))</p>" } ?? "")
            \(verdict.groups.map(section).joined(separator: "\n"))
            \(leftOut)
            \(Self.graph(outcome.graph, verdict))
            </body></html>

            """
    }

    // MARK: Groups

    private func section(_ group: GroupVerdict) -> String {
        let picture = pictures.first { $0.group == group.group }
        var facts: [(String, String)] = [
            ("Size", group.size.map(String.init).joined(separator: " × ")),
            ("Photos", "\(group.used)"), ("Model", "\(group.model), drawn on a \(group.surface)"),
            ("Residual", "\(group.residualPx.median) px, 95 % under \(group.residualPx.p95) px"),
            ("Steps of tone", "\(Self.percent(group.tone.stepMedian)), worst \(Self.percent(group.tone.worst))"),
            ("Holes", "\(group.holes)"),
        ]
        if let angles = group.fovDegrees {
            let words = angles.map { "\($0)°" }.joined(separator: " × ")
            facts.insert(("Angles", words + (group.closed ? ", all round" : "")), at: 1)
        }
        let rows = facts.map { "<div><dt>\($0.0)</dt><dd>\(Self.safe($0.1))</dd></div>" }.joined()
        let warnings = group.warnings.map { "<li>\(Self.safe($0))</li>" }.joined()
        let members = verdict.photos.indices.filter { verdict.photos[$0].group == group.group }
        return """
            <section><h2>Panorama \(group.group) <span class="grade \(group.grade.rawValue)">\(group.grade.rawValue)</span></h2>
            \(picture.map { Self.image($0.preview, "Panorama \(group.group)", "whole") } ?? "")
            <dl>\(rows)</dl>\(warnings.isEmpty ? "" : "<ul class=\"warnings\">\(warnings)</ul>")
            \(picture.map { "<details open><summary>Who shows what, and the seams</summary>"
                + Self.image($0.seams, "Seams of panorama \(group.group)", "whole") + "</details>" } ?? "")
            <ul class="photos">\(members.map(photo).joined())</ul></section>
            """
    }

    private var leftOut: String {
        let others = verdict.photos.indices.filter { verdict.photos[$0].group == nil }
        guard !others.isEmpty else { return "" }
        return "<section><h2>Left out</h2><ul class=\"photos\">\(others.map(photo).joined())</ul></section>"
    }

    private func photo(_ index: Int) -> String {
        let photo = verdict.photos[index]
        let small = thumbnails.indices.contains(index) ? thumbnails[index] : nil
        var words: [String] = []
        if let edges = photo.edges {
            words.append("\(edges) neighbour\(edges == 1 ? "" : "s"), \(photo.inliers ?? 0) points")
        }
        if let residual = photo.residualPx { words.append("\(residual) px") }
        if let shown = photo.shownShare { words.append("\(Self.percent(shown)) shown") }
        if let copy = photo.duplicateOf { words.append("of \(copy)") }
        if let near = photo.bestCandidate {
            words.append("nearest: \(near.photo), \(near.inliers) of \(near.needed) points")
        }
        return """
            <li>\(small.map { Self.image($0, photo.name, "") } ?? "<span class=\"none\"></span>")\
            <b>\(Self.safe(photo.name))</b><span class="word \(photo.group == nil ? "out" : "in")">\
            \(photo.verdict.rawValue)</span><small>\(Self.safe(words.joined(separator: " · ")))</small>\
            <em>\(Self.safe(photo.advice ?? ""))</em></li>
            """
    }

    // MARK: Pieces

    static func safe(_ text: String) -> String {
        var out = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            default: out.unicodeScalars.append(character)
            }
        }
        return out
    }

    private static func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }

    private static func image(_ jpeg: [UInt8], _ words: String, _ kind: String) -> String {
        "<img class=\"\(kind)\" alt=\"\(safe(words))\" src=\"data:image/jpeg;base64,\(Data(jpeg).base64EncodedString())\">"
    }

    private static let style = """
        :root{color-scheme:light dark;--line:#8884;--good:#1a7f45;--usable:#9a6700;--poor:#b3261e}
        body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:1100px;padding:1rem}
        h1{font-size:1.5rem}h2{font-size:1.2rem;margin:2rem 0 .5rem}
        img.whole{width:100%;height:auto;border-radius:6px}
        .grade,.word{font-size:.8rem;border:1px solid;border-radius:99px;padding:.1em .6em}
        .grade.good,.word.in{color:var(--good)}.grade.usable{color:var(--usable)}.grade.poor,.word.out{color:var(--poor)}
        dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));gap:.4rem 1rem;margin:.8rem 0}
        dt{font-size:.8rem;opacity:.7}dd{margin:0}
        ul.photos{list-style:none;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));gap:.8rem}
        ul.photos li{border:1px solid var(--line);border-radius:6px;padding:.5rem;display:flex;flex-direction:column;gap:.2rem;
        overflow-wrap:anywhere}
        ul.photos img,.none{width:100%;height:7rem;object-fit:cover;border-radius:4px;background:var(--line)}
        .word{align-self:start}small{opacity:.75}em{font-style:normal;font-size:.9rem}
        .note,.warnings{border-left:4px solid var(--usable);padding:.3rem 1rem}
        svg{width:100%;max-width:46rem;height:auto}svg text{font:11px system-ui,sans-serif;fill:currentColor}
        @media(prefers-color-scheme:dark){:root{--good:#6fd396;--usable:#e0b252;--poor:#f2948c}}
        """
}
