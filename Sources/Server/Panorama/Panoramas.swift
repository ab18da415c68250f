import Accounts
import Basics
import Foundation
package import Messaging
package import Storage

/// Panoramas that are made on this server: what was uploaded, what is wanted, and what came of it.
///
/// Each change is one transaction. The work itself is a durable job (``PanoramaJobs``).
package final class Panoramas: Sendable {
    /// How much is taken.
    package struct Limits: Sendable {
        /// Photos of one panorama.
        package var photos: Int64 = 200
        /// Bytes of a photo.
        package var photoBytes: Int64 = 50_000_000
        /// Bytes of one panorama's photos.
        package var bytes: Int64 = 2_000_000_000
        /// Bytes of all photos of a user.
        package var userBytes: Int64 = 8_000_000_000
        /// Panoramas of a user that wait or run.
        package var queued: Int64 = 20
        /// Panoramas of a user.
        package var panoramas: Int64 = 500
        /// Processor seconds of one attempt.
        package var processorSeconds: UInt64 = 1_800
        /// Milliseconds of one attempt.
        package var milliseconds: Int64 = 2 * 3_600_000
        /// How long a deleted panorama can be brought back: a day.
        package var undoMilliseconds: Int64 = 86_400_000
        /// How long one that nobody links is kept: 30 days.
        package var keptMilliseconds: Int64 = 30 * 86_400_000

        /// What the documentation says.
        package init() {}
    }

    let database: Database
    let blobs: BlobStore
    let media: MediaStore
    let stages: StageFolder
    let limits: Limits
    let progress = PanoramaProgress()
    let guides = GuideGate()
    let jobs: Jobs

    /// The panoramas of a data folder.
    package init(database: Database, blobs: BlobStore, media: MediaStore, folder: String, limits: Limits = Limits()) {
        self.database = database
        self.blobs = blobs
        self.media = media
        self.limits = limits
        stages = StageFolder(path: folder)
        jobs = Jobs(database: database, policy: JobPolicy(firstRestMilliseconds: 500, longestRestMilliseconds: 10_000))
    }

    /// Ends those who watch, when the server stops.
    package func close() { progress.close() }

    static let unknown = RequestError.notFound("There is no such panorama.")

    /// A panorama of the caller's.
    ///
    /// - Throws: 404 as well for those of others.
    func row(_ id: String, of session: Session, withDeleted: Bool = false) async throws -> PanoramaRow {
        let row = try await database.read { try PanoramaRows.row(id: id, $0) }
        guard let row, row.owner == session.userNumber, withDeleted || row.deleted == nil else { throw Self.unknown }
        return row
    }

    /// Looks at a panorama again and changes it, in one transaction.
    private func change<Value: Sendable>(
        _ id: String, of session: Session, whileRunning: Bool = false, withDeleted: Bool = false,
        _ body: @escaping @Sendable (PanoramaRow, WriteContext) throws -> Value
    ) async throws -> Value {
        try await database.write { context in
            guard let row = try PanoramaRows.row(id: id, context.connection), row.owner == session.userNumber,
                withDeleted || row.deleted == nil
            else { throw Self.unknown }
            guard whileRunning || row.state != .queued else {
                throw RequestError(
                    status: 409, code: "running",
                    message: "The panorama is being made. Wait for it, or call it off first: POST …/cancel.")
            }
            return try body(row, context)
        }
    }

    // MARK: What is wanted

    /// Makes a panorama without photos; the same key gives the same one again.
    func create(_ options: JSONObject, room: String?, key: String?, by session: Session) async throws -> PanoramaRow {
        _ = try PanoramaWish(options)
        let id = "pj_" + Base64URL.encode(secureRandomBytes(12))
        let (owner, most) = (session.userNumber, limits.panoramas)
        return try await database.write { context in
            if let key, let known = try PanoramaRows.row(owner: owner, key: key, context.connection) { return known }
            guard try PanoramaRows.count(owner: owner, context.connection) < most else {
                throw RequestError(
                    status: 403, code: "M_RESOURCE_LIMIT_EXCEEDED",
                    message: "There are \(most) panoramas of yours already. Delete some first.")
            }
            try PanoramaRows.insert(
                id: id, owner: owner, key: key, options: options, room: room, sender: session, in: context)
            guard let made = try PanoramaRows.row(id: id, context.connection) else { throw Self.unknown }
            return made
        }
    }

    /// Changes options; what they do not touch is not made again when it is started.
    func setOptions(_ changes: JSONObject, of id: String, by session: Session) async throws {
        try await change(id, of: session) { row, context in
            var options = row.options
            for key in changes.keys { options[key] = changes[key]?.isNull == true ? nil : changes[key] }
            _ = try PanoramaWish(options)
            try PanoramaRows.set("options", .text(JSON.object(options).text), of: row.number, in: context)
        }
    }

    /// Says what is to become of a thing: `{"keep": photo}`, `{"remove": true}`, or `{}` for what the seams say.
    func setThing(_ thing: Int64, in group: Int64, _ wish: JSONObject, of id: String, by session: Session) async throws
    {
        var entry: JSONObject? = ["group": .int(group), "thing": .int(thing)]
        if let photo = wish["keep"]?.intValue {
            entry?["photo"] = .int(photo)
        } else if wish["remove"]?.boolValue != true {
            guard wish.isEmpty else { throw RequestError.invalidParam("Either 'keep': photo or 'remove': true.") }
            entry = nil
        }
        try await change(id, of: session) { [entry] row, context in
            var options = row.options
            let others = (options["things"]?.arrayValue ?? []).filter {
                $0["group"]?.intValue != group || $0["thing"]?.intValue != thing
            }
            options["things"] = .array(others + (entry.map { [.object($0)] } ?? []))
            _ = try PanoramaWish(options)
            try PanoramaRows.set("options", .text(JSON.object(options).text), of: row.number, in: context)
        }
    }

    /// Things have numbers among the photos that were there: with other photos they mean nothing.
    private static func forgetThings(_ row: PanoramaRow, in context: WriteContext) throws {
        guard row.options["things"] != nil else { return }
        var options = row.options
        options["things"] = nil
        try PanoramaRows.set("options", .text(JSON.object(options).text), of: row.number, in: context)
    }

    // MARK: Photos

    /// What may still be uploaded to a panorama.
    func room(for id: String, by session: Session) async throws -> Int64 {
        let row = try await row(id, of: session)
        let (totals, all) = try await database.read {
            (try PanoramaRows.totals(row.number, $0), try PanoramaRows.bytes(owner: row.owner, $0))
        }
        guard totals.photos < limits.photos else {
            throw RequestError(
                status: 413, code: "too_many_photos", message: "A panorama is made of at most \(limits.photos) photos.")
        }
        let left = min(limits.bytes - totals.bytes, limits.userBytes - all)
        guard left > 0 else {
            throw RequestError.tooLarge("The photos of this panorama, or of all of yours, take too much room.")
        }
        return min(left, limits.photoBytes)
    }

    /// Adds a photo whose file is stored already.
    ///
    /// - Returns: Its number.
    func add(_ blob: StoredBlob, name: String, to id: String, by session: Session) async throws -> Int64 {
        let limits = limits
        return try await change(id, of: session) { row, context in
            let totals = try PanoramaRows.totals(row.number, context.connection)
            guard totals.photos < limits.photos, totals.bytes + blob.size <= limits.bytes else {
                throw RequestError(
                    status: 413, code: "too_many_photos",
                    message: "A panorama is made of at most \(limits.photos) photos and \(limits.bytes) bytes.")
            }
            try PanoramaRows.addPhoto(
                blob, name: Self.plain(name, n: totals.next), to: row.number, at: totals.next, in: context)
            try Self.forgetThings(row, in: context)
            try PanoramaRows.set("state", .text("draft"), of: row.number, in: context)
            return totals.next
        }
    }

    /// A name that can be shown and written in a file name.
    private static func plain(_ name: String, n: Int64) -> String {
        let last = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
        let kept = String(last.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }.prefix(120))
        return kept.isEmpty ? "photo-\(n)" : kept
    }

    func photos(of row: PanoramaRow) async throws -> [PanoramaPhotoRow] {
        try await database.read { try PanoramaRows.photos(row.number, $0) }
    }

    func photo(_ number: Int64, of row: PanoramaRow) async throws -> PanoramaPhotoRow {
        guard let photo = try await photos(of: row).first(where: { $0.number == number }) else {
            throw RequestError.notFound("The panorama has no photo \(number).")
        }
        return photo
    }

    /// Takes a photo away.
    func remove(photo number: Int64, of id: String, by session: Session) async throws {
        try await change(id, of: session) { row, context in
            let photos = try PanoramaRows.photos(row.number, context.connection)
            guard let photo = photos.first(where: { $0.number == number }) else {
                throw RequestError.notFound("The panorama has no photo \(number).")
            }
            try PanoramaRows.removePhoto(photo, of: row.number, in: context)
            try Self.forgetThings(row, in: context)
            try PanoramaRows.set("state", .text("draft"), of: row.number, in: context)
        }
    }

    /// Says what of a photo must not be used or must be; nil takes the mask away.
    func setMask(_ mask: String?, photo number: Int64, of id: String, by session: Session) async throws {
        try await change(id, of: session) { row, context in
            guard try PanoramaRows.photos(row.number, context.connection).contains(where: { $0.number == number })
            else { throw RequestError.notFound("The panorama has no photo \(number).") }
            try PanoramaRows.setMask(mask, photo: number, of: row.number, in: context)
            try PanoramaRows.set("state", .text("draft"), of: row.number, in: context)
        }
    }

    // MARK: Work

    /// Asks for the work; asking twice is asking once.
    func start(_ id: String, by session: Session) async throws {
        let most = limits.queued
        let number = try await change(id, of: session, whileRunning: true) { row, context -> Int64 in
            if row.state == .queued { return row.number }
            guard try PanoramaRows.totals(row.number, context.connection).photos > 0 else {
                throw RequestError.invalidParam("The panorama has no photo yet: POST …/photos.")
            }
            let mine = try PanoramaRows.unfinished(owner: row.owner, context.connection)
            guard mine < most else {
                throw RequestError(
                    status: 429, code: "M_LIMIT_EXCEEDED", message: "\(most) panoramas of yours wait already.",
                    retryAfterMilliseconds: 30_000)
            }
            // Whoever has many waiting lets others go first.
            let job = try Jobs.enqueue(
                JobRequest(
                    kind: PanoramaJobs.kind, input: JSON.object(["panorama": .string(row.id)]).encoded(),
                    priority: 10 + mine, maximumAttempts: 10), in: context)
            try PanoramaRows.set("job", .integer(job), of: row.number, in: context)
            try PanoramaRows.set("state", .text("queued"), of: row.number, in: context)
            return row.number
        }
        progress.changed(number)
    }

    /// Calls the work off.
    func cancel(_ id: String, by session: Session) async throws {
        let row = try await row(id, of: session)
        guard row.state == .queued, let job = row.job else {
            throw RequestError(status: 409, code: "ended", message: "Nothing is being made.")
        }
        do { try await jobs.cancel(job) } catch JobRefusal.alreadyFinal {}
        try await settle(row.number, job)
        progress.changed(row.number)
    }

    /// Notes in the panorama's row how its job ended, where the worker could not.
    func settle(_ number: Int64, _ job: Int64) async throws {
        guard let ended = try await jobs.job(job), ended.state == .failed || ended.state == .cancelled else { return }
        let verdict = JSON.object([
            "state": ended.state == .failed ? "failed" : "cancelled",
            "reason": .string(
                ended.state == .failed ? "resources: \(ended.error ?? "")" : "cancelled: it was called off."),
            "groups": .array([]), "photos": .array([]),
        ])
        try await database.write { context in
            let isCurrent = try context.first(
                "SELECT 1 FROM panorama WHERE no = ?1 AND job = ?2 AND state = 'queued'", .integer(number),
                .integer(job)
            ) { _ in true }
            guard isCurrent == true else { return }
            try PanoramaRows.set(
                "state", .text(ended.state == .failed ? "failed" : "cancelled"), of: number, in: context)
            try PanoramaRows.set("verdict", .blob(verdict.encoded()), of: number, in: context)
        }
        progress.changed(number, isOver: true)
    }

    // MARK: Deleting

    /// Hides a panorama; it can be brought back for a day.
    func delete(_ id: String, by session: Session) async throws {
        let row = try await row(id, of: session)
        if row.state == .queued, let job = row.job { try? await jobs.cancel(job) }
        try await change(id, of: session, whileRunning: true) { row, context in
            try PanoramaRows.set("deleted_ms", .integer(context.now), of: row.number, in: context)
        }
    }

    /// Brings a deleted panorama back.
    func restore(_ id: String, by session: Session) async throws {
        try await change(id, of: session, whileRunning: true, withDeleted: true) { row, context in
            try PanoramaRows.set("deleted_ms", .null, of: row.number, in: context)
        }
    }

    /// Removes for good what was deleted long ago, what nobody links, and stages that nobody asks for.
    package func sweep() async throws {
        let now = database.now
        let (undo, kept) = (limits.undoMilliseconds, limits.keptMilliseconds)
        let gone = try await database.read {
            try PanoramaRows.forgotten(deletedBefore: now - undo, untouchedSince: now - kept, $0)
        }
        for number in gone {
            try await database.write { try PanoramaRows.purge(number, in: $0) }
        }
        try await database.write { try SpotRows.purge(deletedBefore: now - undo, in: $0) }
        stages.sweep()
    }

    // MARK: Sharing

    /// The secret word of a panorama's link, made when it is first asked for.
    func share(_ id: String, by session: Session) async throws -> String {
        let fresh = Base64URL.encode(secureRandomBytes(18))
        return try await change(id, of: session, whileRunning: true) { [self] row, context in
            try shareTour(from: row, by: session, in: context)
            if let share = row.share { return share }
            try PanoramaRows.set("share", .text(fresh), of: row.number, in: context)
            return fresh
        }
    }

    /// The panorama of a link.
    func row(share: String) async throws -> PanoramaRow {
        guard let row = try await database.read({ try PanoramaRows.row(share: share, $0) }) else { throw Self.unknown }
        return row
    }

    func files(of row: PanoramaRow) async throws -> [PanoramaFileRow] {
        try await database.read { try PanoramaRows.files(row.number, $0) }
    }
}
