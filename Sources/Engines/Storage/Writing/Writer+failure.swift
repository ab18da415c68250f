import Basics
import Synchronization

// What the writer does when a batch could not be committed (messaging design, section 5).
extension Writer {
    /// Answers the commands of a batch that was rolled back, and moves the database to the state that fits.
    func handle(failure: any Error, of commands: [WriteCommand]) {
        let error = classified(failure)
        status.refusedCommands.add(commands.count, ordering: .relaxed)
        switch error.kind {
        case .diskFull: enterDiskFull()
        case .inputOutput: status.enter(.readOnly(.recovering))
        case .damaged, .notADatabase: status.enter(.readOnly(.damaged(Self.adviceForDamage(path, error.message))))
        default: break
        }
        let answer = Self.answer(for: error, state: status.workingState)
        for command in commands { command.fail(answer) }
        if error.kind == .inputOutput { recover(from: error) }
    }

    /// SQLite calls only ENOSPC a full disk; a used-up quota or file size limit comes as a failed write, without its
    /// `errno`. So writes beside the file, and asks the system itself. A failed fsync is never taken for a full disk.
    private func classified(_ failure: any Error) -> StorageError {
        guard var error = failure as? StorageError else { return StorageError(.other, "\(failure)") }
        if error.kind == .inputOutput, !SQLiteHandle.isFailedSync(error.code), FileSystem.isFull(beside: path) {
            error.kind = .diskFull
        }
        return error
    }

    private static func answer(for error: StorageError, state: DatabaseState) -> RequestError {
        switch error.kind {
        case .diskFull, .damaged, .notADatabase: state.refusal ?? .unknown("The change was not stored.")
        case .inputOutput:
            .unknown(
                "The server's disk reported an error, so it is not certain that this was stored. "
                    + "Send it again with the same transaction id.", status: 503)
        case .busy:
            .resourceLimit("The database is in use by another program. Try again.", retryAfterMilliseconds: 1_000)
        default: .unknown("The change was not stored: \(error).")
        }
    }

    static func adviceForDamage(_ path: String, _ finding: String) -> String {
        "The database \(path) is damaged (\(finding)). It is open for reading only and was not changed. "
            + "Copy the file and its -wal file away, then restore the newest backup with `vitrine restore`."
    }

    // MARK: Disk full

    private func enterDiskFull() {
        status.enter(.readOnly(.diskFull))
        // Emptying the log may be what makes room for the next attempt.
        connection.handle.setBusyTimeout(milliseconds: 50)
        if let result = try? connection.handle.checkpoint(.truncate), result.complete { connection.handle.forgetLog() }
        connection.handle.setBusyTimeout(milliseconds: 5_000)
        scheduleProbe()
    }

    private func scheduleProbe() {
        probeDue = monotonicDeadline(milliseconds: options.probeIntervalMilliseconds)
    }

    /// Tries a commit of 64 KiB; when it succeeds, writes are taken again.
    func probe() {
        probeDue = nil
        guard status.workingState == .readOnly(.diskFull) else { return }
        connection.handle.fault = nil
        do {
            try Meta.set("probe", .blob([UInt8](repeating: 0, count: 65_536)), connection)
            try Meta.remove("probe", connection)
            status.enter(.writable)
        } catch {
            let error = classified(error)
            guard error.kind == .inputOutput else { return scheduleProbe() }
            status.enter(.readOnly(.recovering))
            recover(from: error)
        }
    }

    // MARK: Input/output errors

    /// Closes every connection, lets SQLite recover its log from the disk, and verifies what was acknowledged.
    ///
    /// A failed fsync is never repeated: the kernel may have dropped the pages and would report success.
    private func recover(from error: StorageError) {
        checkpointer.suspended {
            connection.close()
            // The reading connections go last: one that only reads does not checkpoint when it closes.
            readers.suspend()
            do {
                connection = try Connection.writing(path: path, options: options)
                try verifyAcknowledged()
                connection.handle.fault = nil
                readers.resume()
                status.enter(.writable)
            } catch let second {
                fail(error, then: second)
            }
        }
    }

    private func verifyAcknowledged() throws {
        let acknowledged = status.position.load(ordering: .sequentiallyConsistent)
        let stored = try Meta.position(connection)
        guard stored >= acknowledged else {
            throw StorageError(
                .damaged, "Position \(acknowledged) was acknowledged, and the file holds only \(stored).")
        }
        if let finding = try connection.quickCheckFinding() { throw StorageError(.damaged, finding) }
    }

    private func fail(_ first: StorageError, then second: any Error) {
        let error = StorageError(
            .inputOutput, "The disk of \(path) reported an error (\(first)), and recovering failed: \(second)")
        status.enter(.failed(error.message))
        queue.close()
        readers.stop()
        readers.resume()
        options.onFatal(error)
    }
}

extension Connection {
    /// The first finding of SQLite's quick check; nil when the file is sound.
    func quickCheckFinding() throws -> String? {
        let finding = try first("PRAGMA quick_check(1)") { $0.text(0) }
        return finding == "ok" ? nil : finding ?? "no answer"
    }
}
