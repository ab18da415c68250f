package import Accounts
package import Basics
import Storage
import Synchronization

/// Messages from device to device.
extension UserDataStore {
    /// The largest content of one message in bytes.
    static let maximumMessageBytes = 65_536
    /// A device that never syncs gets no more than this many messages kept.
    static let maximumWaiting: Int64 = 10_000
    /// How many messages one request may send.
    static let maximumMessages = 5_000

    /// Sends contents to devices of users, `*` for all of a user's devices. The same transaction again sends nothing.
    package func send(_ type: String, _ messages: JSONObject, transaction: String, by session: Session) async throws {
        guard type.utf8.count <= 255, transaction.utf8.count <= 255 else {
            throw RequestError.invalidParam("An event type and a transaction id have at most 255 bytes.")
        }
        let letters = try Self.letters(in: messages)
        let key = TransactionKey(device: session.deviceNumber, path: "/sendToDevice/\(type)", id: transaction)
        try await database.write { [self] context in
            guard try key.response(in: context.connection) == nil else { return }
            try key.store("{}", in: context)
            try deliver(letters, type: type, from: session.userNumber, in: context)
        }
    }

    private struct Letter: Sendable {
        let user: String
        let device: String
        let content: String
    }

    private static func letters(in messages: JSONObject) throws(RequestError) -> [Letter] {
        var letters: [Letter] = []
        for (user, devices) in messages {
            guard let devices = devices.objectValue else { throw .badJSON("'messages' holds an object a user.") }
            for (device, content) in devices {
                guard content.objectValue != nil else { throw .badJSON("The content of a message is an object.") }
                let text = content.text
                guard text.utf8.count <= maximumMessageBytes else {
                    throw .tooLarge("A message to a device has at most \(maximumMessageBytes) bytes.")
                }
                letters.append(Letter(user: user, device: device, content: text))
            }
        }
        guard letters.count <= maximumMessages else {
            throw .tooLarge("One request sends at most \(maximumMessages) messages.")
        }
        return letters
    }

    private func deliver(_ letters: [Letter], type: String, from sender: Int64, in context: WriteContext) throws {
        let position = context.nextPosition()
        var reached: Set<Int64> = []
        var devices: [Int64] = []
        for letter in letters {
            guard let user = try localUser(letter.user, in: context.connection) else { continue }
            for device in try accounts.devices(of: user, on: context.connection)
            where letter.device == "*" || letter.device == device.deviceID {
                guard try ToDeviceQueries.waiting(device: device.number, in: context.connection) < Self.maximumWaiting
                else { continue }
                try ToDeviceQueries.insert(
                    device: device.number, position: position, sender: sender, type: type, content: letter.content,
                    in: context.connection)
                reached.insert(user)
                devices.append(device.number)
            }
        }
        announce(position, reached.sorted(), context)
        context.afterCommit { [self, devices] in delivered.withLock { $0.forget(devices) } }
    }

    /// The number of a user of this server.
    func localUser(_ id: String, in connection: Connection) throws -> Int64? {
        guard let identifier = try? UserIdentifier(parsing: id), identifier.serverName == accounts.serverName else {
            return nil
        }
        return try accounts.user(localpart: identifier.localpart, on: connection)?.number
    }
}

extension UserDataStore {
    /// Adds the messages of a device; returns the first one that did not fit.
    func addMessages(
        to news: inout PersonalNews, for session: Session, after: Int64, upTo: Int64, in connection: Connection
    ) throws -> Int64? {
        let messages = try ToDeviceQueries.messages(
            device: session.deviceNumber, after: after, upTo: upTo, limit: Self.messagesPerReply + 1, in: connection)
        for message in messages.prefix(Self.messagesPerReply) {
            guard let sender = try accounts.user(number: message.sender, on: connection) else { continue }
            var writer = JSONWriter(reserving: message.content.count + 128)
            writer.object { writer in
                writer.key("type")
                writer.string(message.type)
                writer.key("sender")
                writer.string(sender.identifier.text)
                writer.key("content")
                writer.raw(message.content)
            }
            news.toDevice.append(writer.bytes)
        }
        return messages.count > Self.messagesPerReply ? messages.last?.n : nil
    }

    /// Gives what did not fit into a reply a later position, so that the next reply brings it and no acknowledgement
    /// of this one deletes it.
    func postpone(_ session: Session, from n: Int64) async throws {
        try await database.write { [self] context in
            let position = publish(to: [session.userNumber], in: context)
            try ToDeviceQueries.postpone(
                device: session.deviceNumber, from: n, to: position, in: context.connection)
        }
    }

    /// Deletes the messages that a device has acknowledged.
    func deleteMessages(of device: Int64, upTo position: Int64) async throws {
        let (known, epoch) = delivered.withLock { ($0.oldest(of: device), $0.epoch) }
        if let known, known > position { return }
        if known == nil {
            let oldest = try await database.read { try ToDeviceQueries.oldest(device: device, in: $0) }
            delivered.withLock { $0.found(oldest, for: device, readAt: epoch) }
            guard let oldest, oldest <= position else { return }
        }
        try await database.write { [self] context in
            try ToDeviceQueries.delete(device: device, upTo: position, in: context.connection)
            context.afterCommit { [self] in delivered.withLock { $0.forget([device]) } }
        }
    }
}
