/// One transaction of many commands: all that reach its commit are answered by one fsync.
struct Batch {
    /// A command, its context and, if it threw, its error.
    private struct Entry {
        var command: WriteCommand
        var context: WriteContext
        var error: (any Error)?
    }

    private let connection: Connection
    let now: Int64
    private let changesBefore: Int64
    private let startPosition: Int64
    private(set) var position: Int64
    private var entries: [Entry] = []

    /// Takes the write lock and reads where the log stands; another process may have written since the last batch.
    init(on connection: Connection, wallNow: Int64) throws {
        self.connection = connection
        try connection.run("BEGIN IMMEDIATE")
        do {
            let stand = try Meta.stand(connection)
            now = max(wallNow, stand.now)
            startPosition = stand.position
            position = stand.position
            changesBefore = connection.handle.totalChanges
        } catch {
            _ = try? connection.run("ROLLBACK")
            throw error
        }
    }

    /// Runs one command in a savepoint. Throws only when the whole batch cannot go on.
    mutating func run(_ command: WriteCommand) throws {
        let context = WriteContext(connection: connection, now: now, position: position)
        try connection.run("SAVEPOINT command")
        do {
            try command.run(context)
        } catch {
            // Rolled back in any case: alone, or with the batch.
            for hook in context.rollbackHooks.reversed() { hook() }
            try checkTransaction()
            try connection.run("ROLLBACK TO command")
            try connection.run("RELEASE command")
            entries.append(Entry(command: command, context: context, error: error))
            return
        }
        // Kept before the checks, so that its rollback hooks run if they fail.
        entries.append(Entry(command: command, context: context, error: nil))
        try checkTransaction()
        try connection.run("RELEASE command")
        position = context.newestPosition
    }

    /// Some errors end SQLite's transaction, or put it in doubt, behind the back of a command that caught them.
    private func checkTransaction() throws {
        if let fault = connection.handle.fault { throw fault }
        guard connection.handle.isInTransaction else {
            throw StorageError(.misuse, "A command ended the transaction around it.")
        }
    }

    /// Makes everything durable.
    func commit() throws {
        if position != startPosition || connection.handle.totalChanges != changesBefore {
            try Meta.setStand(position: position, now: now, connection)
        }
        try connection.run("COMMIT")
    }

    /// Undoes everything; rollback hooks run newest first.
    func rollback() {
        if connection.handle.isInTransaction { _ = try? connection.run("ROLLBACK") }
        for entry in entries.reversed() where entry.error == nil {
            for hook in entry.context.rollbackHooks.reversed() { hook() }
        }
    }

    /// After the commit: hooks in the order of the commands, then the observer once, then the callers.
    func announce(to observer: @Sendable (_ position: Int64) -> Void) {
        for entry in entries where entry.error == nil {
            for hook in entry.context.commitHooks { hook() }
        }
        observer(position)
        for entry in entries {
            if let error = entry.error { entry.command.fail(error) } else { entry.command.succeed() }
        }
    }
}
