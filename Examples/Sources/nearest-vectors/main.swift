// Keeps vectors in a folder and finds the nearest ones, while they come and go.
//   swift run --package-path Examples nearest-vectors
import Foundation
import VectorIndex

let folder = FileManager.default.temporaryDirectory.appending(path: "vitrine-vectors-\(UUID().uuidString)").path
defer { try? FileManager.default.removeItem(atPath: folder) }

// A colour is a vector of three values; its id is up to us.
let colours: [(id: UInt64, name: String, vector: [Float])] = [
    (1, "red", [0.9, 0.1, 0.1]), (2, "orange", [0.9, 0.5, 0.1]), (3, "green", [0.1, 0.8, 0.2]),
    (4, "blue", [0.1, 0.2, 0.9]), (5, "sky", [0.4, 0.7, 0.95]), (6, "violet", [0.5, 0.1, 0.8]),
]

let schema = try VectorSchema(dimensions: 3, metric: .euclidean)
let index = try VectorIndex.create(at: folder, schema: schema)
for colour in colours {
    let attributes = VectorAttributes(category: colour.vector[2] > 0.5 ? 2 : 1)
    try await index.put(VectorItem(id: colour.id, vector: colour.vector, attributes: attributes))
}

let names = Dictionary(uniqueKeysWithValues: colours.map { ($0.id, $0.name) })
let query: [Float] = [0.3, 0.3, 0.9]
for hit in try index.search(query, k: 3) {
    print(names[hit.id] ?? "?", hit.distance)
}

// Only what a filter lets through.
let warm = try index.search(query, k: 1, filter: VectorFilter(category: 1))
print("nearest of the first category:", warm.first.flatMap { names[$0.id] } ?? "none")

// A removed vector is never found again; compaction takes its bytes out of the files.
try await index.remove(4)
try await index.compact()
print("\(index.count) vectors, nearest now:", try index.search(query, k: 1).first.flatMap { names[$0.id] } ?? "none")
await index.close()
