internal import Basics

/// What a part of a title names.
public enum EntityKind: String, Sendable, Hashable, CaseIterable {
    /// Who makes it.
    case brand
    /// What kind of thing it is.
    case type
    /// The line of products.
    case series
    /// The very product.
    case model
    /// Its colour.
    case colour
    /// What it is made of.
    case material
    /// How large it is.
    case size
}

/// A part of a title that names something.
public struct TitleEntity: Sendable, Hashable {
    /// What it names.
    public var kind: EntityKind
    /// The words, as the title has them.
    public var text: String
    /// Their places among the title's words.
    public var range: Range<Int>

    /// A part of a title.
    public init(kind: EntityKind, text: String, range: Range<Int>) {
        self.kind = kind
        self.text = text
        self.range = range
    }
}

/// A word's part in an entity: outside, at its beginning, or inside (BIO).
enum EntityTag {
    static let count = 1 + 2 * EntityKind.allCases.count
    static let outside = 0

    static func beginning(_ kind: Int) -> Int { 1 + 2 * kind }
    static func inside(_ kind: Int) -> Int { 2 + 2 * kind }

    /// Inside follows the beginning or the inside of the same kind, and nothing else.
    static func may(_ tag: Int, follow before: Int?) -> Bool {
        guard tag != outside, tag % 2 == 0 else { return true }
        return before == tag || before == tag - 1
    }

    static func tags(_ entities: [TitleEntity], count: Int) -> [Int] {
        var tags = [Int](repeating: outside, count: count)
        for entity in entities {
            guard let kind = EntityKind.allCases.firstIndex(of: entity.kind) else { continue }
            for place in entity.range where place < count {
                tags[place] = place == entity.range.lowerBound ? beginning(kind) : inside(kind)
            }
        }
        return tags
    }

    static func entities(_ tags: [Int], tokens: [String]) -> [TitleEntity] {
        var entities: [TitleEntity] = []
        for (place, tag) in tags.enumerated() where tag != outside && tag % 2 == 1 {
            var end = place + 1
            while end < tags.count && tags[end] == tag + 1 { end += 1 }
            let words = Array(tokens[place..<end])
            let isSpaced = words.contains { $0.count > 1 }
            entities.append(
                TitleEntity(
                    kind: EntityKind.allCases[(tag - 1) / 2], text: words.joined(separator: isSpaced ? " " : ""),
                    range: place..<end))
        }
        return entities
    }
}

/// Finds brand, type, series, model, colour, material and size in titles: an averaged perceptron (Collins 2002) that
/// looks for the best row of tags (Viterbi 1967).
public struct TitleTagger: Sendable {
    /// A title whose entities are known.
    public struct Example: Sendable, Hashable {
        /// The title.
        public var title: String
        /// Its entities.
        public var entities: [TitleEntity]

        /// A title with its entities.
        public init(title: String, entities: [TitleEntity]) {
            self.title = title
            self.entities = entities
        }
    }

    private let buckets: Int
    private var weights: [Float]
    /// From a tag to the next; the last row is the beginning of the title.
    private var steps: [Float]

    /// Learns from titles; the outcome follows from the titles, their order and the seed.
    public init(learningFrom examples: [Example], epochs: Int = 6, buckets: Int = 1 << 14, seed: UInt64 = 1) {
        precondition(buckets > 0 && buckets & (buckets - 1) == 0, "not a power of two")
        self.buckets = buckets
        let tags = EntityTag.count
        weights = [Float](repeating: 0, count: buckets * tags)
        steps = [Float](repeating: 0, count: (tags + 1) * tags)
        var sums = (weights: weights, steps: steps)
        let titles = examples.map { example in
            let tokens = TitleText.tokens(example.title)
            return (
                features: Self.features(tokens, buckets: buckets),
                tags: EntityTag.tags(example.entities, count: tokens.count)
            )
        }
        var random = SeededRandom(seed: seed)
        var order = Array(titles.indices)
        var time: Float = 1
        for _ in 0..<epochs {
            order.shuffle(using: &random)
            for place in order {
                learn(titles[place].features, titles[place].tags, time: time, &sums)
                time += 1
            }
        }
        // The mean over all times is the last value less what came late, by how late it came (Daumé 2006).
        for at in weights.indices { weights[at] -= sums.weights[at] / time }
        for at in steps.indices { steps[at] -= sums.steps[at] / time }
    }

    private mutating func learn(
        _ features: [[Int]], _ truth: [Int], time: Float, _ sums: inout (weights: [Float], steps: [Float])
    ) {
        let told = path(features)
        guard told != truth else { return }
        let tags = EntityTag.count
        for place in truth.indices {
            let before = (truth: place > 0 ? truth[place - 1] : tags, told: place > 0 ? told[place - 1] : tags)
            if (before.truth, truth[place]) != (before.told, told[place]) {
                for (at, change) in [(before.truth * tags + truth[place], 1), (before.told * tags + told[place], -1)] {
                    steps[at] += Float(change)
                    sums.steps[at] += time * Float(change)
                }
            }
            guard truth[place] != told[place] else { continue }
            for row in features[place] {
                weights[row * tags + truth[place]] += 1
                weights[row * tags + told[place]] -= 1
                sums.weights[row * tags + truth[place]] += time
                sums.weights[row * tags + told[place]] -= time
            }
        }
    }

