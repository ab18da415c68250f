/// The text of an article: headings, paragraphs, items of lists and pictures, one after the other.
public struct ArticleText: Sendable, Hashable {
    /// A part of the text.
    public enum Block: Sendable, Hashable {
        /// A heading.
        case heading(String)
        /// A paragraph.
        case paragraph(String)
        /// An item of a list.
        case item(String)
        /// A picture, by its place among the article's pictures.
        case picture(Int)
    }

    /// The parts, in order.
    public var blocks: [Block]

    /// A text of parts.
    public init(_ blocks: [Block] = []) { self.blocks = blocks }

    /// The words alone, a part a line: what is searched.
    public var plain: String {
        blocks.compactMap { block in
            switch block {
            case .heading(let text), .paragraph(let text), .item(let text): text
            case .picture: nil
            }
        }.joined(separator: "\n")
    }

    /// As it is stored: a line a part, with its kind before it.
    public var encoded: String {
        blocks.map { block in
            switch block {
            case .heading(let text): "h \(Self.oneLine(text))"
            case .paragraph(let text): "p \(Self.oneLine(text))"
            case .item(let text): "i \(Self.oneLine(text))"
            case .picture(let place): "m \(place)"
            }
        }.joined(separator: "\n")
    }

    /// Reads what ``encoded`` wrote; lines of no kind are paragraphs.
    public init(encoded text: String) {
        blocks = text.split(separator: "\n").map { line in
            let rest = String(line.dropFirst(2))
            switch line.prefix(2) {
            case "h ": return .heading(rest)
            case "i ": return .item(rest)
            case "p ": return .paragraph(rest)
            case "m ": return Int(rest).map { .picture($0) } ?? .paragraph(rest)
            default: return .paragraph(String(line))
            }
        }
    }

    /// Runs of white space as one space, none at the ends.
    static func oneLine(_ text: some StringProtocol) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

/// An article as somebody hands it in.
public struct ArticleDraft: Sendable, Hashable {
    /// What an article is for.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// It explains a thing.
        case encyclopedia
        /// It tells news or experiences.
        case article
    }

    /// A picture that the text shows.
    public struct Picture: Sendable, Hashable {
        /// Its file, below the folder of the import.
        public var name: String
        /// What it shows, in words.
        public var caption: String

        /// A picture.
        public init(name: String, caption: String = "") {
            self.name = name
            self.caption = caption
        }
    }

    /// The key by which it is put in again: the same key is the same article.
    public var key: String
    /// What it is for.
    public var kind: Kind
    /// Its title.
    public var title: String
    /// What it says.
    public var text: ArticleText
    /// Where it was published, or empty.
    public var link: String
    /// Who wrote it.
    public var source: String
    /// The category of the things that it is about; empty for any.
    public var category: String
    /// Its pictures, in the order of the text.
    public var pictures: [Picture]

    /// An article.
    public init(
        key: String, kind: Kind = .article, title: String = "", text: ArticleText = ArticleText(), link: String = "",
        source: String = "", category: String = "", pictures: [Picture] = []
    ) {
        self.key = key
        self.kind = kind
        self.title = title
        self.text = text
        self.link = link
        self.source = source
        self.category = category
        self.pictures = pictures
    }

    /// Most pictures of an article.
    public static let maximumPictures = 20
    /// Most bytes of its text.
    public static let maximumBytes = 1 << 20

    /// What is wrong with it; nil when it can be taken.
    public var fault: String? {
        if key.isEmpty || key.utf8.count > 300 { return "an article needs a key of at most 300 bytes" }
        if title.isEmpty || title.count > 500 { return "an article needs a title of at most 500 characters" }
        if text.encoded.utf8.count > Self.maximumBytes { return "the text is over 1 MiB" }
        if pictures.count > Self.maximumPictures { return "an article has at most \(Self.maximumPictures) pictures" }
        if link.utf8.count > 2_000 || source.utf8.count > 500 || category.utf8.count > 200 {
            return "link, source or category is too long"
        }
        let isAddress = link.isEmpty || link.hasPrefix("https://") || link.hasPrefix("http://")
        return isAddress ? nil : "the link begins with https:// or http://"
    }
}
