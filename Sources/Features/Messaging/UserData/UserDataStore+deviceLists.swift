import Accounts
package import Basics
import Storage

/// Whose devices have changed, for clients that keep lists of them.
extension UserDataStore {
    /// Notes that a user's keys have changed, and tells everybody who is in a room with the user.
    func noteKeyChange(of user: Int64, in context: WriteContext) throws {
        let audience = try DeviceListQueries.sharing(with: user, in: context.connection).union([user])
        let position = publish(to: audience.sorted(), in: context)
        try DeviceListQueries.noteChange(of: user, at: position, in: context.connection)
    }

    /// Users whose lists of devices are out of date for somebody who knows all up to a position, and users who share
    /// no room any more. Newer changes may be among them: asking once too often does no harm.
    func deviceLists(
        of user: Int64, after position: Int64, in connection: Connection
    ) throws -> (changed: [String], left: [String]) {
        let moved = try DeviceListQueries.moved(around: user, after: position, in: connection)
        let keys = try DeviceListQueries.changed(after: position, in: connection)
        var changed: [String] = []
        var left: [String] = []
        for other in moved.union(keys).sorted() {
            let isNear = try other == user || DeviceListQueries.isSharing(user, with: other, in: connection)
            guard isNear || moved.contains(other),
                let name = try accounts.user(number: other, on: connection)?.identifier.text
            else { continue }
            if isNear {
                if other != user || keys.contains(user) { changed.append(name) }
            } else {
                left.append(name)
            }
        }
        return (changed, left)
    }

    /// The answer to `keys/changes`.
    package func deviceListChanges(of user: Int64, after position: Int64) async throws -> JSON {
        let lists = try await database.read { [self] connection in
            try deviceLists(of: user, after: position, in: connection)
        }
        return [
            "changed": .array(lists.changed.map(JSON.string)), "left": .array(lists.left.map(JSON.string)),
        ]
    }
}
