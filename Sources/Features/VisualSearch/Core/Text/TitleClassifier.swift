internal import Basics
internal import Foundation
internal import Kernels

/// Tells the category of an item by its title: hashed character n-grams and a linear softmax.
///
/// It learns from the catalogue's own category column, in any script: character n-grams need no knowledge of words.
public struct TitleClassifier: Sendable {
    /// A title whose category is known.
    public struct Example: Sendable, Hashable {
        /// The title.
        public var title: String
        /// Its category.
        public var category: String
        /// Who sells it.
        public var seller: String

        /// A title with its category.
        public init(title: String, category: String, seller: String = "") {
            self.title = title
            self.category = category
            self.seller = seller
        }
    }

    /// How it is taught.
    public struct Settings: Sendable, Hashable {
        /// Rows of the table of weights, a power of two.
        public var buckets = 1 << 15
        /// Times that all titles are gone through.
        public var epochs = 8
        /// Length of the first steps; later ones are shorter.
        public var rate: Float = 1
        /// Where the order of the titles comes from.
        public var seed: UInt64 = 1

        /// The defaults.
        public init() {}
    }

    /// The categories that it knows, sorted.
    public let categories: [String]
    let buckets: Int
    /// One row of weights a bucket, one weight a category; the last row is always added.
    private(set) var weights: [Float]

    init(categories: [String], buckets: Int, weights: [Float]) {
        self.categories = categories
        self.buckets = buckets
        self.weights = weights
    }

    /// Learns from titles; the outcome follows from the titles, their order and the settings.
    public init(learningFrom examples: [Example], settings: Settings = Settings()) {
        let rows = examples.map { Self.features($0.title, buckets: settings.buckets) }
        self.init(learningFrom: examples, rows: rows, settings: settings)
    }

    /// - Parameter rows: the features of each title.
    init(learningFrom examples: [Example], rows: [[Int32]], settings: Settings) {
        precondition(settings.buckets > 0 && settings.buckets & (settings.buckets - 1) == 0, "not a power of two")
        let categories = Set(examples.map(\.category)).sorted()
        let numbers = Dictionary(uniqueKeysWithValues: categories.enumerated().map { ($1, $0) })
        self.init(
            categories: categories, buckets: settings.buckets,
            weights: [Float](repeating: 0, count: (settings.buckets + 1) * categories.count))
        let labels = examples.map { numbers[$0.category] ?? 0 }
        var random = SeededRandom(seed: settings.seed)
        var order = Array(examples.indices)
        for epoch in 0..<settings.epochs {
            order.shuffle(using: &random)
            let rate = settings.rate / Float(epoch + 1)
            for place in order { step(rows[place], label: labels[place], rate: rate) }
        }
    }

    private mutating func step(_ features: [Int32], label: Int, rate: Float) {
        let probabilities = softmax(features)
        let scale = rate / Float(features.count).squareRoot()
        let slopes = probabilities.indices.map { scale * (($0 == label ? 1 : 0) - probabilities[$0]) }
        var span = weights.mutableSpan
        addToRows(features.span, of: &span, slopes.span)
    }

    private func softmax(_ features: [Int32]) -> [Float] {
        var sums = [Float](repeating: 0, count: categories.count)
        var span = sums.mutableSpan
        sumRows(features.span, of: weights.span, into: &span)
        // Titles of all lengths shall be equally loud.
        let scale = 1 / Float(features.count).squareRoot()
        let greatest = sums.max() ?? 0
        let powers = sums.map { exp(($0 - greatest) * scale) }
        let total = powers.reduce(0, +)
        return powers.map { $0 / total }
    }

    /// The rows of a title: the places of its n-grams of one to four characters, each once, in order, and the last row,
    /// which is always added.
    static func features(_ title: String, buckets: Int) -> [Int32] {
        let words = TitleText.tokens(title.lowercased()).joined(separator: " ")
        let characters = " \(words) ".map { Array(String($0).utf8) }
        var places: [Int32] = []
        for start in characters.indices {
            var hash = StableHash()
            for length in 1...4 where start + length <= characters.count {
                hash.add(characters[start + length - 1])
                var complete = hash
                complete.add(length)
                places.append(Int32(truncatingIfNeeded: complete.place(in: buckets)))
            }
        }
        places.sort()
        var rows: [Int32] = []
        for place in places where rows.last != place { rows.append(place) }
        return rows + [Int32(truncatingIfNeeded: buckets)]
    }

    /// The categories of a title, likeliest first; the probabilities sum to 1. Empty when nothing was learned.
    public func shares(of title: String) -> [CategoryVote.Share] {
        shares(Self.features(title, buckets: buckets))
    }

