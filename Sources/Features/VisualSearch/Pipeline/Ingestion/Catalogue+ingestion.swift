internal import Basics
internal import Imaging
internal import Storage

/// The way of one picture from its stored bytes to the index. Everything may be done twice.
extension Catalogue {
    /// Takes a picture as far as it goes: to its vector, to the picture it is a copy of, or to a refusal.
    ///
    /// - Returns: Where it stands; a step that failed is tried again by ``finishPending()`` when its time has come.
    @discardableResult
    func advance(_ picture: Int64) async throws -> IngestPicture? {
        guard var machine = try await machine(of: picture) else { return nil }
        guard let first = machine.nextStep, first != .index, first != .show else { return machine }
        if machine.retryAt != nil {
            guard let due = try await hear(.due, of: picture), due.retryAt == nil else { return machine }
            machine = due
        }
        do {
            return try await carryOut(machine)
        } catch let error as RequestError where error.status == 503 {
            throw error
        } catch let fault as IngestFault {
            throw fault
        } catch {
            guard let step = try await self.machine(of: picture)?.nextStep else { throw error }
            return try await hear(.failed(step, reason: "\(error)", isLasting: false), of: picture)
        }
    }

    private func carryOut(_ machine: IngestPicture) async throws -> IngestPicture? {
        let bytes = try await file(of: machine.id).readAll()
        let looked: LookedAt
        do {
            looked = try await environment.work.run { [limits = options.limits] in
                try LookedAt(bytes, limits: limits)
            }
        } catch let error as ImageError {
            return try await hear(.refused(code: error.description), of: machine.id)
        }
        var now: IngestPicture? = machine
        if let step = machine.nextStep, !step.isAfterVerdict {
            now = try await judge(machine.id, looked, bytes)
            try options.faultPoint("judged")
        }
        if let step = now?.nextStep, step.isAfterVerdict {
            now = try await embed(machine.id, looked)
            try options.faultPoint("embedded")
        }
        return now
    }

    private func machine(of picture: Int64) async throws -> IngestPicture? {
        try await database.read { try PictureQueries.machine(picture, $0) }
    }

    /// Tells a picture's machine of something and keeps what comes of it.
    @discardableResult
    func hear(_ event: IngestEvent, of picture: Int64) async throws -> IngestPicture? {
        try await database.write { [number] context in
            guard var machine = try PictureQueries.machine(picture, context.connection) else { return nil }
            try Self.hear([event], &machine, of: number, in: context)
            return machine
        }
    }

    /// Events into actions into rows, in the caller's transaction.
    static func hear(
        _ events: [IngestEvent], _ machine: inout IngestPicture, of catalogue: Int64, in context: WriteContext
    ) throws {
        var actions: [IngestAction] = []
        for event in events { actions += machine.received(event, at: context.now) }
        try PictureQueries.save(machine, of: catalogue, in: context)
        for action in actions {
            switch action {
            // Told by the machine's own row, or by the rows of reviews and removals beside it.
            case .run, .wait, .report, .dropAlias, .alias, .openReview, .closeReview, .freeAliases, .releaseBlob: break
            case .takeOut: try CatalogueEvent.picture(machine.id).append(to: catalogue, in: context)
            case .remove(let old):
                let removal = try RemovalQueries.insert(
                    kind: "replaced", subject: "picture \(old)", by: "", of: catalogue, in: context)
                try RemovalQueries.markPicture(old, removal: removal, in: context)
                try settle(removal, of: catalogue, in: context)
            }
        }
    }

    // MARK: Vectors

    private func embed(_ picture: Int64, _ looked: LookedAt) async throws -> IngestPicture? {
        let (known, generations) = try await database.read { [number] connection in
            (
                try PictureQueries.box(of: picture, connection),
                try GenerationQueries.all(of: number, connection).filter { $0.state != .dropped }
            )
        }
        var makers: [(generation: Int64, embedder: any PictureEmbedder)] = []
        for generation in generations {
            if let embedder = try await embedder(of: generation) { makers.append((generation.number, embedder)) }
        }
        // A merchant's picture is of one thing and is looked at whole, as models are trained and measured, unless a person
        // drew a box; a customer's photo is not (`CatalogueModels.customerRules`).
        let vectors = try await environment.work.run { [makers] in
            let crop = try looked.crop(known.flatMap { UnitBox($0, in: looked.size) } ?? .full)
            return try makers.map { ($0.generation, try $0.embedder.vector(of: crop)) }
        }
        return try await database.write(bytes: 4_096) { [number] context in
            guard var machine = try PictureQueries.machine(picture, context.connection) else { return nil }
            guard let step = machine.nextStep, step.isAfterVerdict else { return machine }
            for (generation, vector) in vectors {
                try GenerationQueries.put(vector, of: picture, generation: generation, in: context)
            }
            try Self.hear(
                [.finished(.locate), .finished(.categorise), .finished(.embed)], &machine, of: number, in: context)
            try CatalogueEvent.picture(picture).append(to: number, in: context)
            return machine
        }
    }

    // MARK: What is left over

    /// Takes all pictures that are on their way as far as they go: after a start, and when failed steps are due again.
    ///
    /// - Returns: How many were taken up.
    @discardableResult
    public func finishPending() async throws -> Int {
        var count = 0
        var last: Int64 = 0
        while true {
            let page = try await database.read { [number, last, now = database.now] connection in
                try PictureQueries.pending(of: number, after: last, at: now, limit: 64, connection)
            }
            guard let end = page.last else { break }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for picture in page { group.addTask { try await self.advance(picture) } }
                try await group.waitForAll()
            }
            last = end
            count += page.count
        }
        if count > 0 { try await indexes.catchUp() }
        return count
    }
}

/// A stop that a test asked for: passes through everything.
package struct IngestFault: Error, Hashable {
    /// Where.
    package let point: String

    /// A stop at a point.
    package init(_ point: String) { self.point = point }
}
