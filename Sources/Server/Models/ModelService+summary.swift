package import Basics
package import Inference
import Synchronization

extension ModelService {
    /// Whether models can be run.
    package var inference: JSON {
        let state = runtimeState
        if let version = state.version { return ["state": "on", "runtime": .string(version)] }
        guard let reason = state.reason else { return ["state": "starting"] }
        return ["state": "off", "reason": .string(reason)]
    }

    /// What the list shows of a version.
    package func summary(_ entry: ModelEntry) -> JSONObject {
        var object: JSONObject = [
            "id": .string(entry.key.id), "version": .string(entry.key.version), "role": .string(entry.role.rawValue),
            "state": .string(entry.state.rawValue), "bytes": .int(entry.bytes), "sha256": .string(entry.sha256),
            "isolation": .string(entry.isCaged ? "worker" : "process"), "added_ms": .int(entry.added),
            "changed_ms": .int(entry.changed),
        ]
        if !entry.reason.isEmpty { object["reason"] = .string(entry.reason) }
        if let space = entry.space { object["space"] = .string(space) }
        object["jobs"] = .array(
            work.all(entry.key).map { name, status in
                ["name": .string(name), "state": .string(status.state), "reason": .string(status.reason)]
            })
        if let model = loaded.withLock({ $0.models.first { $0.key == entry.key } }) {
            object["figures"] = figures(of: model)
        }
        return object
    }

    private func figures(of model: LoadedModels.Model) -> JSON {
        let figures = model.queue.figures
        var object: JSONObject = [
            "answers": .int(Int64(clamping: figures.answers)), "runs": .int(Int64(clamping: figures.runs)),
            "failures": .int(Int64(clamping: figures.failures)), "timeouts": .int(Int64(clamping: figures.timeouts)),
            "overloads": .int(Int64(clamping: figures.overloads)), "waiting": .int(Int64(figures.waiting)),
        ]
        if let half = figures.latency(0.5) { object["p50_ms"] = .double(half) }
        if let most = figures.latency(0.95) { object["p95_ms"] = .double(most) }
        if let caged = model.caged {
            object["crashes"] = .int(Int64(caged.crashes))
            object["peak_kib"] = .int(caged.peakKibibytes)
            object["cage"] = .array(caged.cage.inForce.map { .string($0) })
        }
        return .object(object)
    }
}
