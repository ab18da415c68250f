/// What is due to removed rows, by a clock that the owner brings. All on the writer's queue.
extension IndexWriter {
    /// Whether files hold bytes of rows that were removed or replaced.
    var holdsRemoved: Bool {
        state.memoryRemoved.count > 0 || state.segments.contains { $0.removed.count > 0 }
    }

    /// Notes when removed bytes are noticed first, and compacts when they have been there for long enough. The note
    /// stands in the manifest, so that the time goes on while nobody has the index open.
    ///
    /// - Parameter done: gets whether it compacted; called on the queue.
    func compactIfDue(now: Int64, _ done: @escaping @Sendable (Result<Bool, VectorIndexError>) -> Void) {
        do throws(VectorIndexError) {
            if let failure { throw failure }
            // A clock that was set back must not put the compaction off.
            try note(removedSince: holdsRemoved ? min(manifest.removedSince ?? now, now) : nil)
        } catch {
            return done(.failure(error))
        }
        guard let since = manifest.removedSince, isPast(now, since) else {
            return done(.success(false))
        }
        compact(lossyOnly: true) { [self] problem in
            do throws(VectorIndexError) {
                if let problem { throw problem }
                // What was removed meanwhile was removed after now.
                try note(removedSince: holdsRemoved ? now : nil)
                done(.success(true))
            } catch {
                done(.failure(error))
            }
        }
    }

    private func isPast(_ now: Int64, _ since: Int64) -> Bool {
        let (waited, overflow) = now.subtractingReportingOverflow(since)
        return overflow || waited >= options.compactsAfterMilliseconds
    }

    private func note(removedSince: Int64?) throws(VectorIndexError) {
        guard removedSince != manifest.removedSince else { return }
        var new = manifest
        new.removedSince = removedSince
        try replaceManifest(with: new)
        manifest = new
    }
}
