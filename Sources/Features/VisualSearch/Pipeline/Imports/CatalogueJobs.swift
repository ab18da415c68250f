public import Basics
public import Storage
import Synchronization

/// What takes long: durable jobs that go on after a stop, and the worker that carries them out.
///
/// Whoever wants something done asks for a job; any process that serves the folder runs ``runNext(owner:progress:)``
/// again and again. A worker that dies loses nothing: its lease runs out and another one goes on where it stopped.
public struct CatalogueJobs: Sendable {
    /// What a job does.
    enum Kind: String, CaseIterable {
        case importItems = "catalogue.import"
        case reembed = "catalogue.reembed"
        case recall = "catalogue.recall"
        case denoise = "catalogue.denoise"
        case merge = "catalogue.merge"
        case importArticles = "catalogue.articles"
        case linkArticles = "catalogue.links"
        case titles = "catalogue.titles"
        case gaps = "catalogue.gaps"
        case replay = "catalogue.replay"
        case crawl = "catalogue.crawl"
        case crops = "catalogue.crops"
        case unsure = "catalogue.unsure"
        case labels = "catalogue.labels"
    }

    /// The kinds of all jobs of catalogues, for a worker that runs others as well.
    public static let kinds = Kind.allCases.map(\.rawValue)

    let catalogues: Catalogues
    let jobs: Jobs
    /// How other sites are asked; nil where nothing is.
    public let fetch: PageFetch?
    private var database: Database { catalogues.environment.database }

    /// The jobs of some catalogues.
    ///
    /// - Parameter fetch: how other sites are asked; without it nothing is.
    public init(
        _ catalogues: Catalogues, policy: JobPolicy = JobPolicy(firstRestMilliseconds: 1_000), fetch: PageFetch? = nil
    ) {
        self.catalogues = catalogues
        self.fetch = fetch
        jobs = Jobs(database: catalogues.environment.database, policy: policy)
    }

    // MARK: Asking

    /// Asks for an import of a folder or a table that lies on this machine.
    ///
    /// - Returns: The job's number; the same one as long as the same import is not over.
    public func requestImport(
        _ path: String, into catalogue: String, defaults: ImportDefaults = ImportDefaults()
    ) async throws -> Int64 {
        try await request(
            .importItems, of: catalogue, ["path": .string(path), "defaults": defaults.json])
    }

    /// Asks for the vectors of all pictures in the space of the preferred model; the old one answers meanwhile, and after
    /// it unless the gate lets the new one.
    public func requestReembedding(of catalogue: String, gate: SwitchGate = SwitchGate()) async throws -> Int64 {
        try await request(.reembed, of: catalogue, ["gate": gate.json])
    }

    /// Asks for a measurement of how many of the true neighbours searches find.
    public func requestRecallCheck(of catalogue: String) async throws -> Int64 {
        try await request(.recall, of: catalogue, [:])
    }

    /// Asks for proposals of pictures that do not belong to their items.
    public func requestDenoising(of catalogue: String) async throws -> Int64 {
        try await request(.denoise, of: catalogue, [:])
    }

    /// Asks for proposals of items that are one thing: by the vote of the nearest pictures, or by what a classifier that
    /// was trained on the catalogue's styles takes for each other.
    public func requestMerging(of catalogue: String, learnt: LearntCounts? = nil) async throws -> Int64 {
        try await request(.merge, of: catalogue, learnt.map { ["learnt": $0.json] } ?? [:])
    }

    /// Asks for articles of a folder, a table or lines of JSON that lie on this machine.
    public func requestArticles(_ path: String, into catalogue: String) async throws -> Int64 {
        try await request(.importArticles, of: catalogue, ["path": .string(path)])
    }

    /// Asks what the pictures of articles show.
    public func requestLinks(of catalogue: String) async throws -> Int64 {
        try await request(.linkArticles, of: catalogue, [:])
    }

    /// Asks to learn from the titles of a catalogue.
    public func requestTitles(of catalogue: String) async throws -> Int64 {
        try await request(.titles, of: catalogue, [:])
    }

    /// Asks what customers look for and a catalogue lacks.
    public func requestGaps(of catalogue: String) async throws -> Int64 {
        try await request(.gaps, of: catalogue, [:])
    }

