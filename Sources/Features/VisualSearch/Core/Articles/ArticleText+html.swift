extension ArticleDraft {
    /// Reads a page: its title, and the text of its body without menus, scripts and forms.
    public init(key: String, html bytes: [UInt8]) {
        var reader = PageReader()
        for token in HTMLTokens.read(bytes) { reader.take(token) }
        reader.endBlock()
        let title = reader.heading.isEmpty ? reader.title : reader.heading
        self.init(key: key, title: title, text: ArticleText(reader.blocks), pictures: reader.pictures)
        for (name, value) in reader.fields { set(name, to: value) }
    }
}

private struct PageReader {
    var title = ""
    /// The first heading of the first level, which is what a reader takes for the title.
    var heading = ""
    var blocks: [ArticleText.Block] = []
    var pictures: [ArticleDraft.Picture] = []
    var fields: [(String, String)] = []
    private var words = ""
    private var kind = Kind.paragraph
    private var hidden: [String] = []
    private var isTitle = false

    private enum Kind { case paragraph, item, heading, top }

    /// What a reader of the text does not look for.
    private static let silent: Set<String> = [
        "script", "style", "noscript", "template", "nav", "aside", "footer", "form", "button", "select", "svg",
        "iframe", "object",
    ]
    private static let parting: Set<String> = [
        "p", "div", "section", "article", "main", "header", "body", "ul", "ol", "table", "tr", "td", "th", "figure",
        "figcaption", "blockquote", "pre", "br", "hr", "dl", "dt", "dd",
    ]

    mutating func take(_ token: HTMLTokens.Token) {
        switch token {
        case .text(let text):
            if isTitle { title += text } else if hidden.isEmpty { words += text }
        case .raw: break
        case .open(let name, let attributes): open(name, attributes)
        case .close(let name): close(name)
        }
    }

    private mutating func open(_ name: String, _ attributes: [String: String]) {
        if Self.silent.contains(name) { hidden.append(name) }
        guard hidden.isEmpty else { return }
        switch name {
        case "title": isTitle = true
        case "meta": meta(attributes)
        case "img": picture(attributes)
        case "h1": begin(.top)
        case "h2", "h3", "h4", "h5", "h6": begin(.heading)
        case "li": begin(.item)
        case _ where Self.parting.contains(name): begin(.paragraph)
        default: break
        }
    }

    private mutating func close(_ name: String) {
        if let last = hidden.lastIndex(of: name) {
            hidden.removeSubrange(last...)
            return
        }
        guard hidden.isEmpty else { return }
        switch name {
        case "title":
            isTitle = false
            title = ArticleText.oneLine(title)
        case "h1", "h2", "h3", "h4", "h5", "h6", "li": begin(.paragraph)
        case _ where Self.parting.contains(name): begin(.paragraph)
        default: break
        }
    }

    private mutating func meta(_ attributes: [String: String]) {
        guard let value = attributes["content"], !value.isEmpty else { return }
        switch attributes["property"] ?? attributes["name"] ?? "" {
        case "og:site_name", "author": fields.append(("source", ArticleText.oneLine(value)))
        case "category", "article:section": fields.append(("category", ArticleText.oneLine(value)))
        default: break
        }
    }

    private mutating func picture(_ attributes: [String: String]) {
        guard let source = attributes["src"], !source.isEmpty, !source.hasPrefix("data:"),
            pictures.count < ArticleDraft.maximumPictures
        else { return }
        endBlock()
        blocks.append(.picture(pictures.count))
        pictures.append(.init(name: source, caption: ArticleText.oneLine(attributes["alt"] ?? "")))
    }

    private mutating func begin(_ next: Kind) {
        endBlock()
        kind = next
    }

    mutating func endBlock() {
        let text = ArticleText.oneLine(words)
        words = ""
        guard !text.isEmpty else { return }
        switch kind {
        case .paragraph: blocks.append(.paragraph(text))
        case .item: blocks.append(.item(text))
        case .heading: blocks.append(.heading(text))
        case .top where heading.isEmpty: heading = text
        case .top: blocks.append(.heading(text))
        }
    }
}
