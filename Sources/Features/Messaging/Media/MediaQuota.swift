import Basics
import Storage

/// What a person has uploaded lately, held against the quota.
struct MediaQuota {
    let bytesLastDay: Int64
    let filesLastHour: Int64
    /// When the oldest file of the last hour came; nil without one.
    let oldestOfHour: Int64?

    private static let hour: Int64 = 3_600_000

    static func usage(of user: Int64, at now: Int64, _ connection: Connection) throws -> MediaQuota {
        let bytes = try connection.first(
            "SELECT sum(size) FROM msg_media WHERE user_no = ?1 AND created_ms > ?2", .integer(user),
            .integer(now - 24 * hour)
        ) { $0.intOrNil(0) ?? 0 }
        let files = try connection.first(
            "SELECT count(*), min(created_ms) FROM msg_media WHERE user_no = ?1 AND created_ms > ?2 AND state = 1",
            .integer(user), .integer(now - hour)
        ) { ($0.int(0), $0.intOrNil(1)) }
        return MediaQuota(
            bytesLastDay: bytes ?? 0, filesLastHour: files?.0 ?? 0, oldestOfHour: files?.1)
    }

    /// Refuses a further file of so many bytes when it would go over the quota.
    func check(_ quota: MediaPolicy.Quota, adding bytes: Int64, at now: Int64) throws(RequestError) {
        guard filesLastHour < Int64(quota.filesPerHour) else {
            let wait = max(1_000, (oldestOfHour ?? now) + Self.hour - now)
            var refusal = RequestError.limitExceeded(retryAfterMilliseconds: Int(clamping: wait))
            refusal.message = "You have uploaded \(filesLastHour) files in an hour. Wait a while and try again."
            throw refusal
        }
        guard bytes <= quota.bytesPerDay, bytesLastDay <= quota.bytesPerDay - bytes else {
            let allowed = quota.bytesPerDay / (1024 * 1024)
            throw .forbidden("You may upload \(allowed) MiB in 24 hours, and this file would go over it.")
        }
    }
}
