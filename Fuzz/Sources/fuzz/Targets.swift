/// A parser under test.
struct Target: Sendable {
    /// What is run on bytes from outside; it may refuse them, and must not trap, hang or grow without bound.
    let run: @Sendable ([UInt8]) -> Void
    /// Sound inputs to start from.
    let seeds: @Sendable () throws -> [[UInt8]]

    init(
        seeds: @escaping @Sendable () throws -> [[UInt8]] = { [] },
        run: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.run = run
        self.seeds = seeds
    }
}

/// Everything that reads bytes from outside. A module adds a table in a file of its own, and the table's name here.
enum Targets {
    static let all: [String: Target] = [
        imaging, inference, learning, search, shards, vectors, video,
    ].reduce(into: [:]) { all, table in
        all.merge(table) { first, _ in first }
    }
}