    /// Asks for the gaps of this week of every catalogue, once a week.
    public func requestWeeklyGaps() async throws {
        let week = CalendarWeek(day: Int(clamping: database.now / 86_400_000))
        for catalogue in try await catalogues.names() {
            _ = try await jobs.enqueue(
                JobRequest(
                    kind: Kind.gaps.rawValue, input: JSON.object(["catalogue": .string(catalogue)]).encoded(),
                    idempotencyKey: "\(catalogue) \(week)", priority: 20))
        }
    }

    /// Asks for what follows from changes of a catalogue: titles learned anew, pictures of articles looked at, scans
    /// answered again; and for feeds that were run by a person once and whose last run is a day old. Where nothing
    /// changed, nothing is asked for.
    public func requestFollowUps(of name: String) async throws {
        let catalogue = try await catalogues.catalogue(name)
        if try await catalogue.hasNewTitles() { _ = try await requestTitles(of: name) }
        if try await catalogue.hasUnlinkedPictures() { _ = try await requestLinks(of: name) }
        if try await catalogue.hasUnreplayed() { _ = try await requestReplay(of: name) }
        for feed in try await catalogue.feedsToPoll() { _ = try await requestCrawl(feed, into: name) }
    }

    /// Asks to go through a listed site.
    public func requestCrawl(_ source: Int64, into catalogue: String) async throws -> Int64 {
        try await request(.crawl, of: catalogue, ["source": .int(source)])
    }

    /// Asks for scans without the very item to be answered again.
    public func requestReplay(of catalogue: String) async throws -> Int64 {
        try await request(.replay, of: catalogue, [:])
    }

    /// Asks for questions of one kind to people.
    ///
    /// - Returns: The job's number; the same one as long as the same look is not over.
    public func request(_ look: CatalogueLook, of catalogue: String) async throws -> Int64 {
        try await request(look.kind, of: catalogue, [:])
    }

    /// The last time that a look came to an end, and what it found; nil when it never did.
    public func last(_ look: CatalogueLook, of catalogue: String) async throws -> (at: Int64, result: JSON)? {
        let input = JSON.object(["catalogue": .string(catalogue)]).encoded()
        let done = try await jobs.list(kind: look.kind.rawValue, limit: 1_000).filter {
            $0.input == input && $0.state == .done
        }
        guard let newest = done.max(by: { $0.number < $1.number }), let result = newest.result else { return nil }
        return (newest.updatedMilliseconds, try JSON(parsing: result))
    }

    /// Asks for a round of boxes by the installed detector.
    ///
    /// - Throws: ``RequestError`` 503 when none is installed.
    public func requestLabelRound(of catalogue: String, by whom: String, again: Bool = false) async throws -> Int64 {
        try await catalogues.catalogue(catalogue).requireDetector()
        return try await request(.labels, of: catalogue, ["by": .string(whom), "again": .bool(again)])
    }

    private func request(_ kind: Kind, of catalogue: String, _ input: JSONObject) async throws -> Int64 {
        _ = try await catalogues.catalogue(catalogue)
        var input = input
        input["catalogue"] = .string(catalogue)
        let bytes = JSON.object(input).encoded()
        for job in try await jobs.list(kind: kind.rawValue, limit: 10_000) where job.input == bytes {
            if !job.state.isFinal { return job.number }
        }
        // One item that stops a worker must not end the whole: attempts are many, and what is done stays done.
        return try await jobs.enqueue(
            JobRequest(kind: kind.rawValue, input: bytes, priority: 10, maximumAttempts: 50))
    }

    /// A job as it stands.
    public func job(_ number: Int64) async throws -> Job? { try await jobs.job(number) }

    /// Calls a job off.
    public func cancel(_ number: Int64) async throws { try await jobs.cancel(number) }

    // MARK: Working

    /// Lets jobs go on whose workers are dead, at once. Only for a process that alone serves the folder: it knows that
    /// nobody else holds a lease.
    public func takeOver() async throws {
        for kind in Kind.allCases {
            for job in try await jobs.list(kind: kind.rawValue, limit: 10_000) where job.state == .running {
                let lease = JobLease(job: job.number, number: job.leaseNumber)
                let now = Jobs(database: database, policy: JobPolicy(firstRestMilliseconds: 0))
                try? await now.fail(lease, error: "The worker stopped.")
            }
        }
    }

