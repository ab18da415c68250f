internal import Foundation

extension Learner {
    /// Starts the net from the weights of a safetensors file by name; the keys that the file lacks, and those that the net
    /// lacks.
    ///
    /// Throws when the file cannot be read, or nothing in it fits.
    func load(_ path: String) throws -> (missing: [String], unused: [String]) {
        var found: [String: HostTensor] = [:]
        for (key, tensor) in try Safetensors(contentsOf: URL(filePath: path)).tensors {
            found[key.hasPrefix("model.") ? String(key.dropFirst("model.".count)) : key] = tensor
        }
        let own = Set(root.model.flattened().map(\.key))
        let mismatch = try root.model.update(found.matching(root.model), verify: .lenient)
        guard mismatch.missing.count < own.count else {
            throw RunError.data(["initFrom: \(path) has no tensor that fits the net"])
        }
        return (mismatch.missing, found.keys.filter { !own.contains($0) }.sorted())
    }
}
