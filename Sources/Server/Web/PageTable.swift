import Foundation

/// The pages that the program serves: `pages.json` names each one's address, script, element and style sheets, and
/// `page.html` is the frame that all of them share.
///
/// The modules that a page's script imports, and those that these import, are named in its head, so that a browser
/// fetches them in one round instead of one round a level.
struct PageTable {
    /// A row of `pages.json`.
    struct Row: Decodable {
        /// What search engines and previews say of the page.
        let description: String
        /// The module that draws the page, below `Web/`.
        let script: String
        /// The custom element that the module defines and that fills the page.
        let element: String
        /// Style sheets after those that every page has, below `Web/style/`, without `.css`.
        let styles: [String]
        /// Whether the page is for the shop's own people: search engines are told to leave it out.
        let staff: Bool?
    }

    /// The name of the table below the folder of the pages.
    static let name = "pages.json"

    private static let frameName = "page.html"

    /// The files that pages are made of and that nobody asks for.
    static let ownFiles: Set = [name, frameName]

    private let rows: [String: Row]
    private let frame: String
    /// The modules that each script names itself.
    private let imports: [String: [String]]

    /// Reads table and frame.
    ///
    /// - Parameter files: the files of the folder by their names below it.
    /// - Throws: ``ConfigurationError`` when the table is not readable, or names a file that is not there.
    init(files: [String: Data]) throws {
        guard let table = files[Self.name], let frame = files[Self.frameName] else {
            throw ConfigurationError("The folder of the web pages needs \(Self.name) and \(Self.frameName).")
        }
        do {
            rows = try JSONDecoder().decode([String: Row].self, from: table)
        } catch {
            throw ConfigurationError("\(Self.name) of the web pages is not a table of pages: \(error)")
        }
        self.frame = String(decoding: frame, as: UTF8.self)
        let scripts = files.filter { $0.key.hasSuffix(".js") }
        imports = Dictionary(
            uniqueKeysWithValues: scripts.map { name, text in
                let paths = Self.imported([UInt8](text))
                return (name, paths.compactMap { Self.module($0, from: name) }.filter { scripts[$0] != nil })
            })
        for row in rows.values {
            let named = [row.script] + row.styles.map { "style/\($0).css" }
            if let missing = named.first(where: { files[$0] == nil }) {
                throw ConfigurationError("\(Self.name) of the web pages names \(missing), which is not there.")
            }
        }
    }

    /// The text of every page by its address.
    func pages() -> [String: String] { rows.mapValues(text) }

    private func text(of row: Row) -> String {
        var links = row.styles.map { #"<link rel="stylesheet" href="/web/style/\#($0).css">"# }
        if row.staff == true { links.insert(#"<meta name="robots" content="noindex">"#, at: 0) }
        links.append(#"<script type="module" src="/web/\#(row.script)"></script>"#)
        links += modules(of: row.script).map { #"<link rel="modulepreload" href="/web/\#($0)">"# }
        return
            frame
            .replacing("{description}", with: row.description)
            .replacing("{element}", with: row.element)
            .replacing("{links}", with: links.map { "    " + $0 }.joined(separator: "\n"))
    }

    /// All modules that a script imports in the end, in the order of their names.
    private func modules(of script: String) -> [String] {
        var found: Set<String> = []
        var open = [script]
        while let name = open.popLast() {
            for module in imports[name] ?? [] where found.insert(module).inserted { open.append(module) }
        }
        return found.sorted()
    }

    /// What stands between quotes after `from` or `import` and begins with a dot.
    private static func imported(_ text: [UInt8]) -> [String] {
        let (quote, dot, space) = (UInt8(ascii: "'"), UInt8(ascii: "."), UInt8(ascii: " "))
        let words = [Array("from".utf8), Array("import".utf8)]
        var found: [String] = []
        var at = 0
        while let start = text[at...].firstIndex(of: quote), let end = text[(start + 1)...].firstIndex(of: quote) {
            at = start + 1
            guard start > 0, text[start - 1] == space, text[start + 1] == dot,
                words.contains(where: { text[..<(start - 1)].suffix($0.count).elementsEqual($0) })
            else { continue }
            found.append(String(decoding: text[(start + 1)..<end], as: UTF8.self))
            at = end + 1
        }
        return found
    }

    /// The name of a module that another one names by a path from its own folder; nil outside the folder of the pages.
    private static func module(_ path: String, from script: String) -> String? {
        var folders = script.split(separator: "/").dropLast().map(String.init)
        for part in path.split(separator: "/") where part != "." {
            guard part == ".." else {
                folders.append(String(part))
                continue
            }
            guard folders.popLast() != nil else { return nil }
        }
        return folders.joined(separator: "/")
    }
}
