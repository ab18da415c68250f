import Basics

/// The reading connections, each with a thread of its own, fed from one queue.
final class ReaderPool: @unchecked Sendable {
    /// A thread's connection: used by that thread while it is inside the gate, by `closeAll` while nobody is.
    private final class Slot { var connection: Connection? }

    let queue: CommandQueue<ReadCommand>
    private let path: String
    private let options: DatabaseOptions
    private let gate = Condition()
    // Guarded by `gate`.
    private var active = 0
    private var suspended = false
    private let slots: [Slot]
    private var threads: [WorkerThread] = []

    init(path: String, options: DatabaseOptions) {
        self.path = path
        self.options = options
        queue = CommandQueue(limit: options.queueLimit, byteLimit: options.queueLimitBytes)
        slots = (0..<max(1, options.readerCount)).map { _ in Slot() }
    }

    func start() {
        threads = slots.indices.map { number in
            WorkerThread("storage.reader.\(number)") { [self] in serve(slots[number]) }
        }
    }

    private func serve(_ slot: Slot) {
        while let commands = queue.take(limit: 1, byteLimit: .max) {
            for command in commands { answer(command, with: slot) }
        }
        enter()
        slot.connection?.close()
        slot.connection = nil
        leave()
    }

    private func answer(_ command: ReadCommand, with slot: Slot) {
        enter()
        defer { leave() }
        do {
            let connection = try slot.connection ?? Connection.reading(path: path, options: options)
            slot.connection = connection
            try connection.snapshot(limitMilliseconds: options.readLimitMilliseconds) { try command.run(connection) }
            command.succeed()
        } catch let error as StorageError where error.kind == .tookTooLong {
            command.fail(RequestError.resourceLimit("This took too long to read. Ask for less at a time."))
        } catch {
            command.fail(error)
        }
    }

    private func enter() {
        gate.lock()
        while suspended { gate.wait() }
        active += 1
        gate.unlock()
    }

    private func leave() {
        gate.lock()
        active -= 1
        if suspended { gate.broadcast() }
        gate.unlock()
    }

    /// Waits for the running reads, closes every connection and holds new reads back until `resume`.
    func suspend() {
        gate.lock()
        suspended = true
        while active > 0 { gate.wait() }
        for slot in slots {
            slot.connection?.close()
            slot.connection = nil
        }
        gate.unlock()
    }

    func resume() {
        gate.lock()
        suspended = false
        gate.broadcast()
        gate.unlock()
    }

    func stop() { queue.close() }

    func join() async {
        for thread in threads { await thread.join() }
    }
}

extension Connection {
    /// A connection that only reads.
    static func reading(
        path: String, options: DatabaseOptions, _ access: SQLiteHandle.Access = .readOnly
    ) throws -> Connection {
        let connection = Connection(try SQLiteHandle(path: path, access))
        try connection.prepareForUse(cacheKibibytes: options.cacheKibibytes / 4)
        // For sorting. Not for the writer: SQLite's journal of a savepoint, kept in memory, makes one command of many
        // thousand changes quadratic (3.40; measured 200 us a row instead of 7).
        try connection.script("PRAGMA temp_store = MEMORY")
        connection.handle.watchDeadline()
        return connection
    }

    /// Runs the body on one snapshot of the database.
    func snapshot<T>(limitMilliseconds: Int?, _ body: () throws -> T) throws -> T {
        try run("BEGIN")
        handle.deadline = limitMilliseconds.map(monotonicDeadline) ?? 0
        defer {
            handle.deadline = 0
            if handle.isInTransaction { _ = try? run("ROLLBACK") }
        }
        return try body()
    }

    /// Settings of every connection (messaging design, section 3.4).
    func prepareForUse(cacheKibibytes: Int) throws {
        try script(
            """
            PRAGMA cache_size = -\(cacheKibibytes);
            PRAGMA foreign_keys = OFF;
            PRAGMA trusted_schema = OFF;
            """)
    }
}
