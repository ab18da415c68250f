// With SQLiteStatement.swift the only place that touches SQLite's C interface and its raw pointers. The module comes
// with GRDB; why its Swift layer is not in the way of the hot path: Documentation/Decisions/0009-sqlite-without-a-swift-layer.md.
import GRDBSQLite

/// One connection of SQLite. Used by one thread at a time (opened without SQLite's own mutex).
@usableFromInline
final class SQLiteHandle {
    enum CheckpointMode { case passive, restart, truncate }

    struct CheckpointResult {
        /// False when a reader or another checkpoint stood in the way.
        var complete: Bool
        var framesInLog: Int
        var framesDone: Int
    }

    /// Nil once closed. SQLite's functions do not bear a null pointer, so each use asks first.
    private var pointer: OpaquePointer?
    /// Pages in the write-ahead log after the newest commit of this connection.
    private(set) var logFrames = 0
    /// When the running read must stop, in nanoseconds of the monotonic clock; 0 for never.
    var deadline: UInt64 = 0
    /// The newest error that puts the whole transaction in doubt.
    var fault: StorageError?

    enum Access {
        /// An existing file.
        case readWrite
        /// Makes the file when it is not there.
        case create
        case readOnly
        /// A file that nobody changes meanwhile: no locks are taken, no log is looked for, no file is made beside it.
        case immutable
    }

    init(path: String, _ access: Access) throws {
        let flags =
            switch access {
            case .readWrite: SQLITE_OPEN_READWRITE
            case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .readOnly: SQLITE_OPEN_READONLY
            case .immutable: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
            }
        let name = access == .immutable ? Self.uri(path) + "?immutable=1" : path
        let code = sqlite3_open_v2(name, &pointer, flags | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, pointer != nil else {
            let error = self.error(code, "opening \(path)")
            close()
            throw error
        }
        sqlite3_extended_result_codes(pointer, 1)
        sqlite3_busy_timeout(pointer, 5_000)
        _disableDoubleQuotedStringLiterals(pointer)
    }

    /// A path as a `file:` URI, with every byte but letters, digits, dots and slashes escaped.
    private static func uri(_ path: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var result = Array("file:".utf8)
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "/"):
                result.append(byte)
            default: result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    deinit { close() }

    /// Closes the connection; every statement must be gone.
    func close() {
        sqlite3_close_v2(pointer)
        pointer = nil
    }

    var isInTransaction: Bool { pointer.map { sqlite3_get_autocommit($0) == 0 } ?? false }
    var totalChanges: Int64 { pointer.map { sqlite3_total_changes64($0) } ?? 0 }
    var changes: Int { pointer.map { Int(sqlite3_changes64($0)) } ?? 0 }

    private func opened() throws -> OpaquePointer {
        guard let pointer else { throw StorageError(.closed, "The connection is closed.") }
        return pointer
    }

    func setBusyTimeout(milliseconds: Int32) {
        if let pointer { sqlite3_busy_timeout(pointer, milliseconds) }
    }

    func prepare(_ sql: String, persistent: Bool) throws -> SQLiteStatement {
        var statement: OpaquePointer?
        let flags = UInt32(persistent ? SQLITE_PREPARE_PERSISTENT : 0)
        let code = sqlite3_prepare_v3(try opened(), sql, -1, flags, &statement, nil)
        guard code == SQLITE_OK else { throw error(code, sql) }
        guard let statement else { throw StorageError(.misuse, "The statement is empty: \(sql)") }
        return SQLiteStatement(statement, of: self)
    }

    func script(_ sql: String) throws {
        let code = sqlite3_exec(try opened(), sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code, sql) }
    }

