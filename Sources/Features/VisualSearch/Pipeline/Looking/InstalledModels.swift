internal import Foundation
internal import Inference

/// The models of some folders, loaded for catalogues.
///
/// A model is a manifest, `NAME.json`, and the `.onnx` file that it names beside it. Which one is the default: the folders
/// count in their order, so that what an operator puts into the data folder comes before what the program brings; within
/// a folder the newest version, then the last name. New catalogues begin in the space of the default; embedders of other
/// spaces stay at hand for catalogues that still answer by them, also that of a model without the colours that its
/// manifest adds. Without ONNX Runtime there is the built-in feature
/// `floor/1`, and one sentence says so. What scores of a model mean may stand beside it, in `NAME.scan.json`.
public struct InstalledModels: Sendable {
    /// What was loaded, the built-in feature last.
    public let models: CatalogueModels
    /// Sentences on what could not be used.
    public let problems: [String]

    /// A model that lies in a folder.
    private struct Found {
        let manifest: ModelManifest
        let folder: String
        let rank: Int

        /// Preferred to another.
        func isBefore(_ other: Found) -> Bool {
            if rank != other.rank { return rank < other.rank }
            let (mine, theirs) = (manifest.versionNumbers, other.manifest.versionNumbers)
            if mine != theirs { return theirs.lexicographicallyPrecedes(mine) }
            return manifest.id > other.manifest.id
        }
    }

    /// Loads what is there; folders that are not there are passed over.
    ///
    /// - Parameter runtimeFolders: where ONNX Runtime is looked for, if there is a model at all.
    public init(folders: [String], runtimeFolders: [String], threads: Int = 1) {
        var problems: [String] = []
        var embedders: [any PictureEmbedder] = []
        var plain: [any PictureEmbedder] = []
        var finder: (any ObjectFinder)?
        var namer: (any PictureNamer)?
        let found = Self.manifests(folders, &problems)
        do {
            let runtime = found.isEmpty ? nil : try InferenceRuntime.find(in: runtimeFolders)
            for known in found {
                guard let runtime else { break }
                do {
                    let session = try Self.session(known.manifest, known.folder, runtime, threads)
                    switch known.manifest.role {
                    case .itemEmbedder:
                        let embedder = try ModelEmbedder(session, manifest: known.manifest, folder: known.folder)
                        embedders.append(embedder)
                        if embedder.space != known.manifest.embedding?.plainSpace {
                            plain.append(
                                try ModelEmbedder(
                                    session, manifest: known.manifest, folder: known.folder, isPlain: true))
                        }
                    case .categoryHead: namer = try namer ?? ModelNamer(session, manifest: known.manifest)
                    default: finder = try finder ?? ModelFinder(session, manifest: known.manifest)
                    }
                } catch {
                    problems.append("\(known.manifest.id) \(known.manifest.version) cannot be used: \(error)")
                }
            }
        } catch {
            let names = found.map(\.manifest.id).joined(separator: ", ")
            problems.append(
                "Pictures are compared by the built-in feature floor/1, which sees colours and outlines only: the models "
                    + "\(names) need ONNX Runtime. \(error) `vitrine doctor` says how it is installed.")
        }
        models = CatalogueModels(
            embedders: embedders + plain + [FloorFeature()], finder: finder ?? WholePicture(), namer: namer)
        self.problems = problems
    }

    /// The manifests of the roles that catalogues need, the preferred ones first.
    private static func manifests(_ folders: [String], _ problems: inout [String]) -> [Found] {
        var found: [Found] = []
        for (rank, folder) in folders.enumerated() {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            for name in names.sorted() where name.hasSuffix(".json") {
                guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)"), data.count <= 1 << 20 else {
                    continue
                }
                do {
                    let manifest = try ModelManifest(parsing: [UInt8](data))
                    guard [.itemEmbedder, .itemDetector, .categoryHead].contains(manifest.role) else { continue }
                    found.append(Found(manifest: manifest, folder: folder, rank: rank))
                } catch {
                    // Other JSON files may lie there; what says that it is a model must be whole.
                    if String(decoding: data, as: UTF8.self).contains("vitrine.model/1") {
                        problems.append("\(folder)/\(name) is no whole manifest: \(error)")
                    }
                }
            }
        }
        return found.sorted { $0.isBefore($1) }
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

extension ModelEmbedder {
    /// With the calibration that lies beside the manifest, if that is of its space.
    fileprivate init(_ session: ModelSession, manifest: ModelManifest, folder: String, isPlain: Bool = false) throws {
        let bare = try ModelEmbedder(session, manifest: manifest, isPlain: isPlain)
        let calibration = ScanCalibration.Shipped.read(beside: manifest, in: folder, space: bare.space.name)
        try self.init(session, manifest: manifest, calibration: calibration, isPlain: isPlain)
    }
}

extension ModelManifest {
    /// The three numbers of the version.
    fileprivate var versionNumbers: [Int] { version.split(separator: ".").map { Int($0) ?? 0 } }
}
