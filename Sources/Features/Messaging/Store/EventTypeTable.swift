package import Storage
import Synchronization

/// Short numbers for event type names, kept in `msg_type` and in memory.
///
/// Numbers are only ever added; a number drawn by a write that is rolled back is forgotten again.
package final class EventTypeTable: Sendable {
    private struct Names {
        var numbers: [String: Int64] = [:]
        var names: [Int64: String] = [:]
    }
    private let known = Mutex(Names())

    package init() {}

    /// The number of a type, added if it is new.
    package func number(of name: String, in context: WriteContext) throws -> Int64 {
        if let number = known.withLock({ $0.numbers[name] }) { return number }
        let connection = context.connection
        let found = try connection.first("SELECT type_no FROM msg_type WHERE name = ?1", .text(name)) { $0.int(0) }
        if let found {
            remember(found, name)
            return found
        }
        let added = try connection.first("INSERT INTO msg_type(name) VALUES (?1) RETURNING type_no", .text(name)) {
            $0.int(0)
        }
        guard let added else { throw StorageError(.damaged, "A type could not be numbered.") }
        context.afterCommit { [self] in remember(added, name) }
        return added
    }

    /// The number of a type that was stored before; `nil` if no event ever had it.
    package func number(of name: String, in connection: Connection) throws -> Int64? {
        if let number = known.withLock({ $0.numbers[name] }) { return number }
        return try connection.first("SELECT type_no FROM msg_type WHERE name = ?1", .text(name)) { $0.int(0) }
    }

    /// The name of a number.
    package func name(of number: Int64, in connection: Connection) throws -> String {
        if let name = known.withLock({ $0.names[number] }) { return name }
        let name = try connection.first("SELECT name FROM msg_type WHERE type_no = ?1", .integer(number)) {
            $0.text(0)
        }
        guard let name else { throw StorageError(.damaged, "An event has a type without a name.") }
        return name
    }

    private func remember(_ number: Int64, _ name: String) {
        known.withLock {
            $0.numbers[name] = number
            $0.names[number] = name
        }
    }
}
