import Synchronization

/// Moves pages from the write-ahead log into the database file, on a thread and a connection of its own.
///
/// SQLite's built-in checkpoints run inside somebody's commit; measured, they make its tail three times as long.
final class Checkpointer: @unchecked Sendable {
    private let path: String
    private let intervalMilliseconds: Int
    private let status: DatabaseStatus
    private let condition = Condition()
    // Guarded by `condition`.
    private var dirty = false
    private var stopped = false
    private let work = Condition()
    // Guarded by `work`.
    private var connection: Connection?
    private var thread: WorkerThread?

    init(path: String, intervalMilliseconds: Int, status: DatabaseStatus) {
        self.path = path
        self.intervalMilliseconds = intervalMilliseconds
        self.status = status
    }

    func start() {
        thread = WorkerThread("storage.checkpoint") { [self] in run() }
    }

    /// Says that the log has grown.
    func poke() {
        condition.lock()
        if !dirty {
            dirty = true
            condition.signal()
        }
        condition.unlock()
    }

    func stop() {
        condition.lock()
        stopped = true
        condition.broadcast()
        condition.unlock()
    }

    func join() async { await thread?.join() }

    /// Runs the body while no checkpoint runs and the connection is closed.
    func suspended<T>(_ body: () throws -> T) rethrows -> T {
        work.lock()
        defer { work.unlock() }
        connection?.close()
        connection = nil
        return try body()
    }

    private func run() {
        while waitForWork() {
            if !checkpoint() { poke() }
        }
        suspended {}
    }

    /// Waits for something to do and then one interval more; false when stopped.
    private func waitForWork() -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while !dirty, !stopped { condition.wait() }
        let due = monotonicDeadline(milliseconds: intervalMilliseconds)
        while !stopped, condition.wait(until: due) {}
        dirty = false
        return !stopped
    }

    /// One passive pass; false if pages are left for the next one.
    private func checkpoint() -> Bool {
        work.lock()
        defer { work.unlock() }
        do {
            let connection = try connection ?? Connection.checkpointing(path: path)
            self.connection = connection
            return try connection.handle.checkpoint(.passive).complete
        } catch {
            // The log still holds every page; a later pass writes them again, so nothing is lost by going on.
            status.checkpointFailures.add(1, ordering: .relaxed)
            return false
        }
    }
}

extension Connection {
    static func checkpointing(path: String) throws -> Connection {
        let connection = Connection(try SQLiteHandle(path: path, .readWrite))
        try connection.script("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -256;")
        return connection
    }
}
