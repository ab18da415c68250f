import ArgumentParser
import VectorIndex

/// Builds an index of a file of vectors.
struct IndexBuild: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Build an index of the vectors in a NumPy file.",
        discussion: """
              vitrine index build vectors.npy --to shop.index
              vitrine index build vectors.npy --to shop.index --kind ivf --metric euclidean

            The id of a vector is its row, plus --first-id. The folder must not hold an index yet.
            """)

    @Argument(help: "A .npy file: float32 or float16, a row a vector.") var vectors: String
    @Option(help: "The folder to make.") var to: String
    @Option(help: "The id of the first row.") var firstID: UInt64 = 0
    @Flag(help: .hidden) var spreadPrices = false
    @OptionGroup var flags: IndexBuildFlags

    func run() async throws {
        try await explained { try build() }
    }

    private func build() throws {
        let matrix = try NumpyMatrix(path: vectors)
        guard !firstID.addingReportingOverflow(UInt64(matrix.rows)).overflow else {
            throw Failure("The ids would pass 2^64.")
        }
        let schema = try flags.schema(dimensions: matrix.columns)
        var builder = try VectorIndexBuilder(schema: schema, options: flags.options)
        var bar = ProgressBar("reading ")
        for row in 0..<matrix.rows {
            do {
                let attributes = spreadPrices ? SpreadPrices.attributes(row) : VectorAttributes()
                try builder.add(VectorItem(id: firstID + UInt64(row), vector: matrix[row], attributes: attributes))
            } catch {
                throw Failure("Row \(row) of \(vectors): \(error.description).")
            }
            if row & 0xFFF == 0 { bar.show(Double(row) / Double(matrix.rows)) }
        }
        bar.finish()
        bar = ProgressBar("building")
        try builder.finish(at: to) { share in
            bar.show(share)
            return true
        }
        bar.finish()
        let index = try VectorIndex.openForReading(at: to)
        let statistics = index.statistics
        Terminal.say("\(statistics.vectors) vectors of \(matrix.columns) values in \(to)")
        Terminal.say(
            "\(statistics.bytes / 1_048_576) MiB, \(flags.options.kind.map { "\($0.rawValue): asked for" } ?? statistics.choice)"
        )
    }
}
