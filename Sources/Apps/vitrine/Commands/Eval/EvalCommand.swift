import ArgumentParser

/// Measures how good visual search is, on pictures of one's own.
struct EvalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Measure how good visual search is, on pictures of your own.",
        discussion: """
            No server and no catalogue is needed: each command reads folders or tables of pictures, looks at them as scans \
            and catalogues do, and prints figures with 95 % intervals, beside those of the built-in feature floor/1, which \
            needs no model and is the floor to beat.

            A folder of pictures holds a folder for each item (its SKU), perhaps inside one for each category; a picture \
            that lies in the folder itself is an item of its own, named by the file:

              shop/shoes/4711/front.jpg          merchants' pictures
              customers/shoes/4711/IMG_0815.jpg  photos of customers

            A table (CSV, TSV) names `path` and `label` and may name `category` and `occasion` (a visit, a day: what photos \
            of one occasion share is not quality). Other names of columns are told behind a question mark:

              vitrine eval retrieval --gallery shop/ --queries 'photos.csv?path=file&label=sku'

            Photos must be ones that the model's training has not seen.
            """,
        subcommands: [
            EvalRetrieval.self, EvalCategory.self, EvalNotFound.self, EvalDenoise.self, EvalMerge.self, EvalDedup.self,
            EvalDetect.self, EvalLatency.self, EvalIngest.self,
        ])
}
