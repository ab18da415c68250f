package import Accounts
package import Basics
package import Storage
import Synchronization

/// What belongs to a user alone: account data, tags, filters, messages from device to device, keys, pushers.
///
/// Every change that a device must hear of draws a position in the write that makes it and is announced to the users
/// concerned; what changes nothing draws none.
package final class UserDataStore: Sendable {
    /// Announces a position to users; called inside the write.
    package typealias Announce = @Sendable (_ position: Int64, _ users: [Int64], _ context: WriteContext) -> Void

    package static let migrations = UserDataSchema.migrations

    let database: Database
    let accounts: Accounts
    let clock: any WallClock
    let announce: Announce
    let delivered = Mutex(DeliveredMarks())
    let ruleCache = Mutex(PushRuleCache())
    let pushAudience = Mutex(PushAudience())

    package init(database: Database, accounts: Accounts, clock: any WallClock, announce: @escaping Announce) {
        self.database = database
        self.accounts = accounts
        self.clock = clock
        self.announce = announce
    }

    /// Draws a position for a change and announces it.
    @discardableResult
    func publish(to users: [Int64], in context: WriteContext) -> Int64 {
        let position = context.nextPosition()
        announce(position, users, context)
        return position
    }

    /// Deletes what belongs to devices that are being deleted; call it in the same write.
    package func remove(_ devices: [DeviceRecord], in context: WriteContext) throws {
        for device in devices {
            try ToDeviceQueries.delete(device: device.number, upTo: .max, in: context.connection)
            try SettingQueries.deletePushers(device: device.number, of: device.userNumber, in: context.connection)
            let hadKeys = try KeyQueries.deleteAll(
                of: device.userNumber, device: device.deviceID, in: context.connection)
            if hadKeys { try noteKeyChange(of: device.userNumber, in: context) }
        }
    }
}

extension UserDataStore: PersonalData {
    /// How many messages from other devices one reply holds at most.
    static let messagesPerReply = 100

    package func news(for session: Session, after: Int64?, upTo: Int64) async throws -> PersonalNews {
        let (news, rest) = try await database.read { [self] connection in
            var news = PersonalNews()
            try addAccountData(to: &news, of: session.userNumber, after: after, upTo: upTo, in: connection)
            try addPresence(to: &news, for: session.userNumber, after: after ?? 0, upTo: upTo, in: connection)
            let rest = try addMessages(to: &news, for: session, after: after ?? 0, upTo: upTo, in: connection)
            if let after {
                let lists = try deviceLists(of: session.userNumber, after: after, in: connection)
                news.changedDevices = lists.changed
                news.leftDevices = lists.left
            }
            let (user, device) = (session.userNumber, session.deviceID)
            news.oneTimeKeys = try KeyQueries.oneTimeKeyCounts(of: user, device: device, in: connection)
            news.unusedFallbackKeys = try KeyQueries.unusedFallbackAlgorithms(of: user, device: device, in: connection)
            return (news, rest)
        }
        if let rest { try await postpone(session, from: rest) }
        return news
    }

    package func acknowledge(_ session: Session, upTo: Int64) async throws {
        try await deleteMessages(of: session.deviceNumber, upTo: upTo)
    }

    private func addAccountData(
        to news: inout PersonalNews, of user: Int64, after: Int64?, upTo: Int64, in connection: Connection
    ) throws {
        let rows = try AccountDataQueries.changes(user: user, after: after ?? 0, upTo: upTo, in: connection)
        let hasRules = rows.contains { $0.type == Self.pushRulesType && $0.room == 0 }
        if hasRules || after == nil, let rules = try pushRulesContent(of: user, on: connection) {
            news.accountData.append((Self.pushRulesType, rules))
        }
        for row in rows where row.type != Self.pushRulesType || row.room != 0 {
            if row.room == 0 {
                news.accountData.append((row.type, row.content))
            } else {
                news.roomAccountData[row.room, default: []].append((row.type, row.content))
            }
        }
    }
}
