import Foundation
import Kernels

/// What an index consists of.
public struct VectorIndexStatistics: Hashable, Sendable {
    /// One segment.
    public struct SegmentReport: Hashable, Sendable {
        /// The file's name.
        public let file: String
        /// What finds neighbours in it.
        public let kind: VectorIndexKind
        /// Rows, removed ones too.
        public let rows: Int
        /// Rows that are removed and wait for a merge.
        public let removed: Int
        /// The file's size in bytes.
        public let bytes: Int
        /// The search effort that reached the target recall when it was built.
        public let tunedEffort: Int
    }

    /// Vectors that can be found.
    public let vectors: Int
    /// Vectors in memory that are in no segment yet.
    public let inMemory: Int
    /// Its segments, the newest last.
    public let segments: [SegmentReport]
    /// The size of all files in bytes.
    public let bytes: Int
    /// The kind that a merge of everything would have, and why.
    public let choice: String
}

extension VectorIndex {
    /// What the index consists of now.
    public var statistics: VectorIndexStatistics {
        let snapshot = cell.load()
        let segments = snapshot.segments.map { state in
            VectorIndexStatistics.SegmentReport(
                file: state.file, kind: state.segment.structure.kind, rows: state.segment.count,
                removed: state.removed.count, bytes: folder.size(of: state.file),
                tunedEffort: state.segment.tunedEffort)
        }
        let (kind, reason) = options.choice(rows: snapshot.liveCount)
        return VectorIndexStatistics(
            vectors: snapshot.liveCount, inMemory: snapshot.memoryCount - snapshot.memoryRemoved.count,
            segments: segments, bytes: folder.names().reduce(0) { $0 + folder.size(of: $1) },
            choice: "\(kind.rawValue): \(reason)")
    }

    /// What ``verify(at:absent:)`` found.
    public struct Verification: Hashable, Sendable {
        /// Sentences on what is wrong; empty when all is well.
        public var problems: [String] = []
        /// Segments that were checked.
        public var segments = 0
        /// Vectors that can be found.
        public var vectors = 0
    }

    /// Checks every file of an index: checksums, numbers that lead somewhere, rows that no link leads to, ids that stand
    /// twice. Changes nothing.
    /// - Parameter absent: an id whose bytes must be in no file: neither live, nor removed, nor in the log.
    public static func verify(at path: String, absent: UInt64? = nil) -> Verification {
        let folder = IndexFolder(path: path)
        var found = Verification()
        let loaded: LoadedIndex
        do {
            loaded = try LoadedIndex.load(folder, options: VectorIndexOptions())
        } catch {
            found.problems.append(error.description)
            return found
        }
        found.segments = loaded.state.segments.count
        found.vectors = loaded.state.snapshot.liveCount
        found.problems += loaded.state.segments.flatMap(unreachable)
        found.problems += twice(loaded.state.snapshot)
        if let absent { found.problems += traces(of: absent, loaded, folder) }
        return found
    }

    private static func unreachable(_ state: SegmentState) -> [String] {
        guard case .graph(let graph) = state.segment.structure else { return [] }
        let missing = state.segment.count - graph.reachable()
        return missing == 0 ? [] : ["\(state.file): \(missing) rows are out of reach of the graph"]
    }

    private static func twice(_ snapshot: Snapshot) -> [String] {
        var seen: Set<UInt64> = []
        var problems: [String] = []
        for state in snapshot.segments {
            for row in 0..<state.segment.count where !state.removed.contains(row) {
                let id = state.segment.table.ids[row]
                if !seen.insert(id).inserted { problems.append("\(state.file): the id \(id) is live twice") }
            }
        }
        return problems
    }

    private static func traces(of id: UInt64, _ loaded: LoadedIndex, _ folder: IndexFolder) -> [String] {
        var problems = loaded.state.segments.filter { $0.segment.table.row(of: id) != nil }.map {
            "\($0.file) holds the id \(id)"
        }
        let log = (try? folder.read(loaded.manifest.log)) ?? []
        let dimensions = loaded.manifest.schema.dimensions
        let records = (try? LogFormat.read(log, file: loaded.manifest.log, dimensions: dimensions))?.records ?? []
        if records.contains(where: { if case .put(let item) = $0 { item.id == id } else { false } }) {
            problems.append("\(loaded.manifest.log) holds the id \(id)")
        }
        let strangers = folder.names().filter {
            !loaded.manifest.files.contains($0) && ($0.hasPrefix("segment-") || $0.hasPrefix("log-"))
        }
        problems += strangers.map { "\($0) is left over; open the index for writing once to remove it" }
        return problems
    }
}
