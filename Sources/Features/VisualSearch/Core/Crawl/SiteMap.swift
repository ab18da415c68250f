internal import Basics

/// A site's list of its pages, or of further lists (sitemaps.org).
public struct SiteMap: Sendable, Hashable {
    /// Pages.
    public private(set) var pages: [String] = []
    /// Further lists.
    public private(set) var maps: [String] = []

    /// Most addresses of a list.
    public static let mostAddresses = 50_000

    /// Reads a list in XML, or as plain lines; nil for what is none.
    public init?(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard bytes.first(where: { $0 > 32 && $0 < 128 }) == UInt8(ascii: "<") else {
            pages = text.split(whereSeparator: \.isNewline).map { ArticleText.oneLine($0) }.filter(Self.isAddress)
            if pages.isEmpty { return nil }
            return
        }
        guard let root = try? SmallXML.parse(text) else { return nil }
        let all = root.children.prefix(Self.mostAddresses).compactMap { $0.child("loc")?.text }.filter(Self.isAddress)
        switch root.name.split(separator: ":").last {
        case "urlset": pages = all
        case "sitemapindex": maps = Array(all.prefix(100))
        default: return nil
        }
    }

    private static func isAddress(_ text: String) -> Bool {
        text.utf8.count <= 2_000 && (text.hasPrefix("https://") || text.hasPrefix("http://"))
    }
}
