internal import Basics
public import Evaluation

/// How often the category of a photo is told rightly: by the model's own word, by the vote of the neighbours, by both.
public struct CategoryMeasure: Sendable {
    private let queries: [SeenPicture]
    private let gallery: [SeenPicture]
    private let bootstrap: Bootstrap
    private let rules: CategoryVote.Rules

    /// Photos with categories, and a catalogue with categories.
    public init(
        queries: [SeenPicture], gallery: [SeenPicture], rules: CategoryVote.Rules = CategoryVote.Rules(),
        bootstrap: Bootstrap = Bootstrap()
    ) {
        self.queries = queries.filter { !$0.file.category.isEmpty }
        self.gallery = gallery.filter { !$0.file.category.isEmpty }
        self.rules = rules
        self.bootstrap = bootstrap
    }

    /// The figures. Intervals draw whole items; the gains are of the same photos.
    ///
    /// - Throws: ``EvaluationError`` when no photo or no picture has a category.
    public func report() throws -> MeasureReport {
        guard !queries.isEmpty, let search = GallerySearch(gallery, rules: rules) else {
            throw EvaluationError("Photos and pictures need categories: a folder above the items', or a column.")
        }
        let floor = gallery.allSatisfy { !$0.floor.isEmpty } ? GallerySearch(gallery, rules: rules, floor: true) : nil
        let names = Labels(queries.map(\.file.label))
        let groups = queries.map { names[$0.file.label] }
        let votes = queries.map { search.vote($0.vector, told: $0.told) }
        let floorVotes = queries.map { query in floor.map { $0.vote(query.floor, told: [:]) } }
        let tells = queries.contains { !$0.told.isEmpty }
        func right(_ told: [String?]) -> [Double] { zip(told, queries).map { $0 == $1.file.category ? 1 : 0 } }
        let word = right(votes.map { $0.detector.first?.category })
        let vote = right(votes.map { $0.votes.first?.category })
        let both = right(votes.map { $0.final?.category })
        func figure(_ values: [Double]) -> Figure? { bootstrap.mean(values, groups: groups) }
        func gain(_ other: [Double]) -> Figure? { figure(zip(both, other).map { $0 - $1 }) }
        let floorVote = floor == nil ? nil : figure(right(floorVotes.map { $0?.votes.first?.category }))
        return MeasureReport(
            "Category: \(queries.count) photos, \(Set(gallery.map(\.file.category)).count) categories",
            facts: [
                ("pictures", .int(Int64(gallery.count))), ("neighbours", .int(Int64(rules.neighbours))),
                ("detectorAccuracy", .double(rules.detectorAccuracy)), ("voteAccuracy", .double(rules.voteAccuracy)),
            ], columns: ["model", "floor/1"],
            rows: [
                .init("the model's word alone", ["model": tells ? figure(word) : nil]),
                .init("the vote alone", ["model": figure(vote), "floor/1": floorVote]),
                .init("both", ["model": figure(both)]),
                .init("gain of both over the word", ["model": tells ? gain(word) : nil]),
                .init("gain of both over the vote", ["model": gain(vote)]),
            ])
    }
}
