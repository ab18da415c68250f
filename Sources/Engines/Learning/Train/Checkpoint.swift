package import Basics
public import Foundation
internal import Kernels

/// What a run needs to go on bit for bit: named sets of tensors, and numbers about where it stands.
package struct Checkpoint: Sendable {
    /// The step after which it was taken.
    package var step: Int
    /// Tensors by file, without `.safetensors`, and by key.
    package var tensors: [String: [String: HostTensor]]
    /// Everything else.
    package var state: JSONObject

    package init(step: Int, tensors: [String: [String: HostTensor]], state: JSONObject) {
        (self.step, self.tensors, self.state) = (step, tensors, state)
    }
}

/// The checkpoints of a run: a folder `step-N` each, and a file `latest` with the name of the newest.
///
/// A checkpoint appears by a rename when all of it is on the disk: a process that is killed at any instant leaves the
/// one before readable.
public struct CheckpointStore: Sendable {
    /// The folder that holds them.
    public let folder: URL

    private static let prefix = "step-"
    private static let unfinished = ".unfinished-"
    private static let stateFile = "state.json"

    /// The checkpoints in a folder, which is made if it is not there.
    public init(folder: URL) throws {
        self.folder = folder
        try DurableFile.makeFolder(folder.path)
    }

    /// The steps of the checkpoints that are there, oldest first.
    public var steps: [Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.compactMap { $0.hasPrefix(Self.prefix) ? Int($0.dropFirst(Self.prefix.count)) : nil }.sorted()
    }

    private func path(_ step: Int) -> String { folder.path + "/\(Self.prefix)\(step)" }

    // MARK: Writing

    /// Keeps a checkpoint and takes away all but the newest.
    ///
    /// Throws ``RunError``; then those that were there still are.
    package func write(_ checkpoint: Checkpoint, keeping kept: Int) throws {
        let fresh = folder.path + "/\(Self.unfinished)\(checkpoint.step)"
        try? FileManager.default.removeItem(atPath: fresh)
        do {
            try DurableFile.makeFolder(fresh)
            var files = JSONObject()
            for (name, tensors) in checkpoint.tensors.sorted(by: { $0.key < $1.key }) {
                let bytes = Safetensors(tensors).encoded()
                try DurableFile.write(bytes, to: "\(fresh)/\(name).safetensors")
                files[name] = ["bytes": .int(Int64(bytes.count)), "crc32c": .int(Int64(CRC32C.of(bytes.span.bytes)))]
            }
            var state = checkpoint.state
            state["step"] = .int(Int64(checkpoint.step))
            state["files"] = .object(files)
            try DurableFile.write(JSON.object(state).encoded(), to: "\(fresh)/\(Self.stateFile)")
            try DurableFile.syncFolder(fresh)
        } catch {
            try? FileManager.default.removeItem(atPath: fresh)
            throw error
        }
        try? FileManager.default.removeItem(atPath: path(checkpoint.step))
        try DurableFile.move(fresh, to: path(checkpoint.step))
        try DurableFile.replace(
            folder.path + "/latest", with: Array("\(Self.prefix)\(checkpoint.step)\n".utf8))
        for old in steps.dropLast(max(kept, 1)) { try? FileManager.default.removeItem(atPath: path(old)) }
    }

    /// Takes away what a killed process left half done, and everything after a step.
    package func clean(after step: Int) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names where name.hasPrefix(Self.unfinished) || name.hasSuffix(".new") {
            try? FileManager.default.removeItem(atPath: folder.path + "/" + name)
        }
        for late in steps where late > step { try? FileManager.default.removeItem(atPath: path(late)) }
    }

    // MARK: Reading

    /// The newest checkpoint that is whole, and what is wrong with newer ones; nil if there is none at all.
    package func newest() throws -> (checkpoint: Checkpoint, damaged: [RunError])? {
        var damaged: [RunError] = []
        for step in steps.reversed() {
            do {
                return (try read(step), damaged)
            } catch {
                damaged.append(error)
            }
        }
        if let first = damaged.first { throw first }
        return nil
    }

    /// The checkpoint of a step.
    package func read(_ step: Int) throws(RunError) -> Checkpoint {
        let place = path(step)
        guard let text = FileManager.default.contents(atPath: "\(place)/\(Self.stateFile)"),
            let state = (try? JSON(parsing: Array(text), limits: JSONLimits(maximumBytes: 64 << 20)))?.objectValue,
            state["step"]?.intValue == Int64(step), let files = state["files"]?.objectValue
        else { throw .damaged(place, reason: "\(Self.stateFile) is missing or no JSON of a checkpoint") }
        var tensors: [String: [String: HostTensor]] = [:]
        for (name, wanted) in files { tensors[name] = try Self.tensors("\(place)/\(name).safetensors", wanted) }
        return Checkpoint(step: step, tensors: tensors, state: state)
    }

    private static func tensors(_ path: String, _ wanted: JSON) throws(RunError) -> [String: HostTensor] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .damaged(path, reason: "the file is missing")
        }
        let bytes = Array(data)
        guard wanted["bytes"]?.intValue == Int64(bytes.count),
            wanted["crc32c"]?.intValue == Int64(CRC32C.of(bytes.span.bytes))
        else { throw .damaged(path, reason: "it is not what was written") }
        do {
            return try Safetensors(bytes: bytes).tensors
        } catch {
            throw .damaged(path, reason: error.description)
        }
    }
}
