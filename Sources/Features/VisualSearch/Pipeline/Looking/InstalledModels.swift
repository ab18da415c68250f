internal import Foundation
internal import Inference

/// The models of a folder, loaded for catalogues.
///
/// A model is a manifest, `NAME.json`, and the `.onnx` file that it names beside it. Of several for one role the newest
/// version of the last name is preferred; embedders of other spaces stay at hand for catalogues that still need them.
public struct InstalledModels: Sendable {
    /// What was loaded, the built-in feature last.
    public let models: CatalogueModels
    /// Sentences on files that could not be used.
    public let problems: [String]

    /// Loads what is there; folders that are not there are passed over.
    ///
    /// - Parameter runtimeFolders: where ONNX Runtime is looked for, if there is a model at all.
    public init(folders: [String], runtimeFolders: [String], threads: Int = 1) {
        var problems: [String] = []
        var embedders: [any PictureEmbedder] = []
        var finder: (any ObjectFinder)?
        var runtime: InferenceRuntime?
        for (manifest, folder) in Self.manifests(folders, &problems) {
            do {
                let known = try runtime ?? InferenceRuntime.find(in: runtimeFolders)
                runtime = known
                let session = try Self.session(manifest, folder, known, threads)
                switch manifest.role {
                case .itemEmbedder: embedders.append(try ModelEmbedder(session, manifest: manifest))
                default: finder = try finder ?? ModelFinder(session, manifest: manifest)
                }
            } catch {
                problems.append("\(manifest.id) \(manifest.version) cannot be used: \(error)")
            }
        }
        models = CatalogueModels(embedders: embedders + [FloorFeature()], finder: finder ?? WholePicture())
        self.problems = problems
    }

    /// The manifests of the two roles that catalogues need, the preferred ones first.
    private static func manifests(
        _ folders: [String], _ problems: inout [String]
    ) -> [(ModelManifest, String)] {
        var found: [(ModelManifest, String)] = []
        for folder in folders {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            for name in names.sorted() where name.hasSuffix(".json") {
                guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)"), data.count <= 1 << 20 else {
                    continue
                }
                do {
                    let manifest = try ModelManifest(parsing: [UInt8](data))
                    if [.itemEmbedder, .itemDetector].contains(manifest.role) { found.append((manifest, folder)) }
                } catch {
                    // Other JSON files may lie there; what says that it is a model must be whole.
                    if String(decoding: data, as: UTF8.self).contains("vitrine.model/1") {
                        problems.append("\(folder)/\(name) is no whole manifest: \(error)")
                    }
                }
            }
        }
        return found.sorted { ($1.0.version, $1.0.id) < ($0.0.version, $0.0.id) }
    }

    private static func session(
        _ manifest: ModelManifest, _ folder: String, _ runtime: InferenceRuntime, _ threads: Int
    ) throws -> ModelSession {
        guard !manifest.file.contains("/"),
            let data = FileManager.default.contents(atPath: "\(folder)/\(manifest.file)")
        else { throw InferenceError(.invalidModel, "The file \(manifest.file) is not beside its manifest.") }
        let bytes = [UInt8](data)
        guard PictureAnalysis.sha256(bytes).map({ String(format: "%02x", $0) }).joined() == manifest.sha256 else {
            throw InferenceError(.invalidModel, "The file \(manifest.file) is not the one that its manifest describes.")
        }
        let scan = ModelScan(bytes)
        guard scan.isAcceptable else {
            throw InferenceError(.invalidModel, "\(manifest.file): \(scan.findings.joined(separator: "; ")).")
        }
        var options = SessionOptions()
        options.threads = threads
        options.providers = manifest.providers
        return try ModelSession(bytes, runtime: runtime, options: options)
    }
}
