import Basics
import Foundation
package import Inference
import Logging
import Panorama
import Storage
import Synchronization

/// The worker's side outside of the cage: takes panoramas that wait, gives a caged process their photos, and keeps what it
/// hands out.
package struct PanoramaJobs: Sendable {
    static let kind = "panorama.stitch"

    let panoramas: Panoramas
    let cage: @Sendable (UInt64, UInt64) throws -> CagedProgram.Limits
    /// After a panorama was made, outside of its transaction; may be called again for the same one.
    let made: @Sendable (Int64) async throws -> Void

    /// The worker of some panoramas.
    ///
    /// - Parameter cage: how a process of so many bytes and processor seconds is started.
    package init(
        _ panoramas: Panoramas, cage: @escaping @Sendable (UInt64, UInt64) throws -> CagedProgram.Limits,
        made: @escaping @Sendable (Int64) async throws -> Void = { _ in }
    ) {
        self.panoramas = panoramas
        self.cage = cage
        self.made = made
    }

    private var jobs: Jobs { panoramas.jobs }

    /// Lets jobs go on whose workers are dead. Only for a process that alone serves the folder.
    package func takeOver() async throws {
        let now = Jobs(database: panoramas.database, policy: JobPolicy(firstRestMilliseconds: 0))
        for job in try await jobs.list(kind: Self.kind, limit: 10_000) where job.state == .running {
            let lease = JobLease(job: job.number, number: job.leaseNumber)
            try? await now.fail(lease, error: "The worker stopped.")
        }
    }

    /// Takes the next panorama and makes it.
    ///
    /// - Returns: Whether there was one.
    package func runNext(owner: String) async throws -> Bool {
        guard let claimed = try await jobs.claim(kinds: [Self.kind], owner: owner) else { return false }
        let id = (try? JSON(parsing: claimed.job.input))?["panorama"]?.stringValue ?? ""
        guard let row = try await panoramas.database.read({ try PanoramaRows.row(id: id, $0) }),
            row.job == claimed.job.number, row.deleted == nil
        else {
            try await jobs.finish(claimed.lease, result: [])
            return true
        }
        do {
            try await make(row, claimed)
            try await made(row.number)
        } catch JobRefusal.staleLease {
            // Somebody else has it.
        } catch is CancellationError {
            // The server stops: the lease tells the next one.
            throw CancellationError()
        } catch {
            let refusal = error as? RequestError
            try? await jobs.fail(
                claimed.lease, error: refusal?.message ?? "\(error)", mayRetry: (refusal?.status ?? 500) >= 500)
            try await panoramas.settle(row.number, claimed.job.number)
            try await made(row.number)
        }
        return true
    }

    private func make(_ row: PanoramaRow, _ claimed: ClaimedJob) async throws {
        let wish = try PanoramaWish(row.options)
        let photos = try await panoramas.photos(of: row)
        let memory = UInt64(wish.stitch.memoryMebibytes) << 20
        let program = try CagedProgram(cage(memory * 2 + (1 << 30), panoramas.limits.processorSeconds))
        let talk = WorkerTalk(program)
        do {
            // After three attempts that ended badly less is tried.
            let share = claimed.job.attempts > 3 ? 2 : 1
            try await talk.post(Self.task(row, photos, plannedMebibytes: wish.stitch.memoryMebibytes / share))
            let ended = try await converse(talk, row, photos, claimed.lease)
            _ = await talk.end()
            try await keep(ended, row, claimed.lease)
        } catch {
            let signal = await talk.end()
            throw error is FrameStream.Broken ? Self.died(signal, panoramas.limits) : error
        }
    }

    private static func task(_ row: PanoramaRow, _ photos: [PanoramaPhotoRow], plannedMebibytes: Int) -> JSON {
        [
            "options": .object(row.options), "planned": .int(Int64(plannedMebibytes)),
            "photos": .array(
                photos.map { photo in
                    var entry: JSONObject = ["name": .string(photo.name), "identity": .string(photo.blob.hash.hex)]
                    entry["mask"] = photo.mask.map { .string($0) }
                    return .object(entry)
                }),
        ]
    }

    private static func died(_ signal: Int32, _ limits: Panoramas.Limits) -> RequestError {
        if signal == SIGXCPU {
            return RequestError(
                status: 422, code: "too_slow",
                message: "It took more than \(limits.processorSeconds) seconds of processor time. Try fewer photos.")
        }
        return RequestError(
            status: 500, code: "worker_died", message: "The worker ended\(signal > 0 ? " by signal \(signal)" : "").")
    }

    /// Tells how the newest photo joins the others: a caged process looks at it, and reads what is known of the rest.
    ///
    /// - Returns: `{overlaps, advice}`; nil while too many others ask.
    func guide(_ row: PanoramaRow) async throws -> JSON? {
        guard panoramas.guides.begin() else { return nil }
        defer { panoramas.guides.end() }
        let photos = try await panoramas.photos(of: row)
        let program = try CagedProgram(cage(2 << 30, 60))
        let talk = WorkerTalk(program)
        do {
            var task = Self.task(row, photos, plannedMebibytes: 256).objectValue ?? [:]
            task["guide"] = true
            try await talk.post(.object(task))
            while true {
                try Task.checkCancellation()
                guard let frame = try await talk.next() else { continue }
                if let answer = frame.message["guide"] {
                    _ = await talk.end()
                    return answer
                }
                guard try await serve(frame, photos, talk) else {
                    throw RequestError(
                        status: 500, code: "worker",
                        message: frame.message["failure"]?.stringValue ?? "The worker talks nonsense.")
                }
            }
        } catch {
            let signal = await talk.end()
            throw error is FrameStream.Broken ? Self.died(signal, panoramas.limits) : error
        }
    }

    /// Answers what a worker asks for while it works; false when it was something else.
    private func serve(
        _ frame: FrameStream.Frame, _ photos: [PanoramaPhotoRow], _ talk: WorkerTalk
    ) async throws -> Bool {
        if let number = frame.message["load"]?.intValue {
            try await send(Int(clamping: number), photos, talk)
        } else if let key = frame.message["find"]?.stringValue {
            let found = panoramas.stages.find(key)
            try await talk.post(["found": .bool(found != nil)], bytes: found ?? [])
        } else if let key = frame.message["keep"]?.stringValue {
            panoramas.stages.keep(key, frame.bytes)
        } else {
            return false
        }
        return true
    }

    private struct Ended {
        var verdict: JSONObject = [:]
        var graph: JSON = .object([:])
        var files: [PanoramaFileRow] = []
    }

    /// Answers the worker until it is done.
    private func converse(
        _ talk: WorkerTalk, _ row: PanoramaRow, _ photos: [PanoramaPhotoRow], _ lease: JobLease
    ) async throws -> Ended {
        var ended = Ended()
        var beaten = Int64.min
        let deadline = monotonicMilliseconds() + panoramas.limits.milliseconds
        while true {
            try Task.checkCancellation()
            let now = monotonicMilliseconds()
            guard now < deadline else {
                throw RequestError(status: 422, code: "too_slow", message: "It took too long. Try fewer photos.")
            }
            if beaten == .min || now - beaten >= 1_000 {
                beaten = now
                try await beat(lease, row)
            }
            guard let frame = try await talk.next() else { continue }
            let message = frame.message
            if try await serve(frame, photos, talk) { continue }
            if let stage = message["progress"]?.stringValue {
                let (done, of) = (message["done"]?.intValue ?? 0, message["of"]?.intValue ?? 0)
                panoramas.progress.tell(
                    row.number, .init(stage: stage, done: Int(clamping: done), of: Int(clamping: of)))
            } else if let kind = message["file"]?.stringValue {
                let blob = try await panoramas.blobs.store(frame.bytes)
                ended.files.append(
                    PanoramaFileRow(
                        group: message["group"]?.intValue ?? 0, kind: kind, blob: blob,
                        type: message["type"]?.stringValue ?? "application/octet-stream"))
            } else if let verdict = message["verdict"]?.objectValue {
                ended.verdict = verdict
                ended.graph = message["graph"] ?? .object([:])
                return ended
            } else {
                let lasting = message["lasting"]?.boolValue ?? false
                throw RequestError(
                    status: lasting ? 422 : 500, code: "worker",
                    message: message["failure"]?.stringValue ?? "The worker talks nonsense.")
            }
        }
    }

    private func send(_ number: Int, _ photos: [PanoramaPhotoRow], _ talk: WorkerTalk) async throws {
        guard photos.indices.contains(number) else {
            throw RequestError(status: 500, code: "worker", message: "The worker asks for a photo that is not there.")
        }
        let bytes = try await panoramas.blobs.reader(of: photos[number].blob.hash).readAll()
        try await talk.post(["photo": .int(Int64(number))], bytes: bytes)
    }

    private func beat(_ lease: JobLease, _ row: PanoramaRow) async throws {
        let step = panoramas.progress.step(row.number)
        let share = step.map { Double($0.done) / Double(max(1, $0.of)) } ?? 0
        guard try await jobs.heartbeat(lease, progress: share, note: step?.stage ?? "") == .goOn else {
            throw RequestError(status: 410, code: "cancelled", message: "The job was called off.")
        }
    }

    /// Writes what came out in the same transaction that ends the job.
    private func keep(_ ended: Ended, _ row: PanoramaRow, _ lease: JobLease) async throws {
        let verdict = JSON.object(ended.verdict).encoded()
        let graph = ended.graph.encoded()
        let state = ended.verdict["state"]?.stringValue == "done" ? "done" : "failed"
        let files = ended.files
        try await jobs.finish(lease, result: []) { context in
            try PanoramaRows.replaceFiles(files, of: row.number, in: context)
            try PanoramaRows.set("verdict", .blob(verdict), of: row.number, in: context)
            try PanoramaRows.set("graph", .blob(graph), of: row.number, in: context)
            try PanoramaRows.set("state", .text(state), of: row.number, in: context)
        }
        panoramas.progress.changed(row.number, isOver: true)
    }
}

/// A conversation with a caged process on a thread of its own, since its socket blocks.
private final class WorkerTalk: Sendable {
    private let program: CagedProgram
    private let thread = DispatchQueue(label: "panorama.worker")

    init(_ program: CagedProgram) { self.program = program }

    private func offThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            thread.async { continuation.resume(with: Result { try body() }) }
        }
    }

    /// Tells the process something. What it does not take within the time that the job has is its own end.
    func post(_ message: JSON, bytes: [UInt8] = []) async throws {
        try await offThread { [program] in try program.stream.post(message, bytes: bytes) }
    }

    /// The next frame; nil when none began within a quarter of a second.
    func next() async throws -> FrameStream.Frame? {
        try await offThread { [program] in
            program.stream.hasFrame(within: 250) ? try program.stream.receive() : nil
        }
    }

    func end() async -> Int32 {
        await withCheckedContinuation { continuation in
            thread.async { [program] in continuation.resume(returning: program.end()) }
        }
    }
}
