public import Basics

/// A kind of goods that is searched on its own: its categories, the model that knows it, and where what is told of it comes
/// from. Adding one is a file, no code.
///
/// ```
/// {"schema": "vitrine.vertical/1", "name": "wine", "model": "wine-embed",
///  "categories": [{"name": "wine"}, {"name": "red wine", "top": "wine"}],
///  "covers": ["food"],
///  "sites": [{"address": "https://winery.example/products.xml", "shop": "winery"}],
///  "readings": [{"key": "riesling", "kind": "encyclopedia", "title": "Riesling", "body": "A white grape."}]}
/// ```
public struct Vertical: Sendable, Hashable {
    /// A category of it.
    public struct Category: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// The top category it stands under; nil for one that is a top category itself.
        public let top: String?
    }

    /// A site whose products are fetched.
    public struct Site: Sendable, Hashable {
        /// Its list of pages, or a feed of products.
        public let address: String
        /// Whose items these are; empty for the name of the host.
        public let shop: String
    }

    /// Why a manifest is none.
    public struct Fault: Error, Hashable, CustomStringConvertible {
        /// The sentence.
        public let description: String

        init(_ description: String) { self.description = description }
    }

    /// The name, which is that of its catalogue.
    public let name: String
    /// The model whose space answers, by the id of its manifest; nil for the preferred one.
    public let model: String?
    /// Its categories; top categories come before what stands under them.
    public let categories: [Category]
    /// Categories of the shop's first catalogue: what is scanned there and turns out to be one of these is looked up here.
    public let covers: [String]
    /// Where its goods come from.
    public let sites: [Site]
    /// What is told about them.
    public let readings: [ArticleDraft]
    /// The manifest as it was read.
    public let json: JSON

    private static let schema = "vitrine.vertical/1"
    private static let most = 1_000

    /// Reads a manifest.
    ///
    /// - Throws: ``Fault`` that names the member.
    public init(_ json: JSON) throws(Fault) {
        guard let object = json.objectValue else { throw Fault("A vertical is a JSON object.") }
        guard object["schema"]?.stringValue == Self.schema else {
            throw Fault("'schema' of a vertical is '\(Self.schema)'.")
        }
        guard let name = object["name"]?.stringValue, !name.isEmpty else { throw Fault("'name' is missing.") }
        self.name = name
        self.json = json
        model = try Self.text(object, "model")
        categories = try Self.categories(object)
        covers = try Self.list(object, "covers") { $0.stringValue }
        sites = try Self.list(object, "sites") { site in
            site["address"]?.stringValue.map { Site(address: $0, shop: site["shop"]?.stringValue ?? "") }
        }
        readings = try Self.list(object, "readings") { $0.objectValue.map { ArticleDraft(record: $0) } }
        for reading in readings {
            if let fault = reading.fault { throw Fault("The reading '\(reading.key)': \(fault).") }
        }
    }

    private static func text(_ object: JSONObject, _ name: String) throws(Fault) -> String? {
        switch object[name] {
        case nil, .null: return nil
        case .string(let text): return text.isEmpty ? nil : text
        default: throw Fault("'\(name)' is a text.")
        }
    }

    private static func list<Value>(
        _ object: JSONObject, _ name: String, _ read: (JSON) -> Value?
    ) throws(Fault) -> [Value] {
        switch object[name] {
        case nil, .null: return []
        case .array(let all):
            let values = all.compactMap(read)
            guard values.count == all.count, all.count <= most else {
                throw Fault("'\(name)' holds something that does not belong there, or more than \(most).")
            }
            return values
        default: throw Fault("'\(name)' is a list.")
        }
    }

    private static func categories(_ object: JSONObject) throws(Fault) -> [Category] {
        let all = try list(object, "categories") { category in
            category["name"]?.stringValue.map { Category(name: $0, top: category["top"]?.stringValue) }
        }
        guard !all.isEmpty else { throw Fault("'categories' names at least one category.") }
        var tops: Set<String> = []
        for category in all {
            guard !category.name.isEmpty, category.name.utf8.count <= 200 else {
                throw Fault("The name of a category has 1 to 200 bytes.")
            }
            guard let top = category.top else {
                tops.insert(category.name)
                continue
            }
            guard tops.contains(top) else { throw Fault("'\(category.name)' stands under '\(top)', which is no top.") }
        }
        return all
    }
}