    /// The same by the features of a title.
    func shares(_ features: [Int32]) -> [CategoryVote.Share] {
        guard !categories.isEmpty else { return [] }
        return zip(categories, softmax(features))
            .map { CategoryVote.Share(category: $0, probability: Double($1)) }
            .sorted { ($0.probability, $1.category) > ($1.probability, $0.category) }
    }

    /// What the title says instead of the given category, when it is so sure that a person should look.
    public func objection(to category: String, title: String, certainty: Double = 0.8) -> CategoryVote.Share? {
        guard let best = shares(of: title).first, best.category != category else { return nil }
        return best.probability >= certainty ? best : nil
    }
}

extension TitleClassifier {
    /// How well titles of sellers are told that it has not learned from.
    public struct Figures: Sendable, Hashable {
        /// The F1 of each category that has titles.
        public let scores: [String: Double]
        /// Their mean: rare categories count like common ones.
        public var macroF1: Double {
            scores.isEmpty ? 0 : scores.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value } / Double(scores.count)
        }

        /// Figures of answers.
        public init(answers: [(truth: String, told: String)]) {
            var scores: [String: Double] = [:]
            for category in Set(answers.map(\.truth)) {
                let right = answers.count { $0.truth == category && $0.told == category }
                let wrong = answers.count { ($0.truth == category) != ($0.told == category) }
                scores[category] = 2 * Double(right) / Double(2 * right + wrong)
            }
            self.scores = scores
        }
    }

    /// Learns without some sellers and is asked about theirs, until each seller was left out once.
    ///
    /// Titles of one seller are written alike: testing on a seller that was learned from would flatter.
    public static func figures(
        heldOutBySeller examples: [Example], folds: Int = 3, settings: Settings = Settings()
    ) -> Figures {
        let sellers = Set(examples.map(\.seller)).sorted()
        let fold = Dictionary(uniqueKeysWithValues: sellers.enumerated().map { ($1, $0 % max(1, folds)) })
        let rows = examples.map { features($0.title, buckets: settings.buckets) }
        let answers = (0..<max(1, folds)).flatMap { number -> [(truth: String, told: String)] in
            let asked = examples.indices.filter { fold[examples[$0].seller] == number }
            let learned = examples.indices.filter { fold[examples[$0].seller] != number }
            guard !asked.isEmpty, !learned.isEmpty else { return [] }
            let classifier = TitleClassifier(
                learningFrom: learned.map { examples[$0] }, rows: learned.map { rows[$0] }, settings: settings)
            return asked.map { (examples[$0].category, classifier.shares(rows[$0]).first?.category ?? "") }
        }
        return Figures(answers: answers)
    }

    private static let magic: [UInt8] = Array("VTITLE1\n".utf8)

    /// The model as bytes: only rows that were learned.
    public var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.bytes(Self.magic)
        writer.varint(UInt64(buckets))
        writer.varint(UInt64(categories.count))
        for category in categories {
            writer.varint(UInt64(category.utf8.count))
            writer.bytes(category.utf8)
        }
        let width = categories.count
        let used = (0...buckets).filter { row in weights[row * width..<(row + 1) * width].contains { $0 != 0 } }
        writer.varint(UInt64(used.count))
        for row in used {
            writer.varint(UInt64(row))
            for at in 0..<width { writer.bigEndian(UInt64(weights[row * width + at].bitPattern), width: 4) }
        }
        return writer.bytes
    }

    /// Reads a model; nil for bytes that are none.
    public init?(encoded bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        do {
            guard try reader.bytes(Self.magic.count) == Self.magic else { return nil }
            let (buckets, width) = (try reader.varint(), try reader.varint())
            guard buckets.nonzeroBitCount == 1, buckets <= 1 << 22, (1...4096).contains(width) else { return nil }
            // What is allocated stays below 2^26 weights, whatever the bytes say.
            guard (buckets + 1) * width <= 1 << 26 else { return nil }
            var categories: [String] = []
            for _ in 0..<width {
                let count = try reader.varint()
                guard count <= 1000 else { return nil }
                categories.append(String(decoding: try reader.bytes(Int(count)), as: UTF8.self))
            }
            var weights = [Float](repeating: 0, count: (Int(buckets) + 1) * Int(width))
            let used = try reader.varint()
            guard used <= buckets + 1 else { return nil }
            for _ in 0..<used {
                let row = try reader.varint()
                guard row <= buckets else { return nil }
                for at in 0..<Int(width) {
                    let weight = Float(bitPattern: UInt32(truncatingIfNeeded: try reader.bigEndian(width: 4)))
                    guard weight.isFinite else { return nil }
                    weights[Int(row) * Int(width) + at] = weight
                }
            }
            guard reader.isAtEnd else { return nil }
            self.init(categories: categories, buckets: Int(buckets), weights: weights)
        } catch {
            return nil
        }
    }
}
