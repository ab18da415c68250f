import Dispatch
import Kernels
import Synchronization

/// The one owner of an index's changes. Calls wait in a queue; all that wait are written with one sync.
///
/// Unchecked because `state`, `log` and the rest are touched on `queue` alone.
final class IndexWriter: @unchecked Sendable {
    struct Call: Sendable {
        let changes: [LogRecord]
        let done: @Sendable (Result<[Bool], VectorIndexError>) -> Void
    }

    let folder: IndexFolder
    let options: VectorIndexOptions
    let cell: SnapshotCell
    let queue = DispatchQueue(label: "vector-index.writer", qos: .userInitiated)
    let mergeQueue = DispatchQueue(label: "vector-index.merge", qos: .utility)
    let isClosing = Atomic<Bool>(false)
    private let waiting = Mutex<[Call]>([])

    // Touched on `queue` alone.
    var state: IndexState
    var manifest: Manifest
    var log: IndexLog
    var failure: VectorIndexError?
    var isMerging = false
    var savedRemoved: [String: (file: String, count: Int)] = [:]
    var lock: FolderLock?
    var afterMerge: [@Sendable (VectorIndexError?) -> Void] = []

    init(_ folder: IndexFolder, options: VectorIndexOptions) throws(VectorIndexError) {
        (self.folder, self.options) = (folder, options)
        let lock = try FolderLock(folder)
        let loaded = try LoadedIndex.load(folder, options: options)
        (state, manifest) = (loaded.state, loaded.manifest)
        log = try IndexLog(
            manifest.log, in: folder, soundLength: loaded.logLength, dimensions: manifest.schema.dimensions)
        for entry in manifest.segments {
            guard let file = entry.removed,
                let removed = state.segments.first(where: { $0.file == entry.file })?.removed
            else { continue }
            // The log may have removed more since; the file is written anew when the counts differ.
            savedRemoved[entry.file] = (file, loaded.logLength > LogFormat.headerSize ? -1 : removed.count)
        }
        self.lock = lock
        cell = SnapshotCell(state.snapshot)
        let strangers = folder.names().filter { !loaded.manifest.files.contains($0) && Self.isOurs($0) }
        for name in strangers { folder.remove(name) }
    }

    private static func isOurs(_ name: String) -> Bool {
        ["segment-", "log-", "removed-"].contains { name.hasPrefix($0) } || name.hasSuffix(".new")
    }

    // MARK: Changes

    func submit(_ call: Call) {
        let isFirst = waiting.withLock { calls in
            calls.append(call)
            return calls.count == 1
        }
        if isFirst { queue.async { self.drain() } }
    }

    private func drain() {
        let calls = waiting.withLock { calls in
            defer { calls = [] }
            return calls
        }
        var outcomes = calls.map { _ in [Bool]() }
        var answered = 0
        var todo = calls.enumerated().flatMap { index, call in call.changes.map { (index, $0) } }[...]
        do throws(VectorIndexError) {
            while !todo.isEmpty {
                if let failure { throw failure }
                let chunk = fitting(todo)
                try write(chunk.map(\.1))
                for (index, change) in chunk { outcomes[index].append(apply(change)) }
                todo = todo.dropFirst(chunk.count)
                cell.store(state.snapshot)
                // Answered before the flush, which the log makes safe to do later.
                while answered < calls.count, outcomes[answered].count == calls[answered].changes.count {
                    calls[answered].done(.success(outcomes[answered]))
                    answered += 1
                }
                if state.isMemoryFull || log.byteCount > 64 << 20 { try flush() }
            }
        } catch {
            // What was written and applied before stays; calls that are not through hear of the error. Where all are,
            // the next write tries the flush again.
            for call in calls[answered...] { call.done(.failure(error)) }
            return
        }
        mergeIfWanted()
    }

    /// As many changes from the front as the memory table has room for.
    private func fitting(_ todo: ArraySlice<(Int, LogRecord)>) -> [(Int, LogRecord)] {
        var room = state.memory.capacity - state.memoryCount
        var chunk: [(Int, LogRecord)] = []
        for entry in todo {
            if case .put = entry.1 {
                if room == 0 { break }
                room -= 1
            }
            chunk.append(entry)
        }
        return chunk
    }

    private func write(_ changes: [LogRecord]) throws(VectorIndexError) {
        if state.isMemoryFull { try flush() }
        let before = log.byteCount
        do throws(VectorIndexError) {
            try log.append(changes)
        } catch {
            // Perhaps the disk is full: the log ends where it did, and later writes may work again.
            do { try log.cut(to: before) } catch { failure = .closed("the log cannot be written any more") }
            throw error
        }
        guard options.syncsWrites else { return }
        do throws(VectorIndexError) {
            try log.sync()
        } catch {
            failure = .closed("the log could not be synced; open the index again to see what it holds")
            throw error
        }
    }

    private func apply(_ change: LogRecord) -> Bool {
        switch change {
        case .put(let item):
            let isNew = !state.contains(item.id)
            state.put(item)
            return isNew
        case .remove(let id): return state.remove(id)
        case .mark(let sequence):
            state.applied = max(state.applied, sequence)
            return true
        }
    }
}
