import ArgumentParser
import Basics
import VectorIndex

/// Searches an index for the rows of a file.
struct IndexSearch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Find the vectors nearest to each row of a NumPy file.",
        discussion: """
              vitrine index search shop.index queries.npy -k 5
              vitrine index search shop.index queries.npy --json --tenant 3 --price 1000-5000 | head -n 1

            A line a query: its row, then id:distance, nearest first.
            """)

    @Argument(help: "The index's folder.") var index: String
    @Argument(help: "A .npy file of queries.") var queries: String
    @Option(name: .shortAndLong, help: "How many neighbours.") var k = 10
    @Option(help: "How many candidates a search keeps. Left out, what reached the target recall.") var effort: Int?
    @Option(help: "Only vectors of this tenant.") var tenant: UInt32?
    @Option(help: "Only vectors of this category.") var category: UInt16?
    @Option(help: "Only vectors with at least one of these bits.") var anyFlag: UInt16?
    @Option(help: "Only vectors with a price in this range, such as 1000-5000.") var price: String?
    @Flag(help: "Print a JSON object a line.") var json = false

    func run() async throws {
        try await explained {
            let opened = try VectorIndex.openForReading(at: index)
            let matrix = try NumpyMatrix(path: queries)
            let filter = VectorFilter(
                tenant: tenant, category: category, anyFlag: anyFlag, price: try priceRange())
            let isOpen = filter == VectorFilter()
            for row in 0..<matrix.rows {
                let hits = try opened.search(matrix[row], k: k, filter: isOpen ? nil : filter, effort: effort)
                Terminal.say(json ? object(row, hits).text : line(row, hits))
            }
        }
    }

    private func priceRange() throws -> ClosedRange<UInt32>? {
        guard let price else { return nil }
        let ends = price.split(separator: "-", omittingEmptySubsequences: false).map { UInt32($0) }
        guard ends.count == 2, let low = ends[0], let high = ends[1], low <= high else {
            throw Failure("\(price) is no range of prices; 1000-5000 is one.")
        }
        return low...high
    }

    private func line(_ row: Int, _ hits: [VectorHit]) -> String {
        ([String(row)] + hits.map { "\($0.id):\($0.distance)" }).joined(separator: "\t")
    }

    private func object(_ row: Int, _ hits: [VectorHit]) -> JSON {
        // Ids are strings: they have 64 bits, a JSON number keeps 53.
        let found = hits.map { hit -> JSON in
            ["id": .string(String(hit.id)), "distance": .double(Double(hit.distance))]
        }
        return ["query": .int(Int64(row)), "hits": .array(found)]
    }
}
