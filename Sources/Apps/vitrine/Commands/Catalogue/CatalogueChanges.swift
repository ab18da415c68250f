import ArgumentParser
import Basics
import Foundation
import VisualSearch

/// Adds one item.
struct CatalogueAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add an item, or replace the one of its shop and SKU.",
        discussion: """
            Searches find it when the command ends.

              vitrine catalogue add 4711 boots/*.jpg --title "Red boots" --category shoes --price 4990 --currency EUR
            """)

    @Argument(help: "The SKU.") var sku: String
    @Argument(help: "Its pictures.") var pictures: [String] = []
    @Option var title = ""
    @Option var category = ""
    @Option(help: "Price in the smallest unit, such as cents.") var price: Int64?
    @Option var currency = ""
    @Option var stock: Int64?
    @Option var link = ""
    @Option var shop = ""
    @OptionGroup var flags: CatalogueFlags

    func run() async throws {
        let uploads = try pictures.map { PictureUpload(bytes: try PictureFiles.read($0), name: $0) }
        let draft = ItemDraft(
            sku: sku, shop: shop, title: title, category: category, price: price, currency: currency, stock: stock,
            link: link)
        try await flags.work(creates: true) { catalogue, _ in
            let result = try await catalogue.put(draft, pictures: uploads)
            for (file, picture) in zip(pictures, result.pictures) {
                let why = picture.cause.map { ": \($0)" } ?? ""
                Terminal.say("\(picture.outcome.rawValue)  \(file)\(why)")
            }
            Terminal.say(result.isChanged ? "\(sku) is item \(result.item)." : "\(sku) was there already, just so.")
        }
    }
}

/// Takes items out.
struct CatalogueDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Take SKUs, or all items of a shop, out; undo brings them back.",
        discussion: """
              vitrine catalogue delete 4711 4712
              vitrine catalogue delete --shop north
            """)

    @Argument(help: "SKUs.") var skus: [String] = []
    @Option(help: "A shop, all of whose items go; with SKUs: only its items of these SKUs.") var shop: String?
    @OptionGroup var flags: CatalogueFlags

    func validate() throws {
        guard shop != nil || !skus.isEmpty else { throw ValidationError("Name SKUs, or a shop with --shop.") }
    }

    func run() async throws {
        try await flags.work { catalogue, _ in
            if skus.isEmpty, let shop {
                let (removal, items) = try await catalogue.removeShop(shop, by: "command line")
                Terminal.say("\(items) items of '\(shop)' are gone. Back with: vitrine catalogue undo \(removal)")
                return
            }
            for sku in skus {
                let items = try await catalogue.items(sku: sku).filter { shop == nil || $0.draft.shop == shop }
                if items.isEmpty { throw Failure("There is no SKU '\(sku)'.") }
                for item in items {
                    let removal = try await catalogue.removeItem(item.number, by: "command line")
                    Terminal.say("\(sku) is gone. Back with: vitrine catalogue undo \(removal)")
                }
            }
        }
    }
}

/// Brings back what was taken out.
struct CatalogueUndo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo", abstract: "Bring back what a delete took; without a number, list what can come back.")

    @Argument(help: "The number that delete printed.") var removal: Int64?
    @OptionGroup var flags: CatalogueFlags

    func run() async throws {
        try await flags.work { catalogue, _ in
            guard let removal else {
                for known in try await catalogue.removals() where known.undoneMilliseconds == nil {
                    Terminal.say("\(known.number)  \(known.kind) \(known.subject)")
                }
                return
            }
            Terminal.say("\(try await catalogue.undo(removal)) are back.")
        }
    }
}

/// Writes a catalogue out.
struct CatalogueExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write all items and pictures to a folder that `import` reads, or what a model learns from.",
        discussion: """
              vitrine catalogue export --to copy/
              vitrine catalogue export --training --to lesson/

            A lesson holds styles.csv (every picture with the style that people's merges gave it), photos.csv (customers' \
            photos of which somebody said what they show) and pairs.csv (a photo, a style, and whether it is shown: right \
            answers, and those that customers called wrong, the shop's own word first). `vitrine eval` and training read \
            the first two as they are.
            """)

    @Option(help: "The folder; it must not exist yet.") var to: String
    @Flag(help: "Write what a model learns from instead. Customers' photos are among it.") var training = false
    @OptionGroup var flags: CatalogueFlags

    func run() async throws {
        guard !FileManager.default.fileExists(atPath: to) else { throw Failure("'\(to)' exists already.") }
        try await flags.work { catalogue, _ in
            let shown = ShownProgress("exporting")
            if training {
                let written = try await catalogue.exportTraining(to: to) { shown.show($0) }
                shown.finish()
                return Terminal.say(
                    "\(written.pictures) pictures, \(written.photos) photos and \(written.pairs) pairs are in \(to).")
            }
            let count = try await catalogue.export(to: to) { shown.show($0) }
            shown.finish()
            Terminal.say("\(count) items are in \(to)/catalogue.ndjson.")
        }
    }
}

