import ArgumentParser
import Basics
import Evaluation
import Foundation
import Inference
import VisualSearch

/// What all evaluations take: which models look, and how the outcome is written.
struct EvalFlags: ParsableArguments {
    @Option(
        name: .customLong("models"),
        help: "A folder with models (manifest and .onnx side by side), the preferred one first; without: Models.")
    var modelFolders: [String] = []
    @Option(help: "A data folder, below which models and ONNX Runtime are looked for too.") var data: String?
    @Flag(help: "Only the built-in feature, without any model.") var floorOnly = false
    @Option(help: "How often is drawn for the intervals.") var draws = 1_000
    @Option(help: "Where draws and plans begin.") var seed: UInt64 = 7
    @Flag(help: "Write one JSON object instead of a table.") var json = false

    func validate() throws {
        guard (2...100_000).contains(draws) else { throw ValidationError("--draws is 2 to 100000.") }
    }

    var bootstrap: Bootstrap { Bootstrap(resamples: draws, seed: seed) }

    /// The models; what could not be used is said.
    func models() -> CatalogueModels {
        if floorOnly { return CatalogueModels() }
        let folders = modelFolders.isEmpty ? (data.map { ["\($0)/models"] } ?? []) + ["Models"] : modelFolders
        let installed = InstalledModels(folders: folders, runtimeFolders: InferencePlaces.folders(data: data))
        for problem in installed.problems { Terminal.warn(problem) }
        return installed.models
    }

    /// Eyes for pictures.
    func eyes() -> PictureEyes { PictureEyes(models: models(), withFloor: !floorOnly) }

    /// Reads a folder or a table, and looks at what it names.
    ///
    /// - Parameter limit: at most so many, drawn evenly.
    func see(
        _ source: String, as kind: PictureEyes.Kind, with eyes: PictureEyes, title: String, limit: Int? = nil
    ) async throws -> [SeenPicture] {
        let all = try files(source)
        let step = limit.map { max(1, Double(all.count) / Double(max(1, $0))) } ?? 1
        let files =
            limit == nil
            ? all : (0..<min(all.count, limit ?? 0)).map { all[min(all.count - 1, Int(Double($0) * step))] }
        let shown = ShownProgress(title)
        let (seen, refused) = try await eyes.see(files, as: kind) { shown.show(Double($0) / Double(files.count)) }
        shown.finish()
        for refusal in refused.prefix(20) { Terminal.warn("\(refusal.path): \(refusal.why)") }
        if refused.count > 20 { Terminal.warn("\(refused.count - 20) more pictures could not be read.") }
        guard !seen.isEmpty else { throw Failure("'\(source)' has no picture that can be read.") }
        return seen
    }

    /// Looks at the pictures of a catalogue; photos of customers in it (`photos:`) are looked at as photos are.
    func seeGallery(_ sources: [String], with eyes: PictureEyes) async throws -> [SeenPicture] {
        var stored: [SeenPicture] = []
        for source in sources {
            let isPhotos = source.hasPrefix("photos:")
            stored += try await see(
                isPhotos ? String(source.dropFirst(7)) : source, as: isPhotos ? .customer : .merchant, with: eyes,
                title: "gallery")
        }
        return stored
    }

    func files(_ source: String) throws -> [LabelledFile] {
        do { return try LabelledFile.read(source) } catch { throw Failure.explaining(error) }
    }

    /// Makes a report and writes it.
    func say(_ eyes: PictureEyes?, _ body: () throws -> MeasureReport) throws {
        var report: MeasureReport
        do { report = try body() } catch let error as EvaluationError { throw Failure(error.description) }
        if let eyes { report.facts.insert(("space", .string(eyes.space.name)), at: 0) }
        if json { Terminal.say(report.json.text) } else { report.lines.forEach(Terminal.say) }
    }
}
