import Basics
import Synchronization

/// The one writer: takes what is queued, runs it as one transaction, answers after the commit, and begins again.
///
/// No artificial delay: while one commit waits for the disk, the next batch collects.
final class Writer: @unchecked Sendable {
    let queue: CommandQueue<WriteCommand>
    let path: String
    let options: DatabaseOptions
    let status: DatabaseStatus
    let checkpointer: Checkpointer
    let readers: ReaderPool
    let clock: any WallClock
    /// Told of each commit after the hooks of its commands and before their callers.
    let observer = Mutex(CommitObserver())
    private var thread: WorkerThread?
    // Used by the writer's thread, and by `close` once that has ended.
    var connection: Connection
    private var nextLogReset = 0
    /// When to try to leave read-only mode; nil while there is nothing to try.
    var probeDue: UInt64?

    init(
        _ connection: Connection, path: String, options: DatabaseOptions, status: DatabaseStatus,
        readers: ReaderPool, clock: any WallClock
    ) {
        self.connection = connection
        self.path = path
        self.options = options
        self.status = status
        self.readers = readers
        self.clock = clock
        queue = CommandQueue(limit: options.queueLimit, byteLimit: options.queueLimitBytes)
        checkpointer = Checkpointer(
            path: path, intervalMilliseconds: options.checkpointIntervalMilliseconds, status: status)
    }

    func start() {
        checkpointer.start()
        thread = WorkerThread("storage.writer") { [self] in run() }
    }

    func stop() { queue.close() }

    func join() async { await thread?.join() }

    private func run() {
        while let commands = queue.take(
            limit: options.batchLimit, byteLimit: options.batchLimitBytes, until: probeDue)
        {
            if !commands.isEmpty { process(commands) }
            if let due = probeDue, due <= monotonicNanoseconds() { probe() }
        }
    }

    private func process(_ commands: [WriteCommand]) {
        if let refusal = status.workingState.refusal {
            for command in commands { command.fail(refusal) }
            return
        }
        connection.handle.fault = nil
        do {
            var batch = try Batch(on: connection, wallNow: clock.now())
            do {
                for command in commands { try batch.run(command) }
                let began = monotonicNanoseconds()
                try batch.commit()
                note(monotonicNanoseconds() - began, commands: commands.count)
            } catch {
                batch.rollback()
                throw error
            }
            finish(batch, count: commands.count)
        } catch {
            handle(failure: error, of: commands)
        }
    }

    private func note(_ nanoseconds: UInt64, commands: Int) {
        status.tally.withLock { tally in
            tally.seconds.add(Double(nanoseconds) / 1e9)
            tally.commands.add(Double(commands))
        }
    }

    private func finish(_ batch: Batch, count: Int) {
        status.position.store(batch.position, ordering: .sequentiallyConsistent)
        status.stampedMilliseconds.store(batch.now, ordering: .sequentiallyConsistent)
        status.commits.add(1, ordering: .relaxed)
        status.commands.add(count, ordering: .relaxed)
        status.lastCommitMilliseconds.store(clock.now(), ordering: .relaxed)
        batch.announce(to: observer.withLock { $0.call })
        checkpointer.poke()
        resetLogIfLarge()
    }

    /// Lets the log begin at its start again once it has grown past the limit.
    ///
    /// A reader that holds an old snapshot makes this fail; then it is tried again only after a quarter more, so that
    /// a long read costs the senders 50 ms now and then and not each batch.
    private func resetLogIfLarge() {
        let bytes = connection.handle.logFrames * Self.pageSize
        status.logBytes.store(bytes, ordering: .relaxed)
        guard bytes > options.logLimitBytes, bytes > nextLogReset else { return }
        connection.handle.setBusyTimeout(milliseconds: 50)
        defer { connection.handle.setBusyTimeout(milliseconds: 5_000) }
        let isHuge = bytes / 4 > options.logLimitBytes
        let result = try? connection.handle.checkpoint(isHuge ? .truncate : .restart)
        if result?.complete == true {
            connection.handle.forgetLog()
            nextLogReset = 0
        } else {
            nextLogReset = bytes + options.logLimitBytes / 4
        }
    }

    static let pageSize = 4_096

    /// Closes the connection; the last one of a sound database empties the log into the file. After the thread ended.
    func finish() {
        if status.workingState == .writable { _ = try? connection.handle.checkpoint(.truncate) }
        connection.close()
    }
}

extension Connection {
    /// A connection that writes.
    static func writing(path: String, options: DatabaseOptions) throws -> Connection {
        let connection = Connection(try SQLiteHandle(path: path, .readWrite))
        try connection.prepareForUse(cacheKibibytes: options.cacheKibibytes)
        let mode = try connection.first("PRAGMA journal_mode = WAL") { $0.text(0) }
        guard mode == "wal" else {
            throw StorageError(.other, "The file system of \(path) does not support SQLite's write-ahead log.")
        }
        try connection.script("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;")
        connection.handle.watchLog()
        return connection
    }
}

/// Who hears of each commit.
///
/// A structure around the closure on purpose: a closure that stands in a generic box by itself is wrapped once more
/// each time it is taken out and put back, and after a hundred thousand commits a call no longer fits on the stack.
struct CommitObserver: Sendable {
    var call: @Sendable (_ position: Int64) -> Void = { _ in }
}
