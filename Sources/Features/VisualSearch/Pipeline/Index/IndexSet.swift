internal import Storage
internal import VectorIndex

/// The indexes of a catalogue's generations, and the one task that keeps them up to date.
actor IndexSet {
    private let catalogue: Int64
    private let environment: CatalogueEnvironment
    private var live: [Int64: GenerationIndex] = [:]
    /// The run that was asked for last, and whether it has yet to begin.
    private var last: Task<Void, any Error>?
    private var isLastWaiting = false

    init(catalogue: Int64, _ environment: CatalogueEnvironment) {
        self.catalogue = catalogue
        self.environment = environment
    }

    /// Opens the indexes of all live generations and brings them up to date.
    func open() async throws {
        let generations = try await environment.database.read { [catalogue] in
            try GenerationQueries.all(of: catalogue, $0)
        }
        for generation in generations where generation.state == .live && live[generation.number] == nil {
            let index = makeIndex(generation)
            try await index.open()
            live[generation.number] = index
        }
        try await catchUp()
    }

    private func makeIndex(_ generation: IndexGeneration) -> GenerationIndex {
        GenerationIndex(
            catalogue: catalogue, generation: generation, folder: environment.folder, database: environment.database)
    }

    /// The index of a generation; nil when it is not live.
    func index(of generation: Int64) -> GenerationIndex? { live[generation] }

    /// Brings what was committed before the call into all indexes.
    ///
    /// Runs never overlap. Calls while a run is under way wait for one more run together, which begins after all of
    /// them.
    func catchUp() async throws {
        if let last, isLastWaiting { return try await last.value }
        let before = last
        isLastWaiting = true
        let task = Task {
            _ = try? await before?.value
            self.isLastWaiting = false
            try await self.follow()
        }
        last = task
        try await task.value
    }

    private func follow() async throws {
        for index in live.values {
            while try await index.step() { try Task.checkCancellation() }
        }
        try await trim()
    }

    /// Entries that all live indexes have dealt with are not needed any more.
    private func trim() async throws {
        let names = live.keys.map(GenerationIndex.consumer)
        let database = environment.database
        let isWorthIt = try await database.read { connection in
            try Outbox.entries(after: 0, limit: 1_000, connection).count == 1_000
        }
        guard isWorthIt else { return }
        try await database.write { _ = try Outbox.trim(consumers: names, limit: 1_000, in: $0) }
    }

    /// Builds the index of a generation that has all its vectors and adds it to those that are kept up to date.
    func add(_ generation: IndexGeneration) async throws -> GenerationIndex {
        if let known = live[generation.number] { return known }
        let index = makeIndex(generation)
        try await index.rebuild()
        live[generation.number] = index
        try await catchUp()
        return index
    }

    /// Forgets a generation and deletes its files.
    func remove(_ generation: IndexGeneration) async throws {
        let index = live.removeValue(forKey: generation.number) ?? makeIndex(generation)
        try await index.delete()
        try await environment.database.write {
            try ConsumerOffset.remove(GenerationIndex.consumer(of: generation.number), in: $0)
        }
    }

    /// The indexes of all parts of all generations.
    var all: [VectorIndex] { live.values.flatMap { $0.all.values } }

    /// The parts of each generation by top category.
    var byGeneration: [(generation: Int64, parts: [Int64: VectorIndex])] {
        live.sorted { $0.key < $1.key }.map { ($0.key, $0.value.all) }
    }

    /// What each part holds.
    func partitions() async throws -> [CatalogueStatistics.Partition] {
        let names = try await environment.database.read { [catalogue] connection in
            Dictionary(
                uniqueKeysWithValues: try CatalogueQueries.categories(of: catalogue, connection).map {
                    ($0.number, $0.name)
                })
        }
        return live.sorted { $0.key < $1.key }.flatMap { generation, index in
            index.all.sorted { $0.key < $1.key }.map { top, part in
                CatalogueStatistics.Partition(
                    generation: generation, category: names[top] ?? "", vectors: part.count,
                    bytes: part.statistics.bytes)
            }
        }
    }

    func compact() async throws {
        for index in live.values { try await index.compact() }
    }

    func close() async {
        last?.cancel()
        _ = try? await last?.value
        for index in live.values { await index.close() }
        live = [:]
    }
}
