import Accounts
import Storage

/// What a sweep removed.
package struct MediaSweep: Sendable, Hashable {
    /// Uploads of visitors that no message shows.
    package var uploads = 0
    /// Ids that were given out and never filled.
    package var reservations = 0
    /// Thumbnails past their time.
    package var thumbnails = 0

    /// Nothing removed.
    package init() {}
}

extension MediaStore {
    private static let batch = 200
    private static let consumer = "media"

    /// Removes what nobody needs any more; to be called about once an hour.
    ///
    /// First the log of events is read on from where the last sweep stopped, so that whatever a message shows by now is
    /// known as used. The content of removed files goes with the blob store's next collection.
    package func sweep(now: Int64) async throws -> MediaSweep {
        try await noteMentions()
        var result = MediaSweep()
        result.uploads = try await removeUnused(before: now - policy.visitorGraceMilliseconds)
        result.reservations = try await removeReservations(before: now - policy.reservationMilliseconds)
        let oldest = now - policy.thumbnailMilliseconds
        while true {
            let count = try await database.write {
                try ThumbnailQueries.removeOld(before: oldest, limit: Self.batch, in: $0)
            }
            result.thumbnails += count
            if count < Self.batch { return result }
        }
    }

    private func noteMentions() async throws {
        let stream = MediaMentions(database: database, serverName: serverName)
        let consumer = Consumer(name: Self.consumer, source: stream, database: database) { mentions, context in
            for mention in mentions {
                try MediaQueries.markUsed(mention.ids, in: context)
                guard mention.isEncrypted else { continue }
                // Which file an encrypted message shows cannot be known: all that its sender had uploaded by then.
                try context.run(
                    "UPDATE msg_media SET used = 1 WHERE user_no = ?1 AND created_ms <= ?2 AND used = 0",
                    .integer(mention.senderNumber), .integer(mention.sentMilliseconds))
            }
        }
        try await consumer.catchUp()
    }

    /// Removes visitors' uploads that are old enough, that no message shows and that are not their picture.
    private func removeUnused(before time: Int64) async throws -> Int {
        var count = 0
        var after: (created: Int64, id: String) = (.min, "")
        while true {
            let (created, id) = after
            let candidates = try await database.read { connection in
                try connection.rows(
                    """
                    SELECT media_id, user_no, created_ms FROM msg_media
                    WHERE created_ms <= ?1 AND (created_ms > ?2 OR (created_ms = ?2 AND media_id > ?3))
                      AND state = 1 AND used = 0 AND kind IN (?4, ?5)
                    ORDER BY created_ms, media_id LIMIT ?6
                    """, .integer(time), .integer(created), .text(id), .int(UserKind.visitor.rawValue),
                    .int(UserKind.guest.rawValue), .int(Self.batch)
                ) { (id: $0.text(0), user: $0.int(1), created: $0.int(2)) }
            }
            for candidate in candidates {
                if try await avatar(candidate.user) == address(of: candidate.id) { continue }
                if try await removeIfUnused(candidate.id) { count += 1 }
            }
            guard let last = candidates.last, candidates.count == Self.batch else { return count }
            after = (last.created, last.id)
        }
    }

    private func removeIfUnused(_ id: String) async throws -> Bool {
        try await database.write { context in
            guard case .stored(_, _, false) = try MediaQueries.entry(id, context.connection) else { return false }
            // A message that came since the log was read; the next sweep will know.
            let seen = try ConsumerOffset.position(of: Self.consumer, context.connection) ?? 0
            let mention = try context.first(
                "SELECT 1 FROM msg_event WHERE pos > ?1 AND content LIKE ?2 LIMIT 1", .integer(seen), .text("%\(id)%")
            ) { $0.int(0) }
            guard mention == nil else { return false }
            return try MediaQueries.remove(id, in: context)
        }
    }

    private func removeReservations(before time: Int64) async throws -> Int {
        try await database.write { context in
            try context.run("DELETE FROM msg_media WHERE created_ms <= ?1 AND state = 0", .integer(time))
        }
    }

    /// Removes a file for good: its row at once, its content with the next collection. True if it was there.
    @discardableResult
    package func remove(_ id: String) async throws -> Bool {
        try await database.write { try MediaQueries.remove(id, in: $0) }
    }

    /// Removes all files of a user, for instance when the account is erased; answers how many.
    @discardableResult
    package func removeAll(of userNumber: Int64) async throws -> Int {
        try await database.write { context in
            let ids = try context.rows(
                "SELECT media_id FROM msg_media WHERE user_no = ?1", .integer(userNumber)
            ) { $0.text(0) }
            return try ids.count { try MediaQueries.remove($0, in: context) }
        }
    }
}
