import ArgumentParser
import Basics
import Foundation
import VisualSearch

/// Adds a kind of goods with a model of its own.
struct CatalogueVertical: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vertical",
        abstract: "Add a kind of goods by its manifest: categories, model, sources; or list those that there are.",
        discussion: """
              vitrine catalogue vertical wine.json --data ./data

            The manifest names the catalogue that it makes:

              {"schema": "vitrine.vertical/1", "name": "wine", "model": "wine-embed",
               "categories": [{"name": "wine"}, {"name": "red wine", "top": "wine"}],
               "covers": ["food"],
               "sites": [{"address": "https://winery.example/products.xml", "shop": "winery"}],
               "readings": [{"key": "riesling", "kind": "encyclopedia", "title": "Riesling", "body": "A grape."}]}

            `model` is the id of a model for goods (DATA/models, then Models); without it the preferred one. What is \
            scanned in the first catalogue and turns out to be of a category that `covers` names is looked up here. \
            Sites are put on the list of `vitrine crawl`. The same manifest again changes nothing.
            """)

    @Argument(help: "The manifest.") var manifest: String?
    @OptionGroup var flags: CatalogueFlags

    func run() async throws {
        let vertical = try manifest.map { path in
            do {
                return try Vertical(try JSON(parsing: try PictureFiles.read(path)))
            } catch {
                throw Failure("\(path): \(error)")
            }
        }
        try await flags.catalogues { catalogues in
            if let vertical { try await catalogues.put(vertical) }
            for known in try await catalogues.verticals() {
                Terminal.say(
                    "\(known.vertical.name)\t\(known.space)\t\(known.items) items\t"
                        + known.vertical.categories.map(\.name).joined(separator: ", "))
            }
            await catalogues.close()
        }
    }
}
