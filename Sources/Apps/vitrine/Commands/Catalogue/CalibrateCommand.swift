import ArgumentParser
import Basics
import Foundation
import VisualSearch

/// Measures what scores mean.
struct CalibrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Measure, on photos of known items, what a catalogue's scores mean.",
        discussion: """
            The folder holds a sub-folder for each SKU with customers' photos of it: photos that neither the catalogue \
            nor the model's training has seen. Each is asked twice, with its item in the catalogue and as if it were \
            not there. Afterwards `vitrine scan` says `sameItem` where it is likely enough, and `similarOnly` elsewhere.

              vitrine calibrate customers/ --catalogue summer

            At least 100 photos are needed; from 200 on every second one is held back, and the figures are of those. \
            Photos of things that the shop never had (--strangers) teach what such photos look like.
            """)

    @Argument(help: "The folder.") var folder: String
    @Option(help: "A folder of photos of things that the shop never had.") var strangers: String?
    @OptionGroup var flags: CatalogueFlags
    @Flag(help: "Write one JSON object instead of lines.") var json = false

    func run() async throws {
        let files = try PictureFiles.list([folder])
        let strange = try strangers.map { try PictureFiles.list([$0]) } ?? []
        try await flags.work { catalogue, _ in
            let shown = ShownProgress("asking")
            let photos = try files.map { path in
                LabelledPhoto(
                    sku: URL(fileURLWithPath: path).deletingLastPathComponent().lastPathComponent,
                    bytes: try PictureFiles.read(path))
            }
            let others = try strange.map { try PictureFiles.read($0) }
            let result = try await catalogue.calibrate(photos, strangers: others) { shown.show($0) }
            shown.finish()
            if json { return Terminal.say(result.text) }
            Terminal.say("\(result["used"]?.intValue ?? 0) of \(photos.count) photos show items of the catalogue.")
            let threshold = result["fitted"]?["threshold"]?.doubleValue
            Terminal.say(
                threshold.map { "same item from a probability of \($0) on" } ?? "no threshold keeps the promises")
            for (name, figure) in result["figures"]?.objectValue ?? [:] {
                let value = figure["value"]?.doubleValue ?? figure.doubleValue
                Terminal.say("\(name): \(value.map { String(format: "%.3f", $0) } ?? "-")")
            }
        }
    }
}
