internal import Basics
internal import Foundation

/// Moves copies out of a folder and back again. Every move is in the undo file, on the disk, before it is made.
public struct DuplicateMoves: Sendable {
    /// A file that goes, and the one that stays for it.
    public struct Move: Sendable, Hashable {
        /// The file that goes, below the folder.
        public let path: String
        /// SHA-256 of the file when it was looked at.
        public let digest: [UInt8]
        /// The file that stays.
        public let kept: String
        /// Why, for whoever reads the undo file.
        public let why: String

        /// A move of the given paths.
        public init(path: String, digest: [UInt8], kept: String, why: String) {
            self.path = path
            self.digest = digest
            self.kept = kept
            self.why = why
        }
    }

    /// How many files were moved, and a sentence for each that was not.
    public struct Outcome: Sendable, Hashable {
        /// Files that were moved.
        public var count = 0
        /// What stands in the way of the others.
        public var problems: [String] = []
    }

    private let folder: String
    private let aside: String

    /// Moves out of `folder` into `aside`, which is made when it is not there; both are on one file system.
    public init(folder: String, aside: String) {
        self.folder = folder
        self.aside = aside
    }

    /// Where the moves are written down, one JSON object a line.
    public var undoFile: String { "\(aside)/undo.ndjson" }

    /// Moves files aside; one that has changed since it was looked at, or whose other one is gone, stays where it is.
    ///
    /// - Throws: What the disk says, for instance that it is full; moves until then are in the undo file.
    public func apply(_ moves: [Move], progress: (Double) -> Void = { _ in }) throws -> Outcome {
        var outcome = Outcome()
        guard !moves.isEmpty else { return outcome }
        try FileManager.default.createDirectory(atPath: aside, withIntermediateDirectories: true)
        if !FileManager.default.fileExists(atPath: undoFile) {
            try Data().write(to: URL(fileURLWithPath: undoFile), options: .withoutOverwriting)
        }
        let list = try FileHandle(forWritingTo: URL(fileURLWithPath: undoFile))
        defer { try? list.close() }
        try list.seekToEnd()
        for (number, move) in moves.enumerated() {
            progress(Double(number) / Double(moves.count))
            guard isUnchanged(move) else {
                outcome.problems.append("\(move.path) has changed and was not moved.")
                continue
            }
            try carryOut(move, list)
            outcome.count += 1
        }
        return outcome
    }

    private func isUnchanged(_ move: Move) -> Bool {
        guard move.path.hasPrefix(folder + "/"), FileManager.default.fileExists(atPath: move.kept),
            let bytes = try? Data(contentsOf: URL(fileURLWithPath: move.path), options: .mappedIfSafe)
        else { return false }
        return PictureAnalysis.sha256([UInt8](bytes)) == move.digest
    }

    private func carryOut(_ move: Move, _ list: FileHandle) throws {
        let target = aside + move.path.dropFirst(folder.count)
        let line = JSON.object([
            "from": .string(move.path), "to": .string(target), "kept": .string(move.kept), "why": .string(move.why),
        ])
        try list.write(contentsOf: Data((line.text + "\n").utf8))
        try list.synchronize()
        let parent = URL(fileURLWithPath: target).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: move.path, toPath: target)
    }

    /// Brings back what an undo file tells of; nothing is put over a file that is there.
    ///
    /// - Throws: When the undo file cannot be read.
    public static func undo(_ file: String) throws -> Outcome {
        let text = try String(contentsOf: URL(fileURLWithPath: file), encoding: .utf8)
        var outcome = Outcome()
        for line in text.split(separator: "\n") {
            guard let entry = try? JSON(parsing: Array(line.utf8)), let from = entry["from"]?.stringValue,
                let to = entry["to"]?.stringValue
            else {
                outcome.problems.append("A line of \(file) is broken: \(line.prefix(80))")
                continue
            }
            let files = FileManager.default
            if files.fileExists(atPath: from) {
                // Also so when a move was written down and then not made: then there is nothing aside.
                if files.fileExists(atPath: to) { outcome.problems.append("\(from) exists; \(to) stays aside.") }
                continue
            }
            do {
                try files.moveItem(atPath: to, toPath: from)
                outcome.count += 1
            } catch {
                outcome.problems.append("\(to) could not be brought back: \(error.localizedDescription)")
            }
        }
        return outcome
    }
}
