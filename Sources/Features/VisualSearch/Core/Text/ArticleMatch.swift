/// Finds articles about a thing by what its title names.
public struct ArticleMatch: Sendable, Hashable {
    /// A term of the full-text index and how much it says.
    public struct Term: Sendable, Hashable {
        /// The term, as ``TitleText/searchTerms(_:)`` cuts it.
        public var text: String
        /// How much it says, above 0.
        public var weight: Double
    }

    private struct Phrase: Sendable, Hashable {
        let kind: EntityKind
        let text: String
        let terms: [String]
    }

    private let phrases: [Phrase]
    /// What an article has to reach to be about the thing: its model, or its brand with a type or series.
    public static let leastScore = 3.0

    /// What is looked for, from the entities of an item; those of several items are joined.
    public init(_ entities: [TitleEntity]) {
        struct Key: Hashable {
            let kind: EntityKind
            let terms: [String]
        }
        var seen: Set<Key> = []
        phrases = entities.compactMap { entity in
            let terms = TitleText.searchTerms(entity.text)
            guard Self.weight(entity.kind) > 0, !terms.isEmpty,
                seen.insert(Key(kind: entity.kind, terms: terms)).inserted
            else { return nil }
            return Phrase(kind: entity.kind, text: entity.text, terms: terms)
        }
    }

    /// Colours and sizes say nothing about what an article is on.
    private static func weight(_ kind: EntityKind) -> Double {
        switch kind {
        case .model: 3
        case .brand, .series: 2
        case .type: 1
        case .material: 0.5
        case .colour, .size: 0
        }
    }

    /// The terms to search for, those that say most first.
    public var terms: [Term] {
        var weights: [String: Double] = [:]
        for phrase in phrases {
            for term in phrase.terms { weights[term] = max(weights[term] ?? 0, Self.weight(phrase.kind)) }
        }
        return weights.map { Term(text: $0.key, weight: $0.value) }
            .sorted { ($0.weight, $1.text) > ($1.weight, $0.text) }
    }

    /// The terms as a query of a full-text index: any of them, each quoted so that none is an operator. Nil for none.
    public var query: String? {
        let words = terms.map { "\"" + $0.text.replacing("\"", with: "") + "\"" }
        return words.isEmpty ? nil : words.joined(separator: " OR ")
    }

    /// How much an article is about the thing: the weights of the entities whose terms it has one after the other.
    public func score(title: String, body: String) -> Double { finding(title: title, body: body).score }

    /// What of the thing an article names, and how much that says.
    public struct Finding: Sendable, Hashable {
        /// The sum of the weights.
        public let score: Double
        /// What is named, such as `brand Acme, type boots`; those that say most first.
        public let reason: String
    }

    /// What of the thing an article names.
    public func finding(title: String, body: String) -> Finding {
        let texts = [TitleText.searchTerms(title), TitleText.searchTerms(body)]
        let named = phrases.filter { phrase in texts.contains { Self.contains($0, phrase.terms) } }
            .sorted { (Self.weight($0.kind), $1.text) > (Self.weight($1.kind), $0.text) }
        return Finding(
            score: named.reduce(0) { $0 + Self.weight($1.kind) },
            reason: named.map { "\($0.kind.rawValue) \($0.text)" }.joined(separator: ", "))
    }

    /// Whether an article is worth showing beside the thing.
    public func isAbout(title: String, body: String) -> Bool { score(title: title, body: body) >= Self.leastScore }

    private static func contains(_ terms: [String], _ phrase: [String]) -> Bool {
        guard let first = phrase.first, phrase.count <= terms.count else { return false }
        return (0...terms.count - phrase.count).contains { start in
            terms[start] == first && terms[start..<start + phrase.count].elementsEqual(phrase)
        }
    }
}
