internal import Basics
internal import Foundation

/// A teacher's vectors of the pictures that are learnt from.
///
/// They come from a safetensors file with `embeddings` [n, d] and, in the metadata under `ids`, a JSON list of the n
/// pictures' names as `vitrine-train embed` writes them: `source/id`.
struct TeacherTable {
    private let vectors: Tensor
    private let places: [Int?]

    /// The dimension of the vectors.
    var dimension: Int { vectors.length(1) }

    /// The vectors of the samples of a data set; a sample without one learns nothing from the teacher.
    init(contentsOf file: URL, for dataset: Dataset) throws {
        let content = try Safetensors(contentsOf: file)
        let limits = JSONLimits(maximumBytes: 1 << 30)
        let ids = content.metadata["ids"].flatMap { try? JSON(parsing: Array($0.utf8), limits: limits) }?.arrayValue
        guard let table = content.tensors["embeddings"], table.shape.count == 2, let ids, ids.count == table.shape[0]
        else {
            throw RunError.damaged(
                file.path, reason: "it needs embeddings [n, d] and a list ids of n names in its metadata")
        }
        let rows = Dictionary(
            ids.enumerated().compactMap { place, id in id.stringValue.map { ($0, place) } },
            uniquingKeysWith: { first, _ in first })
        places = dataset.samples.map { rows["\($0.source)/\($0.id)"] ?? rows[$0.id] }
        guard places.contains(where: { $0 != nil }) else {
            throw RunError.data(["\(file.path) knows none of the pictures: its ids must be source/id"])
        }
        vectors = Tensor(table).to(.float32)
    }

    /// The share of the samples that it knows.
    var share: Double { Double(places.count { $0 != nil }) / Double(max(places.count, 1)) }

    /// Which rows of a batch it knows, and their vectors.
    func rows(_ indexes: [Int]) -> (own: [Int], vectors: Tensor)? {
        let found = indexes.enumerated().compactMap { row, index -> (Int, Int)? in
            guard places.indices.contains(index), let place = places[index] else { return nil }
            return (row, place)
        }
        return found.isEmpty ? nil : (found.map(\.0), vectors.taking(Tensor(found.map(\.1))))
    }
}
