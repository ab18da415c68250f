import Foundation
import HTTPTypes
import HummingbirdCore
import VisualSearch

/// An article as a page that reads well without scripts; with them a long press on a picture finds the thing in it.
enum ArticlePage {
    static func response(_ article: CatalogueArticle, linked: [Int: [LinkedItem]]) -> Response {
        page(title: article.draft.title, body: body(article, linked), status: .ok)
    }

    /// What somebody reads who follows an old address.
    static var missing: Response {
        page(
            title: "Not found", body: "<h1>There is no such article.</h1><p lang=\"zh-CN\">没有这篇文章。</p>",
            status: .notFound)
    }

    private static func page(title: String, body: String, status: HTTPResponse.Status) -> Response {
        let text = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(escaped(title))</title>
            <link rel="icon" href="/web/favicon.svg" type="image/svg+xml">
            <script src="/web/theme.js"></script>
            <link rel="stylesheet" href="/web/style/tokens.css">
            <link rel="stylesheet" href="/web/style/base.css">
            <link rel="stylesheet" href="/web/style/article.css">
            <script type="module" src="/web/article.js"></script>
            </head>
            <body class="article-page">
            <nav class="article-nav">
            <a href="/" data-t="scan_to_chat">To the chat</a>
            <a href="/scan" data-t="scan_title">Find by picture</a>
            </nav>
            <main class="article">
            \(body)
            </main>
            </body>
            </html>

            """
        var response = Response.text(text, type: "text/html; charset=utf-8", status: status)
        for field in StaticPages.headers where field.name != .contentType { response.headers.append(field) }
        return response
    }

    private static func body(_ article: CatalogueArticle, _ linked: [Int: [LinkedItem]]) -> String {
        let draft = article.draft
        var lines = ["<h1 dir=\"auto\">\(escaped(draft.title))</h1>"]
        if !draft.source.isEmpty || !draft.link.isEmpty {
            let name = escaped(draft.source.isEmpty ? draft.link : draft.source)
            lines.append(
                draft.link.isEmpty
                    ? "<p class=\"article-source\">\(name)</p>"
                    : "<p class=\"article-source\"><a href=\"\(escaped(draft.link))\" rel=\"noopener noreferrer nofollow\">"
                        + "\(name)</a></p>")
        }
        var isList = false
        for block in draft.text.blocks {
            if case .item = block {
            } else if isList {
                lines.append("</ul>")
                isList = false
            }
            switch block {
            case .heading(let text): lines.append("<h2 dir=\"auto\">\(escaped(text))</h2>")
            case .paragraph(let text): lines.append("<p dir=\"auto\">\(escaped(text))</p>")
            case .item(let text):
                if !isList { lines.append("<ul>") }
                isList = true
                lines.append("<li dir=\"auto\">\(escaped(text))</li>")
            case .picture(let place): lines.append(figure(place, article, linked[place] ?? []))
            }
        }
        if isList { lines.append("</ul>") }
        return lines.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    /// A picture with what it shows; empty for one whose file could not be used.
    private static func figure(_ place: Int, _ article: CatalogueArticle, _ linked: [LinkedItem]) -> String {
        guard let picture = article.pictures.first(where: { $0.place == place }) else { return "" }
        let find = "/scan?article=\(article.number)&amp;picture=\(place)"
        let source = "/api/v1/articles/\(article.number)/pictures/\(place)"
        let caption = escaped(picture.caption)
        return """
            <figure class="article-figure" data-find="\(find)">
            <img src="\(source)" alt="\(caption)" loading="lazy" decoding="async">
            <figcaption>\(caption.isEmpty ? "" : "<span dir=\"auto\">\(caption)</span> ")\
            <a class="article-find" href="\(find)" data-t="find_this">Find this</a></figcaption>
            \(items(linked))
            </figure>
            """
    }

    /// The very item alone where it is known; else what is like it, said as such.
    private static func items(_ linked: [LinkedItem]) -> String {
        let same = linked.filter(\.isSame)
        let shown = (same.isEmpty ? linked : same).prefix(3)
        guard !shown.isEmpty else { return "" }
        let key = same.isEmpty ? "scan_alike" : "scan_same"
        let words = same.isEmpty ? "These look most like it" : "This is it"
        let rows = shown.map { row in
            let name = escaped(row.item.draft.title.isEmpty ? row.item.draft.sku : row.item.draft.title)
            let link = row.item.draft.link
            guard link.hasPrefix("https://") || link.hasPrefix("http://") else {
                return "<li dir=\"auto\">\(name)</li>"
            }
            return "<li dir=\"auto\"><a href=\"\(escaped(link))\" rel=\"noopener noreferrer nofollow\">\(name)</a></li>"
        }
        return "<div class=\"article-items\"><p data-t=\"\(key)\">\(words)</p><ul>\(rows.joined())</ul></div>"
    }

    /// For text and for the value of an attribute.
    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }
}
