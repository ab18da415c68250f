import Basics
import Crypto
import Foundation
package import Inference
package import Storage
import Synchronization

extension ModelService {
    /// Adds a version whose file is being written: checks manifest and file, and stores both.
    ///
    /// Nothing of the model is run; ``tryOut(_:)`` follows. A refused file is kept without a row for a day, as every blob
    /// that nobody refers to.
    ///
    /// - Throws: 422 with every reason, 409 for another file under the same version.
    package func add(
        manifest text: [UInt8], _ writer: BlobWriter, isCaged: Bool, by who: String
    ) async throws -> ModelKey {
        let manifest: ModelManifest
        do {
            manifest = try ModelManifest(parsing: text)
        } catch {
            throw Self.refused(error.problems.map { ($0.path, $0.reason) })
        }
        let key = ModelKey(id: manifest.id, version: manifest.version)
        let stored = try await writer.finish()
        guard stored.hash.hex == manifest.sha256 else {
            throw Self.refused([("sha256", "the file's is \(stored.hash.hex)")])
        }
        let bytes = try await blobs.reader(of: stored.hash).readAll()
        let scan = try await offThread { ModelScan(bytes) }
        let problems = scan.findings.map { ("file", $0) } + Self.differences(manifest, scan)
        guard problems.isEmpty else { throw Self.refused(problems) }
        let now = clock.now()
        let entry = ModelEntry(manifest, bytes: stored.size, isCaged: isCaged, now: now)
        do {
            try await database.write { context in
                var registry = try ModelRows.registry(context.connection)
                guard try registry.add(entry) else { return }
                try BlobStore.retain(stored.hash, in: context)
                try ModelRows.write(&registry, manifest: text, in: context)
                try ModelRows.note("added \(key), \(stored.size) bytes", by: who, in: context)
            }
        } catch let refusal as RegistryRefusal {
            throw refusal.request()
        }
        return key
    }

    private static func differences(_ manifest: ModelManifest, _ scan: ModelScan) -> [(String, String)] {
        let inputs = Set(manifest.inputs.map(\.name)).symmetricDifference(scan.inputs).sorted()
        let outputs = Set(manifest.outputs.map(\.name)).symmetricDifference(scan.outputs).sorted()
        return inputs.map { ("inputs", "'\($0)' stands only in the manifest or only in the file") }
            + outputs.map { ("outputs", "'\($0)' stands only in the manifest or only in the file") }
    }

    static func refused(_ problems: [(path: String, reason: String)]) -> RequestError {
        let list = problems.map { JSON.object(["path": .string($0.path), "reason": .string($0.reason)]) }
        let reasons = problems.prefix(10).map { $0.path.isEmpty ? $0.reason : "\($0.path): \($0.reason)" }
        return RequestError(
            status: 422, code: "VITRINE_MODEL_REFUSED",
            message: "The model is refused. \(reasons.joined(separator: "; "))",
            extra: ["errors": .array(list)])
    }

    /// Begins to try a version out; ``ModelWork`` tells how it stands.
    func beginTrial(_ key: ModelKey) {
        guard work.begin("trial \(key)", for: key) else { return }
        Task { await runTrial(key) }
    }

    /// Tries a version out in the cage and notes what came of it. Trying again what was tried changes nothing.
    package func tryOut(_ key: ModelKey) async {
        guard work.begin("trial \(key)", for: key) else { return }
        await runTrial(key)
    }

    private func runTrial(_ key: ModelKey) async {
        let name = "trial \(key)"
        var failure: String?
        do {
            guard let entry = try await registry()[key], entry.state == .trial else {
                return work.end(name, failure: nil)
            }
            let bytes = try await checkedBytes(of: entry)
            let manifest = try await manifest(key)
            let trial = try await offThread { [self] in
                try ModelTrial(bytes, manifest, runtime: try runtime(), settings: try cage())
            }
            try await database.write { context in try ModelRows.setTrial(trial.json, of: key, in: context) }
        } catch let error as InferenceError where error.kind == .unavailable {
            // Nothing is wrong with the model: it waits until it can be tried.
            return work.end(name, failure: error.message)
        } catch let error as InferenceError {
            failure = error.message
        } catch {
            return work.end(name, failure: "\(error)")
        }
        let now = clock.now()
        let outcome = failure
        _ = try? await change(by: "the server") { registry in
            try registry.tried(key, failure: outcome, at: now)
            return ((), "tried \(key): \(outcome ?? "it runs")")
        }
        work.end(name, failure: failure)
    }

    /// What a start has to do: versions whose trial was cut short are tried again, and the files of those that serve are
    /// looked at.
    package func start() async {
        _ = try? await offThread { [self] in try runtime() }
        guard let entries = try? await registry().all else { return }
        for entry in entries where entry.state == .trial { await tryOut(entry.key) }
        for entry in entries where entry.state.isServing { _ = try? await checkedBytes(of: entry) }
    }
}

extension ModelTrial {
    fileprivate var json: JSON {
        [
            "run_ms": .array(milliseconds.map { .double(($0 * 1_000).rounded() / 1_000) }),
            "peak_kib": .int(peakKibibytes), "cage": .array(cage.inForce.map { .string($0) }),
            "cage_missing": .array(cage.missing.map { .string($0) }), "provider": .string(provider),
        ]
    }
}