    /// Takes the next job and carries it out.
    ///
    /// - Parameter progress: what a person who waits is shown: the share that is done, and at what.
    /// - Returns: The job as it ended; nil when there was nothing to do.
    @discardableResult
    public func runNext(
        owner: String, progress: @escaping @Sendable (Double, String) -> Void = { _, _ in }
    ) async throws -> Job? {
        guard let claimed = try await jobs.claim(kinds: Self.kinds, owner: owner) else { return nil }
        let pulse = Pulse(jobs: jobs, lease: claimed.lease, show: progress)
        do {
            let result = try await carryOut(claimed.job) { try await pulse.beat($0, $1) }
            try await jobs.finish(claimed.lease, result: result.encoded())
        } catch let fault as IngestFault {
            throw fault
        } catch JobRefusal.staleLease {
            return try await jobs.job(claimed.job.number)
        } catch {
            let refusal = error as? RequestError
            let isLasting = (refusal?.status).map { $0 < 500 } ?? false
            try await jobs.fail(claimed.lease, error: refusal?.message ?? "\(error)", mayRetry: !isLasting)
        }
        return try await jobs.job(claimed.job.number)
    }

    private func carryOut(
        _ job: Job, progress: @escaping @Sendable (Double, String) async throws -> Void
    ) async throws -> JSON {
        let input = try JSON(parsing: job.input, limits: JSONLimits(maximumBytes: 1 << 28))
        guard let kind = Kind(rawValue: job.kind), let name = input["catalogue"]?.stringValue else {
            throw RequestError.invalidParam("The job \(job.number) is of an unknown kind.")
        }
        let catalogue = try await catalogues.catalogue(name)
        switch kind {
        case .importItems:
            return try await catalogue.runImport(
                input["path"]?.stringValue ?? "", ImportDefaults(input["defaults"]), job: job.number,
                fetch: fetch, progress: progress)
        case .reembed:
            return try await catalogue.reembed(gate: SwitchGate(input["gate"]), progress: progress)
        case .recall: return try await catalogue.checkRecall()
        case .denoise: return try await catalogue.denoise(progress: progress)
        case .merge:
            guard let learnt = input["learnt"] else { return try await catalogue.proposeMerges(progress: progress) }
            return try await catalogue.proposeMerges(learnt: LearntCounts(learnt))
        case .importArticles:
            return try await catalogue.importArticles(input["path"]?.stringValue ?? "", progress: progress)
        case .linkArticles: return try await catalogue.linkArticles(progress: progress)
        case .titles: return try await catalogue.learnTitles(progress: progress)
        case .gaps: return try await catalogue.findGaps(progress: progress)
        case .replay: return try await catalogue.replayScans(progress: progress)
        case .crawl:
            return try await catalogue.crawl(
                input["source"]?.intValue ?? 0, fetch: fetch, job: job.number, progress: progress)
        case .crops: return try await catalogue.proposeCrops(progress: progress)
        case .unsure: return try await catalogue.askAboutUnsureScans()
        case .labels:
            return try await catalogue.proposeLabels(
                by: input["by"]?.stringValue ?? "", again: input["again"]?.boolValue ?? false, progress: progress)
        }
    }
}

/// Says now and then that a worker is alive, and hears whether it should stop.
private final class Pulse: Sendable {
    private let jobs: Jobs
    private let lease: JobLease
    private let show: @Sendable (Double, String) -> Void
    private let last = Mutex<Int64>(.min)

    init(jobs: Jobs, lease: JobLease, show: @escaping @Sendable (Double, String) -> Void) {
        self.jobs = jobs
        self.lease = lease
        self.show = show
    }

    func beat(_ share: Double, _ note: String) async throws {
        show(share, note)
        try Task.checkCancellation()
        let now = monotonicMilliseconds()
        let isDue = last.withLock { last in
            guard last == .min || now - last >= 1_000 else { return false }
            last = now
            return true
        }
        guard isDue else { return }
        if try await jobs.heartbeat(lease, progress: share, note: note) == .stop {
            throw RequestError(status: 410, code: "cancelled", message: "The job was called off.")
        }
    }
}