    func checkpoint(_ mode: CheckpointMode) throws -> CheckpointResult {
        let flag =
            switch mode {
            case .passive: SQLITE_CHECKPOINT_PASSIVE
            case .restart: SQLITE_CHECKPOINT_RESTART
            case .truncate: SQLITE_CHECKPOINT_TRUNCATE
            }
        var log: Int32 = 0
        var done: Int32 = 0
        let code = sqlite3_wal_checkpoint_v2(try opened(), nil, flag, &log, &done)
        guard code == SQLITE_OK || code & 0xff == SQLITE_BUSY else { throw error(code, "checkpoint") }
        return CheckpointResult(
            complete: code == SQLITE_OK && log == done, framesInLog: max(0, Int(log)), framesDone: max(0, Int(done)))
    }

    /// Copies every page, as of one moment, into the database of `target`.
    func copyPages(to target: SQLiteHandle) throws {
        guard let backup = sqlite3_backup_init(try target.opened(), "main", try opened(), "main") else {
            throw target.error(sqlite3_extended_errcode(target.pointer), "copying the database")
        }
        let step = sqlite3_backup_step(backup, -1)
        let finish = sqlite3_backup_finish(backup)
        guard step == SQLITE_DONE else { throw target.error(step, "copying the database") }
        guard finish == SQLITE_OK else { throw target.error(finish, "copying the database") }
    }
}

// MARK: Callbacks

extension SQLiteHandle {
    /// Keeps `logFrames` up to date. Also takes the place of SQLite's automatic checkpoints.
    func watchLog() {
        guard let pointer else { return }
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_wal_hook(
            pointer,
            { context, _, _, frames in
                if let context {
                    Unmanaged<SQLiteHandle>.fromOpaque(context).takeUnretainedValue().logFrames = Int(frames)
                }
                return SQLITE_OK
            }, context)
    }

    func forgetLog() { logFrames = 0 }

    /// Makes statements stop with `tookTooLong` once `deadline` has passed.
    ///
    /// The check runs on the reader's own thread, so unlike an interrupt from another thread it can never hit the
    /// next read. 4,096 instructions of SQLite's machine take well under a millisecond.
    func watchDeadline() {
        guard let pointer else { return }
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_progress_handler(
            pointer, 4_096,
            { context in
                guard let context else { return 0 }
                return Unmanaged<SQLiteHandle>.fromOpaque(context).takeUnretainedValue().isLate ? 1 : 0
            }, context)
    }

    var isLate: Bool { deadline != 0 && monotonicNanoseconds() > deadline }
}

// MARK: Errors

extension SQLiteHandle {
    /// The error of the call that just failed; noted as a fault where the transaction cannot go on.
    func error(_ code: Int32, _ action: String) -> StorageError {
        let text =
            pointer.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) } ?? String(cString: sqlite3_errstr(code))
        let kind = Self.kind(of: code)
        let error = StorageError(kind, "\(text) (\(action.prefix(200)))", code: code)
        if error.endsBatch { fault = error }
        return error
    }

    /// SQLITE_IOERR_FSYNC or SQLITE_IOERR_DIR_FSYNC.
    static func isFailedSync(_ code: Int32) -> Bool { code & 0xff == SQLITE_IOERR && [4, 5].contains(code >> 8) }

    private static func kind(of code: Int32) -> StorageError.Kind {
        switch code & 0xff {
        case SQLITE_CONSTRAINT:
            // SQLITE_CONSTRAINT_PRIMARYKEY, _UNIQUE, _ROWID: macros with arithmetic, absent in Swift.
            [6, 8, 10].contains(code >> 8) ? .uniqueConstraint : .constraint
        case SQLITE_BUSY, SQLITE_LOCKED: .busy
        case SQLITE_FULL: .diskFull
        case SQLITE_IOERR: .inputOutput
        case SQLITE_CORRUPT: .damaged
        case SQLITE_NOTADB: .notADatabase
        case SQLITE_READONLY: .readOnly
        case SQLITE_INTERRUPT: .tookTooLong
        case SQLITE_CANTOPEN: .missing
        case SQLITE_TOOBIG: .tooLarge
        case SQLITE_ERROR, SQLITE_MISUSE, SQLITE_RANGE, SQLITE_MISMATCH: .misuse
        default: .other
        }
    }
}
