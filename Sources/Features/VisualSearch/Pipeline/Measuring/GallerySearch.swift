internal import Kernels

/// A gallery in memory that is asked as a scan asks a catalogue: the vote of the nearest, the ranking of styles, the
/// features of the answer.
struct GallerySearch: Sendable {
    private let vectors: UnitVectors
    private let labels: [String]
    private let categories: [String]
    private let known: Set<String>
    let rules: CategoryVote.Rules

    /// A gallery; nil when a vector has no direction or another number of values.
    init?(_ pictures: [SeenPicture], rules: CategoryVote.Rules = CategoryVote.Rules(), floor: Bool = false) {
        guard let vectors = UnitVectors(pictures.map { floor ? $0.floor : $0.vector }) else { return nil }
        self.vectors = vectors
        self.rules = rules
        labels = pictures.map(\.file.label)
        categories = pictures.map(\.file.category)
        known = Set(categories)
    }

    /// Places and cosines, nearest first.
    ///
    /// - Parameter wanted: only pictures of these categories; nil for all.
    func nearest(
        _ vector: [Float], count: Int, without label: String? = nil, in wanted: Set<String>? = nil
    ) -> [(place: Int, similarity: Float)] {
        guard vector.count == vectors.dimension, let unit = UnitVectors.unit(vector) else { return [] }
        var best = TopK(limit: count)
        for place in 0..<vectors.count where label == nil || labels[place] != label {
            if let wanted, !wanted.contains(categories[place]) { continue }
            best.insert(UInt64(place), distance: 1 - vectors.similarity(place, to: unit))
        }
        return best.sorted().map { (Int($0.number), 1 - $0.distance) }
    }

    /// The category of a picture by the detector's word and the neighbours' vote.
    func vote(_ vector: [Float], told: [String: Double], without label: String? = nil) -> CategoryVote {
        let near = nearest(vector, count: rules.neighbours, without: label).map {
            CategoryVote.Neighbour(category: categories[$0.place], similarity: Double($0.similarity))
        }
        return CategoryVote(detector: told, neighbours: near, categories: known.sorted(), rules: rules)
    }

    /// What is near to a photo in the order of cosine and category together, as a scan ranks it.
    ///
    /// As there, candidates are the nearest of all and the nearest of the likely categories.
    func ranking(_ picture: SeenPicture, floor: Bool = false, without hidden: String? = nil) -> SameItemRanking {
        let told = floor ? [:] : picture.told.filter { known.contains($0.key) }
        let prior = prior(picture, floor: floor)
        let vector = floor ? picture.floor : picture.vector
        let vote = vote(vector, told: told, without: hidden)
        let likely = Set(vote.searched + vote.detector.prefix(2).map(\.category))
        let near =
            nearest(vector, count: 100, without: hidden, in: likely) + nearest(vector, count: 100, without: hidden)
        return SameItemRanking(
            near.map {
                ScanCandidate(
                    picture: Int64($0.place), sku: labels[$0.place], score: Double($0.similarity),
                    category: categories[$0.place])
            }, prior: prior)
    }

    private func prior(_ picture: SeenPicture, floor: Bool) -> CategoryPrior {
        CategoryPrior(floor ? [:] : picture.told.filter { known.contains($0.key) })
    }

    /// What an answer to a photo looks like; with its item there, or as if it were not.
    func example(_ picture: SeenPicture, floor: Bool = false, isPresent: Bool) -> CalibrationExample {
        let hidden = isPresent ? nil : picture.file.label
        let vector = floor ? picture.floor : picture.vector
        let vote = vote(vector, told: floor ? [:] : picture.told, without: hidden)
        let ranking = ranking(picture, floor: floor, without: hidden)
        let features = VerdictFeatures(
            ranking,
            category: prior(picture, floor: floor).probability(ranking.groups.first?.category)
                ?? vote.final?.probability ?? 0, sharpness: picture.sharpness, boxScore: picture.boxScore,
            doubt: floor ? 0 : CategoryPrior.doubt(picture.told))
        return CalibrationExample(
            features: features, category: vote.final?.category ?? "", isPresent: isPresent,
            isRight: ranking.groups.first?.style == picture.file.label)
    }
}
