public import Basics
import Synchronization

/// A database file: many readers on snapshots, one writer that commits in groups.
///
/// `write` answers only after the commit reached the disk. Many commands share one fsync, each in a savepoint of its
/// own, so one that throws is rolled back alone. SQLite in write-ahead mode stands behind it.
public final class Database: Sendable {
    let status: DatabaseStatus
    let writer: Writer
    let readers: ReaderPool
    /// The file.
    public let path: String
    /// A random number made with the file and renewed by a restore: positions of two generations do not compare.
    public let generation: UInt32

    init(_ opened: OpenedDatabase, path: String, options: DatabaseOptions, clock: any WallClock) {
        self.path = path
        generation = opened.generation
        status = DatabaseStatus(opened.state, position: opened.stand.position, stampedMilliseconds: opened.stand.now)
        readers = ReaderPool(path: path, options: options)
        writer = Writer(
            opened.connection, path: path, options: options, status: status, readers: readers, clock: clock)
        readers.start()
        writer.start()
    }

    deinit {
        writer.stop()
        writer.checkpointer.stop()
        readers.stop()
    }

    /// Opens a file, making it when there is none, and brings its schema up to date.
    ///
    /// - Throws: `StorageError` of kind `schemaTooNew` for a file of a newer program, `damaged` or `notADatabase` for one
    ///   that cannot be read at all. A damaged file that can be read is opened for reading only; see `state`.
    public static func open(
        path: String, migrations: [Migration], options: DatabaseOptions = .init(),
        clock: any WallClock = SystemWallClock()
    ) throws -> Database {
        let opened = try DatabaseOpening(path: path, migrations: migrations, options: options, clock: clock).open()
        return Database(opened, path: path, options: options, clock: clock)
    }

    /// Runs the body on one snapshot of the database, which holds at least every commit acknowledged before the call.
    ///
    /// - Throws: what the body throws; `RequestError` 503 when too many reads wait or this one took too long.
    public func read<T: Sendable>(_ body: @escaping @Sendable (Connection) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { caller in
            let command = TypedCommand(caller: caller, body: body)
            switch readers.queue.append(command, bytes: 0) {
            case .admitted: break
            case .full: command.fail(Self.overload)
            case .closed: command.fail(status.state.refusal ?? Self.overload)
            }
        }
    }

    /// Runs the body on one snapshot, on a thread and a connection of its own and without a time limit.
    ///
    /// For exports and checks. While it runs the write-ahead log cannot be reset and grows.
    public func readWithoutLimit<T: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> T
    ) async throws -> T {
        if status.state == .closed { throw StorageError(.closed, "The database is closed.") }
        return try await WorkerThread.run("storage.long") { [path, options = writer.options] in
            let connection = try Connection.reading(path: path, options: options)
            return try connection.snapshot(limitMilliseconds: nil) { try body(connection) }
        }
    }

    /// Runs the body in a savepoint of the writer's next batch and answers after that batch is on disk.
    ///
    /// - Parameter bytes: about how much the body will store, for the limits of batch and queue.
    /// - Throws: what the body throws, after its changes alone were rolled back; `RequestError` 503 when too many
    ///   commands wait, the disk is full or the database is read-only: then nothing was stored.
    @discardableResult
    public func write<T: Sendable>(
        bytes: Int = 1_024, _ body: @escaping @Sendable (WriteContext) throws -> T
    ) async throws -> T {
        if let refusal = status.refusal { throw refusal }
        return try await withCheckedThrowingContinuation { caller in
            let command = TypedCommand(caller: caller, body: body)
            switch writer.queue.append(command, bytes: max(0, bytes)) {
            case .admitted: break
            case .full: command.fail(Self.overload)
            case .closed: command.fail(status.state.refusal ?? Self.overload)
            }
        }
    }

    private static let overload = RequestError.resourceLimit(
        "The server is busy. Try again in a moment.", retryAfterMilliseconds: 1_000)

    /// The newest committed position.
    public var position: Int64 { status.position.load(ordering: .sequentiallyConsistent) }

    /// Sets what is told of each commit: once a batch, on the writer's thread, after the hooks of all its commands and
    /// before any of their callers goes on.
    ///
    /// So that what the commands of a batch changed in memory can be published as one step.
    public func observeCommits(_ body: @escaping @Sendable (_ position: Int64) -> Void) {
        writer.observer.withLock { $0.call = body }
    }

    /// What a commit would be stamped with now: the wall clock, but never before an earlier commit.
    public var now: Int64 { max(writer.clock.now(), status.stampedMilliseconds.load(ordering: .relaxed)) }

    /// Whether writes are taken.
    public var state: DatabaseState { status.state }

    /// The present state and then every change of it.
    public var stateChanges: AsyncStream<DatabaseState> { status.changes() }

    /// Takes no more commands, finishes those that wait, empties the log into the file and closes it.
    public func close() async {
        status.enter(.closed)
        writer.stop()
        await writer.join()
        readers.stop()
        await readers.join()
        writer.checkpointer.stop()
        await writer.checkpointer.join()
        writer.finish()
    }
}
