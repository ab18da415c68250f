internal import Basics
internal import Storage

extension Catalogue {
    /// Fills a catalogue with items whose vectors are made up, for measuring how long scans take in a large one.
    ///
    /// Vectors scatter around a thousand directions, as those of real items do. There are no files behind the pictures,
    /// and the index knows them only after it was built again: when the folder of indexes is deleted between two starts.
    package func plant(_ count: Int, seed: UInt64 = 7, progress: (Double) -> Void = { _ in }) async throws {
        let generation = try await search(generation: nil).index.generation
        let categories = try await categories().filter { $0.top == $0.number }
        var random = SeededRandom(seed: seed)
        func vector(around centre: [Float]?, _ random: inout SeededRandom) -> [Float] {
            (0..<generation.dimensions).map { at in
                (centre?[at] ?? 0) + Float.random(in: -1...1, using: &random) * (centre == nil ? 1 : 0.7)
            }
        }
        let centres = (0..<1_000).map { _ in vector(around: nil, &random) }
        for start in stride(from: 0, to: count, by: 512) {
            let places = start..<min(start + 512, count)
            let vectors = places.map { place -> (Int, [Float]) in
                let raw = vector(around: centres[place % centres.count], &random)
                return (place, UnitVectors.unit(raw) ?? raw)
            }
            try await database.write(bytes: vectors.count * 2_048) { [number] context in
                let shop = try CatalogueQueries.shop("planted", in: context)
                for (place, vector) in vectors {
                    let draft = ItemDraft(
                        sku: "planted-\(place)", shop: "planted", title: "Planted item \(place)",
                        price: Int64(place % 9_999 + 1), currency: "EUR", stock: 3)
                    let item = try ItemQueries.put(
                        draft, category: categories[place % categories.count].number, shop: shop, of: number,
                        in: context)
                    try PictureQueries.plant(
                        vector, place: place, of: item.number, generation: generation.number, number, in: context)
                }
            }
            progress(Double(places.upperBound) / Double(count))
        }
    }
}
