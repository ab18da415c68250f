import ArgumentParser

/// What a shop sells, searchable by picture.
struct CatalogueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalogue",
        abstract: "Keep a catalogue of items that photos can be searched in.",
        discussion: """
            Bring a folder in: each sub-folder is a SKU and holds its pictures, or a catalogue.csv names them.

              vitrine catalogue import photos/ --catalogue summer --data ./data

            Find the thing in a photo:

              vitrine scan photo.jpg --catalogue summer --data ./data

            Everything that is deleted can be brought back for 30 days: `delete` prints the number for `undo`. These \
            commands work on the data folder itself, so the server must not run meanwhile.
            """,
        subcommands: [
            CatalogueImport.self, CatalogueAdd.self, CatalogueDelete.self, CatalogueUndo.self, CatalogueExport.self,
            CatalogueStats.self, CatalogueReembed.self, CatalogueRecall.self, CatalogueVertical.self,
        ])
}