/// Says what there is.
struct CatalogueStats: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Say what a catalogue holds, and how its index and its open questions stand.")

    @Flag(help: "Write one JSON object instead of lines.") var json = false
    @OptionGroup var flags: CatalogueFlags

    func run() async throws {
        try await flags.work { catalogue, _ in
            let known = try await catalogue.statistics()
            if json { return Terminal.say(known.json.text) }
            Terminal.say("items       \(known.items)")
            for (stage, count) in known.pictures.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                Terminal.say("pictures    \(count) \(stage.rawValue)")
            }
            for generation in known.generations {
                let mark = generation.number == known.serving ? "  answers" : ""
                Terminal.say(
                    "generation  \(generation.number): \(generation.space), \(generation.dimensions) values\(mark)")
            }
            for part in known.partitions {
                Terminal.say(
                    "index       \(part.generation) \(part.category): \(part.vectors) vectors, \(part.bytes) bytes")
            }
            for (kind, count) in known.reviews.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                Terminal.say("questions   \(count) \(kind.rawValue)")
            }
        }
    }
}

/// Changes the model.
struct CatalogueReembed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reembed",
        abstract: "Compute all vectors with the preferred model, and let it answer when all are there; or go back.",
        discussion: """
            The old space answers until the new one is whole, and is kept up to date for seven days after. The new one \
            answers only if it finds the items of customers' photos at least as well: photos of --photos (a folder for each \
            SKU, or a table), else those that customers said something about. Who switches without that gives a reason, \
            which is kept.

              vitrine catalogue reembed --models new/ --photos customers/
              vitrine catalogue reembed --models new/ --override "first model, no photos yet"
              vitrine catalogue reembed --back
            """)

    @Flag(help: "Let the space that answered before answer again.") var back = false
    @Option(help: "Photos of customers by which the two spaces are compared.") var photos: String?
    @Option(help: "Let the new space answer whatever the comparison says, for this reason.") var override: String?
    @OptionGroup var flags: CatalogueFlags

    func run() async throws {
        try await flags.work { catalogue, jobs in
            if back {
                try await catalogue.serveBefore()
            } else {
                let job = try await jobs.requestReembedding(
                    of: catalogue.name,
                    gate: SwitchGate(
                        photos: photos.map { URL(fileURLWithPath: $0).standardizedFileURL.path }, override: override))
                let result = try await JobProgress.finish(job, "embedding", jobs)
                for failed in result["failed"]?.arrayValue ?? [] {
                    Terminal.warn("picture \(failed["picture"]?.intValue ?? 0): \(failed["why"]?.stringValue ?? "")")
                }
                Terminal.say("\(result["computed"]?.intValue ?? 0) vectors were computed.")
                if let why = result["why"]?.stringValue { Terminal.say(why) }
            }
            let known = try await catalogue.statistics()
            let serving = known.generations.first { $0.number == known.serving }
            Terminal.say("\(serving?.space ?? "nothing") answers.")
        }
    }
}

/// Measures the index.
struct CatalogueRecall: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recall",
        abstract: "Measure how many of the true neighbours searches find, on the catalogue's own vectors.")

    @OptionGroup var flags: CatalogueFlags

    func run() async throws {
        try await flags.work { catalogue, jobs in
            let job = try await jobs.requestRecallCheck(of: catalogue.name)
            let result = try await JobProgress.finish(job, "measuring", jobs)
            for part in result["parts"]?.arrayValue ?? [] {
                let figures = [part["recall"], part["low"], part["high"]].map {
                    String(format: "%.4f", $0?.doubleValue ?? 0)
                }
                Terminal.say(
                    "\(part["category"]?.stringValue ?? ""): recall \(figures[0]) (95 %: \(figures[1])…\(figures[2])), "
                        + "\(part["queries"]?.intValue ?? 0) queries in \(part["vectors"]?.intValue ?? 0) vectors")
            }
        }
    }
}
