extension ArticleDraft {
    /// Reads a text in Markdown: headings, paragraphs, lists, pictures; emphasis and links become plain words. Fields
    /// such as `category: bags` may stand between two lines of `---` at the beginning.
    public init(key: String, markdown text: String) {
        var reader = MarkdownReader()
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            reader.take(line.last == "\r" ? line.dropLast() : line)
        }
        reader.endParagraph()
        self.init(key: key, title: reader.title, text: ArticleText(reader.blocks), pictures: reader.pictures)
        for (name, value) in reader.fields { set(name, to: value) }
    }

    /// Sets what a field of a file's head or a member of a record says; unknown names are passed over.
    mutating func set(_ name: String, to value: String) {
        switch name.lowercased() {
        case "title": title = value
        case "kind": kind = Kind(rawValue: value.lowercased()) ?? kind
        case "category": category = value
        case "source", "author": source = value
        case "link", "url": link = value
        default: break
        }
    }
}

private struct MarkdownReader {
    var title = ""
    var blocks: [ArticleText.Block] = []
    var pictures: [ArticleDraft.Picture] = []
    var fields: [(String, String)] = []
    private var words: [String] = []
    private var isInHead = false
    private var isInCode = false
    private var lines = 0

    mutating func take(_ line: Substring) {
        lines += 1
        let bare = line.drop { $0 == " " || $0 == "\t" }
        if lines == 1, bare == "---" {
            isInHead = true
        } else if isInHead {
            head(bare)
        } else if bare.hasPrefix("```") || bare.hasPrefix("~~~") {
            endParagraph()
            isInCode.toggle()
        } else if isInCode {
            blocks.append(.paragraph(ArticleText.oneLine(line)))
        } else {
            text(bare)
        }
    }

    private mutating func head(_ line: Substring) {
        if line == "---" { isInHead = false }
        guard let colon = line.firstIndex(of: ":") else { return }
        let value = ArticleText.oneLine(line[line.index(after: colon)...])
        fields.append((ArticleText.oneLine(line[..<colon]), value.filter { $0 != "\"" }))
    }

    private mutating func text(_ line: Substring) {
        let level = line.prefix { $0 == "#" }.count
        if line.isEmpty {
            endParagraph()
        } else if (1...6).contains(level), line.dropFirst(level).first == " " {
            endParagraph()
            let words = plain(String(line.dropFirst(level)).trimmingHashes)
            if level == 1, title.isEmpty { title = words } else { blocks.append(.heading(words)) }
        } else if let item = Self.item(line) {
            endParagraph()
            add(ArticleText.Block.item, plain(String(item)))
        } else {
            words.append(String(line.first == ">" ? line.dropFirst() : line))
        }
    }

    private static func item(_ line: Substring) -> Substring? {
        if line.hasPrefix("- ") || line.hasPrefix("* ") || line.hasPrefix("+ ") { return line.dropFirst(2) }
        let digits = line.prefix { $0.isASCII && $0.isNumber }
        guard (1...3).contains(digits.count), line.dropFirst(digits.count).hasPrefix(". ") else { return nil }
        return line.dropFirst(digits.count + 2)
    }

    mutating func endParagraph() {
        guard !words.isEmpty else { return }
        let text = plain(words.joined(separator: " "))
        words = []
        add(ArticleText.Block.paragraph, text)
    }

    private mutating func add(_ block: (String) -> ArticleText.Block, _ text: String) {
        let shown = pending
        pending = []
        if !text.isEmpty { blocks.append(block(text)) }
        blocks += shown.map { .picture($0) }
    }

    /// Pictures that stand inside the words that are read: they follow them.
    private var pending: [Int] = []

    /// Words without marks; pictures are noted, links are their words.
    private mutating func plain(_ text: String) -> String {
        var plain = ""
        var rest = text[...]
        while let character = rest.first {
            let isPicture = rest.hasPrefix("![")
            if isPicture || character == "[", let (label, address, end) = Self.link(rest.dropFirst(isPicture ? 1 : 0)) {
                if isPicture {
                    if pictures.count < ArticleDraft.maximumPictures {
                        pending.append(pictures.count)
                        pictures.append(.init(name: String(address), caption: ArticleText.oneLine(label)))
                    }
                } else {
                    plain += label
                }
                rest = rest[end...]
                continue
            }
            if character == "\\", let next = rest.dropFirst().first, next.isPunctuation || next.isSymbol {
                plain.append(next)
                rest = rest.dropFirst(2)
                continue
            }
            if character != "*" && character != "`" { plain.append(character) }
            rest = rest.dropFirst()
        }
        return ArticleText.oneLine(plain)
    }

    /// `[label](address "title")` at the beginning of a text.
    private static func link(_ text: Substring) -> (Substring, Substring, Substring.Index)? {
        guard let close = text.prefix(2_000).firstIndex(of: "]") else { return nil }
        let label = text[text.index(after: text.startIndex)..<close]
        let open = text.index(after: close)
        guard open < text.endIndex, text[open] == "(", !label.contains("[") else { return nil }
        guard let end = text[open...].prefix(4_000).firstIndex(of: ")") else { return nil }
        let address = text[text.index(after: open)..<end].split(separator: " ").first ?? ""
        return (label, address, text.index(after: end))
    }
}

extension String {
    /// Without the `#` that may close a heading.
    fileprivate var trimmingHashes: String {
        var text = self[...]
        while text.last == "#" || text.last == " " { text = text.dropLast() }
        return String(text)
    }
}
