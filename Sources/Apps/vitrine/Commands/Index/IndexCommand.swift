public import ArgumentParser
public import VectorIndex

/// Everything about indexes of vectors.
struct IndexCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index",
        abstract: "Build and search indexes of vectors.",
        discussion: """
            An index is a folder. It finds the vectors nearest to a query among very many. Vectors come from NumPy \
            files (float32 or float16, a row a vector); row numbers are their ids.

            Build one, search it, see how good it is:

              vitrine index build vectors.npy --to shop.index
              vitrine index search shop.index queries.npy -k 5
              vitrine index recall shop.index --queries queries.npy

            Check its files, bring back the space of removed vectors, change it, measure its speed:

              vitrine index verify shop.index
              vitrine index compact shop.index
              vitrine index maintain shop.index
              vitrine index apply shop.index < changes.jsonl
              vitrine index bench --vectors vectors.npy --queries queries.npy

            The same in Swift is the library VectorIndex.
            """,
        subcommands: [
            IndexBuild.self, IndexSearch.self, IndexStats.self, IndexVerify.self, IndexCompact.self, IndexRecall.self,
            IndexMaintain.self, IndexApply.self, IndexBench.self, IndexBenchWrites.self,
        ])
}

extension VectorMetric: ExpressibleByArgument {}
extension VectorEncoding: ExpressibleByArgument {}
extension VectorIndexKind: ExpressibleByArgument {}

/// Flags that say how an index is built.
struct IndexBuildFlags: ParsableArguments {
    @Option(help: "How distances are measured: cosine, innerProduct or euclidean.")
    var metric: VectorMetric = .cosine

    @Option(
        help: "How values are stored: int12 (1.5 bytes each), float16, or int4 (1.5 bytes, a third of them in memory).")
    var encoding: VectorEncoding = .int12

    @Option(help: "What finds neighbours: flat, ivf or hnsw. Left out, the number of vectors decides.")
    var kind: VectorIndexKind?

    @Option(help: "Random choices follow from this number.")
    var seed: UInt64 = 1

    @Option(help: "Links a vector makes on each level of a graph.")
    var degree = 16

    @Option(help: "Links a vector may have on the lowest level.")
    var groundDegree = 22

    @Option(help: "Candidates looked at for them: more builds slower and finds better.")
    var buildEffort = 100

    @Option(help: "The share of true neighbours that searches aim at unless told otherwise.")
    var targetRecall = 0.97

    func schema(dimensions: Int) throws -> VectorSchema {
        try VectorSchema(dimensions: dimensions, metric: metric, encoding: encoding)
    }

    var options: VectorIndexOptions {
        VectorIndexOptions(
            kind: kind, seed: seed, degree: degree, groundDegree: groundDegree, buildEffort: buildEffort,
            targetRecall: targetRecall)
    }
}

/// Runs a piece of a command so that its errors are sentences.
func explained<Result>(_ body: () async throws -> Result) async throws -> Result {
    do {
        return try await body()
    } catch let error as VectorIndexError {
        throw Failure(error.description)
    }
}
