/// What waits, in a line for each tenant: each is served in turn, so that one who asks a lot delays himself alone.
struct FairLine {
    private var lines: [Int64: [ModelQueue.Job]] = [:]
    /// Tenants who wait; the first is next.
    private var turns: [Int64] = []
    private(set) var count = 0

    mutating func append(_ job: ModelQueue.Job) {
        if lines[job.tenant] == nil { turns.append(job.tenant) }
        lines[job.tenant, default: []].append(job)
        count += 1
    }

    /// Takes one job out of the line.
    mutating func remove(_ number: UInt64) -> ModelQueue.Job? {
        for (tenant, line) in lines {
            guard let index = line.firstIndex(where: { $0.number == number }) else { continue }
            return take(index, of: tenant)
        }
        return nil
    }

    /// The next job, with others that may share its run.
    mutating func next(
        atMost limit: Int, canShare: (ModelQueue.Job, ModelQueue.Job) -> Bool
    ) -> [ModelQueue.Job] {
        guard let first = popFirst() else { return [] }
        var jobs = [first]
        while jobs.count < limit, let tenant = turns.first, let other = lines[tenant]?.first, canShare(first, other) {
            guard let job = popFirst() else { break }
            jobs.append(job)
        }
        return jobs
    }

    private mutating func popFirst() -> ModelQueue.Job? {
        guard let tenant = turns.first else { return nil }
        turns.removeFirst()
        let job = take(0, of: tenant)
        // To the end of the round, if more of his waits.
        if lines[tenant] != nil {
            turns.removeAll { $0 == tenant }
            turns.append(tenant)
        }
        return job
    }

    private mutating func take(_ index: Int, of tenant: Int64) -> ModelQueue.Job? {
        guard var line = lines[tenant], index < line.count else { return nil }
        let job = line.remove(at: index)
        count -= 1
        if line.isEmpty {
            lines[tenant] = nil
            turns.removeAll { $0 == tenant }
        } else {
            lines[tenant] = line
        }
        return job
    }
}
