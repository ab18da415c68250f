import Dispatch
import Kernels
import Synchronization

/// Moving rows from memory to segments, and segments into larger ones. All on the writer's queue, but for the building.
extension IndexWriter {
    /// Writes the memory table as a segment and starts a new log.
    func flush() throws(VectorIndexError) {
        let number = manifest.number + 1
        var segments = state.segments
        if let rows = state.memoryItems() {
            let segment = Segment(table: rows, structure: .flat, tunedEffort: 1)
            let name = "segment-\(number)"
            // Its name is synced with the new log's, before the manifest tells of either.
            try SegmentWriter.write(segment, seed: options.seed, to: name, in: folder, syncsName: false)
            segments.append(
                SegmentState(segment: try SegmentReader.open(name, in: folder), file: name, removed: RemovedRows()))
        }
        let oldLog = log.name
        let newLog = try IndexLog(
            "log-\(number)", in: folder, soundLength: 0, dimensions: manifest.schema.dimensions)
        try commit(segments, number: number, log: newLog.name)
        log = newLog
        state.startMemory()
        state.segments = segments
        cell.store(state.snapshot)
        cell.forgetOld()
        folder.remove(oldLog)
    }

    /// Writes the bits of removed rows that changed, then the manifest: from then on the files are the index.
    private func commit(_ segments: [SegmentState], number: Int, log: String) throws(VectorIndexError) {
        var saved: [String: (file: String, count: Int)] = [:]
        var entries: [Manifest.SegmentEntry] = []
        var hasNewNames = false
        for state in segments {
            if state.removed.count > 0 {
                if let known = savedRemoved[state.file], known.count == state.removed.count {
                    saved[state.file] = known
                } else {
                    let name = "removed-\(number)-\(state.file.dropFirst("segment-".count))"
                    try folder.place(name, RemovedFile.bytes(state.removed, rows: state.segment.count))
                    hasNewNames = true
                    saved[state.file] = (name, state.removed.count)
                }
            }
            entries.append(
                Manifest.SegmentEntry(
                    file: state.file, rows: state.segment.count, removed: saved[state.file]?.file))
        }
        if hasNewNames { try folder.sync() }
        let new = Manifest(
            schema: manifest.schema, number: number, log: log, applied: state.applied, segments: entries,
            removedSince: manifest.removedSince)
        try replaceManifest(with: new)
        let unused = manifest.files.subtracting(new.files).subtracting([self.log.name])
        manifest = new
        savedRemoved = saved
        for name in unused { folder.remove(name) }
    }

    /// Writes a manifest in the place of the one that the folder holds.
    func replaceManifest(with new: Manifest) throws(VectorIndexError) {
        try folder.place(Manifest.name, new.bytes)
        do throws(VectorIndexError) {
            try folder.sync()
        } catch {
            // Either manifest may be the one on the disk: nothing may be added to what only one of them names.
            failure = .closed("the index's folder could not be synced; open the index again to see what it holds")
            throw error
        }
    }

    // MARK: Merging

    /// Starts a merge in the background if one is worth it and none runs.
    func mergeIfWanted() {
        guard !isMerging, failure == nil, let merge = Merge.wanted(state.segments) else { return }
        start(merge)
    }

    /// Merges segments into one without removed rows; `done` is called on the queue.
    ///
    /// - Parameter lossyOnly: whether segments that have no removed rows stay as they are.
    func compact(lossyOnly: Bool = false, _ done: @escaping @Sendable (VectorIndexError?) -> Void) {
        if isMerging {
            afterMerge.append { [self] _ in compact(lossyOnly: lossyOnly, done) }
            return
        }
        let sources: [SegmentState]
        do throws(VectorIndexError) {
            if let failure { throw failure }
            if log.byteCount > LogFormat.headerSize { try flush() }
            let lossy = state.segments.filter { $0.removed.count > 0 }
            sources = lossyOnly || lossy.isEmpty && state.segments.count <= 1 ? lossy : state.segments
            if sources.isEmpty { try folder.sync() }
        } catch {
            done(error)
            return
        }
        guard !sources.isEmpty else { return done(nil) }
        afterMerge.append(done)
        start(Merge(sources: sources))
    }

    private func start(_ merge: Merge) {
        isMerging = true
        // The number is taken now, so that a flush meanwhile takes the next one.
        manifest.number += 1
        let name = "segment-\(manifest.number)"
        mergeQueue.async { [self] in
            let outcome = Result { () throws(VectorIndexError) in try build(merge, name) }
            queue.async { [self] in
                var problem: VectorIndexError?
                do throws(VectorIndexError) {
                    let segment = try outcome.get()
                    try install(segment, name, merge)
                    // The old files' names are gone for good from here on.
                    try folder.sync()
                } catch {
                    if failure == nil, !state.segments.contains(where: { $0.file == name }) { folder.remove(name) }
                    problem = error
                }
                isMerging = false
                let calls = afterMerge
                afterMerge = []
                for call in calls { call(problem) }
                if problem == nil { mergeIfWanted() }
            }
        }
    }

    private func build(_ merge: Merge, _ name: String) throws(VectorIndexError) -> Segment? {
        lowerThreadPriority()
        guard let rows = merge.rows() else { return nil }
        let builder = SegmentBuilder(options: options) { _ in !self.isClosing.load(ordering: .relaxed) }
        try SegmentWriter.write(try builder.build(rows), seed: options.seed, to: name, in: folder)
        return try SegmentReader.open(name, in: folder)
    }

    private func install(_ segment: Segment?, _ name: String, _ merge: Merge) throws(VectorIndexError) {
        let gone = Set(merge.sources.map(\.file))
        var segments = state.segments.filter { !gone.contains($0.file) }
        if let segment {
            let removed = merge.removedSince(state.segments, in: segment)
            segments.insert(SegmentState(segment: segment, file: name, removed: removed), at: 0)
        }
        try commit(segments, number: manifest.number + 1, log: log.name)
        state.segments = segments
        cell.store(state.snapshot)
        cell.forgetOld()
    }
}
