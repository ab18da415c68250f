import Accounts
import Basics
import Foundation
import Imaging
import Logging
import Messaging
import Storage

/// Brings a panorama that was made of a conversation's pictures back into the conversation, as a picture with a link to
/// look around in it. Doing it again says it once.
struct PanoramaMessages: Sendable {
    /// The member of the message by which these pages know that there is more than a picture.
    static let key = "shop.vitrine.panorama"

    let panoramas: Panoramas
    let messaging: MessagingEngine
    let logger: Logger

    /// Says what came of a panorama where it was asked for; nothing where it was not asked for in a conversation.
    func deliver(_ number: Int64) async {
        do {
            let row = try await panoramas.database.read { try PanoramaRows.row(number: number, $0) }
            guard let row, let room = row.room, let sender = row.sender, row.message == nil, row.deleted == nil,
                row.state == .done || row.state == .failed
            else { return }
            let content = row.state == .done ? try await picture(of: row, by: sender) : Self.excuse
            let event = try await messaging.send(
                sender, room: room, type: "m.room.message", transaction: "panorama-\(row.id)", content: content)
            try await panoramas.database.write { context in
                try PanoramaRows.set("message", .text(event), of: number, in: context)
            }
        } catch {
            logger.warning(
                "a panorama could not be sent", metadata: ["panorama": "\(number)", "error": "\(error)"])
        }
    }

    /// Brings what a stop kept from being brought.
    func catchUp() async {
        let numbers = (try? await panoramas.database.read { try PanoramaRows.undelivered($0) }) ?? []
        for number in numbers { await deliver(number) }
    }

    private func picture(of row: PanoramaRow, by sender: Session) async throws -> JSONObject {
        let files = try await panoramas.files(of: row)
        guard let file = files.first(where: { $0.kind == "preview" && $0.group == 1 }) else {
            throw RequestError.notFound("The panorama has no picture.")
        }
        let bytes = try await panoramas.blobs.reader(of: file.blob.hash).readAll()
        let probe = try ImageProbe.read(bytes)
        let (body, feed) = AsyncStream.makeStream(of: [UInt8].self)
        feed.yield(bytes)
        feed.finish()
        let id = try await panoramas.media.upload(
            MediaUpload(type: file.type, name: "panorama.jpg", announcedLength: Int64(bytes.count)),
            by: MediaUploader(sender), body: body)
        let share = try await panoramas.share(row.id, by: sender)
        let used = row.groups.first?["used"]?.intValue ?? 0
        return [
            "msgtype": "m.image", "body": "panorama.jpg", "url": .string(panoramas.media.address(of: id)),
            "info": [
                "w": .int(Int64(probe.width)), "h": .int(Int64(probe.height)), "mimetype": .string(file.type),
                "size": .int(Int64(bytes.count)),
            ],
            Self.key: ["share": .string(share), "group": 1, "photos": .int(used)],
        ]
    }

    /// Nothing came out, and nobody shall wait for it.
    private static var excuse: JSONObject {
        [
            "msgtype": "m.notice",
            "body": "No panorama came out of these pictures. / 这些图片未能拼成全景。",
        ]
    }
}
