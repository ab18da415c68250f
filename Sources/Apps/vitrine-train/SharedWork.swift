import Basics
import Foundation
import Storage

/// Pieces of one work in a folder that several processes share.
///
/// Every process names the same pieces, takes one after the other under a lease, and returns when all are done, by
/// whomever. A process that is killed loses the piece that it was at and nothing else: its lease runs out, and another
/// process, or the same command begun again, takes the piece. A piece may be done twice when a process stood still for
/// longer than its lease, so pieces must bear that.
struct SharedWork: Sendable {
    /// How a piece ended.
    enum Ending: Sendable {
        /// It is done, and its result lies where everybody finds it.
        case done
        /// Somebody asked this process to stop; the piece can be gone on with.
        case stopped
        /// A process that stood still for longer than its lease is at it after all.
        case elsewhere
    }

    private let database: Database
    private let jobs: Jobs
    private let leaseMilliseconds: Int64
    private let owner: String

    /// The work of a folder, which is made if it is not there. `leaseSeconds`: how long a process may be silent before
    /// another one takes its piece.
    init(_ folder: URL, leaseSeconds: Double) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        leaseMilliseconds = Int64(leaseSeconds * 1_000)
        var options = DatabaseOptions()
        options.readerCount = 1
        options.cacheKibibytes = 1_024
        database = try Database.open(
            path: folder.appending(path: "work.db").path, migrations: [], options: options)
        jobs = Jobs(
            database: database,
            policy: JobPolicy(
                leaseMilliseconds: leaseMilliseconds, firstRestMilliseconds: 100,
                longestRestMilliseconds: leaseMilliseconds))
        owner = "\(ProcessInfo.processInfo.hostName) \(getpid())"
    }

    func close() async { await database.close() }

    /// Does pieces until all of them are done, here or elsewhere.
    ///
    /// - Parameters:
    ///   - kind: what the work is; other inputs are another kind.
    ///   - count: how many pieces there are, named by their numbers.
    ///   - news: told of each piece that was done here.
    ///   - work: does a piece.
    /// - Returns: `stopped` when this process was asked to.
    /// - Throws: what a piece throws, here or in another process.
    func finish(
        kind: String, count: Int, news: (Int) -> Void = { _ in },
        work: @escaping @Sendable (Int) async throws -> Ending
    ) async throws -> Ending {
        try await ask(kind, count)
        while true {
            while let claimed = try await jobs.claim(kinds: [kind], owner: owner) {
                guard let piece = Self.piece(claimed.job) else { continue }
                switch try await carryOut(piece, claimed.lease, work) {
                case .done: news(piece)
                case .stopped: return .stopped
                case .elsewhere: break
                }
            }
            let all = try await known(kind)
            if let failed = all.values.first(where: { $0.state == .failed || $0.state == .cancelled }) {
                throw CommandFailure(
                    "piece \(Self.piece(failed) ?? 0) of the work could not be done: \(failed.error ?? "")")
            }
            if (0..<count).allSatisfy({ all[$0]?.state == .done }) { return .done }
            // The rest is done by other processes, or rests until their leases run out.
            try await Task.sleep(for: .milliseconds(min(leaseMilliseconds / 4 + 1, 500)))
        }
    }

    private static func piece(_ job: Job) -> Int? { Int(String(decoding: job.input, as: UTF8.self)) }

    /// The newest job of each piece.
    private func known(_ kind: String) async throws -> [Int: Job] {
        var found: [Int: Job] = [:]
        var last: Int64 = 0
        while true {
            let page = try await jobs.list(kind: kind, after: last, limit: 1_000)
            guard let end = page.last else { return found }
            for job in page { if let piece = Self.piece(job) { found[piece] = job } }
            last = end.number
        }
    }

    /// Asks for all pieces that nobody has asked for, and again for those that failed before this process began.
    private func ask(_ kind: String, _ count: Int) async throws {
        let known = try await known(kind)
        try await database.write(bytes: 256 * (count + 1)) { context in
            for piece in 0..<count {
                var key = "\(piece)"
                if let job = known[piece], job.state == .failed || job.state == .cancelled {
                    key += " after \(job.number)"
                } else if known[piece] != nil {
                    continue
                }
                // Processes are killed as often as it pleases others; what cannot be done says so itself.
                _ = try Jobs.enqueue(
                    JobRequest(
                        kind: kind, input: Array("\(piece)".utf8), idempotencyKey: key, maximumAttempts: 1_000_000),
                    in: context)
            }
        }
    }

    private func carryOut(
        _ piece: Int, _ lease: JobLease, _ work: @escaping @Sendable (Int) async throws -> Ending
    ) async throws -> Ending {
        let pulse = Task { [jobs, leaseMilliseconds] in
            while true {
                try await Task.sleep(for: .milliseconds(leaseMilliseconds / 3 + 1))
                _ = try await jobs.heartbeat(lease, progress: 0, note: "")
            }
        }
        defer { pulse.cancel() }
        do {
            let ending = try await work(piece)
            switch ending {
            case .done: try await jobs.finish(lease, result: [])
            case .stopped, .elsewhere: try await jobs.fail(lease, error: "\(ending)", mayRetry: true)
            }
            return ending
        } catch JobRefusal.staleLease {
            // This process stood still for too long and another one has the piece; it does the same again.
            return .elsewhere
        } catch {
            try? await jobs.fail(lease, error: "\(error)", mayRetry: false)
            throw error
        }
    }
}