    /// The row of tags with the greatest sum, among those that may follow each other.
    private func path(_ features: [[Int]]) -> [Int] {
        let tags = EntityTag.count
        var best = [[Float]]()
        var from = [[Int]]()
        for (place, rows) in features.enumerated() {
            var scores = [Float](repeating: -.infinity, count: tags)
            var origins = [Int](repeating: tags, count: tags)
            for tag in 0..<tags {
                var own: Float = 0
                for row in rows { own += weights[row * tags + tag] }
                if place == 0 {
                    if EntityTag.may(tag, follow: nil) { scores[tag] = own + steps[tags * tags + tag] }
                    continue
                }
                for before in 0..<tags where EntityTag.may(tag, follow: before) {
                    let score = best[place - 1][before] + steps[before * tags + tag] + own
                    if score > scores[tag] { (scores[tag], origins[tag]) = (score, before) }
                }
            }
            best.append(scores)
            from.append(origins)
        }
        guard let last = best.last, var tag = last.indices.max(by: { (last[$0], $1) < (last[$1], $0) }) else {
            return []
        }
        var path = [Int](repeating: 0, count: best.count)
        for place in best.indices.reversed() {
            path[place] = tag
            tag = from[place][tag]
        }
        return path
    }

    /// The entities of a title, in order.
    public func entities(in title: String) -> [TitleEntity] {
        let tokens = TitleText.tokens(title)
        return EntityTag.entities(path(Self.features(tokens, buckets: buckets)), tokens: tokens)
    }

    // MARK: What a word is known by

    private static func features(_ tokens: [String], buckets: Int) -> [[Int]] {
        let words = tokens.map { $0.lowercased() }
        func word(_ place: Int) -> String { words.indices.contains(place) ? words[place] : place < 0 ? "<" : ">" }
        return words.indices.map { place in
            let own = words[place]
            let texts = [
                own, word(place - 1), word(place + 1), word(place - 1) + " " + own, own + " " + word(place + 1),
                word(place - 2) + " " + word(place - 1) + " " + own,
                own + " " + word(place + 1) + " " + word(place + 2),
                shape(tokens[place]), shape(tokens[place]) + " " + word(place - 1), String(own.prefix(2)),
                String(own.suffix(2)), String(own.suffix(3)),
                place == 0 ? "first" : place == words.count - 1 ? "last" : "middle",
            ]
            return texts.enumerated().map { kind, text in
                var hash = StableHash()
                hash.add(kind)
                hash.add(text)
                return hash.place(in: buckets)
            }
        }
    }

    /// Capitals, small letters, digits and other characters as A, a, 1 and x, runs once.
    private static func shape(_ token: String) -> String {
        var shape = ""
        for character in token {
            let kind: Character =
                character.isNumber ? "1" : character.isUppercase ? "A" : character.isLowercase ? "a" : "x"
            if shape.last != kind { shape.append(kind) }
        }
        return shape
    }
}

extension TitleTagger.Example {
    /// A title taught by the catalogue's columns: where a column's value stands in the title, that is the entity.
    ///
    /// Longer values come first and no word is taken twice, so `Dark Blue` is not `Blue`. Nil when no value is found.
    public init?(title: String, columns: [EntityKind: [String]]) {
        let words = TitleText.tokens(title)
        let small = words.map { $0.lowercased() }
        let values = EntityKind.allCases.flatMap { kind in
            columns[kind, default: []].map { (kind: kind, words: TitleText.tokens($0.lowercased())) }
        }.filter { !$0.words.isEmpty }
        var isTaken = [Bool](repeating: false, count: words.count)
        var found: [TitleEntity] = []
        for value in values.sorted(by: { $0.words.count > $1.words.count }) where value.words.count <= words.count {
            for start in 0...words.count - value.words.count {
                let range = start..<start + value.words.count
                guard !range.contains(where: { isTaken[$0] }), Array(small[range]) == value.words else { continue }
                for place in range { isTaken[place] = true }
                let isSpaced = value.words.contains { $0.count > 1 }
                found.append(
                    TitleEntity(
                        kind: value.kind, text: words[range].joined(separator: isSpaced ? " " : ""), range: range))
                break
            }
        }
        guard !found.isEmpty else { return nil }
        self.init(title: title, entities: found.sorted { $0.range.lowerBound < $1.range.lowerBound })
    }
}

/// How well entities are found, by kind.
public struct TaggingFigures: Sendable, Hashable {
    /// Found and right.
    public private(set) var right: [EntityKind: Int] = [:]
    /// Found.
    public private(set) var found: [EntityKind: Int] = [:]
    /// There.
    public private(set) var there: [EntityKind: Int] = [:]

    /// Nothing counted yet.
    public init() {}

    /// Counts a title; an entity is right when kind and words are.
    public mutating func add(found entities: [TitleEntity], truth: [TitleEntity]) {
        for entity in entities {
            found[entity.kind, default: 0] += 1
            if truth.contains(where: { $0.kind == entity.kind && $0.range == entity.range }) {
                right[entity.kind, default: 0] += 1
            }
        }
        for entity in truth { there[entity.kind, default: 0] += 1 }
    }

    /// The harmonic mean of precision and recall of a kind; nil when there is none.
    public func f1(_ kind: EntityKind) -> Double? {
        let both = found[kind, default: 0] + there[kind, default: 0]
        return both == 0 ? nil : 2 * Double(right[kind, default: 0]) / Double(both)
    }
}
