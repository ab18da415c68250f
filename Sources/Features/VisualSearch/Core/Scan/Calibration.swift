public import Basics
internal import Foundation

/// What the features of an answer say about its being right: a logistic model and the least probability that counts.
public struct CalibrationModel: Sendable, Hashable {
    /// One weight a feature.
    public var weights: [Double]
    /// What is added.
    public var bias: Double
    /// From this probability on it is the same item; nil when no threshold keeps the promises.
    public var threshold: Double?
    /// Below this probability the item is probably not there; nil when that was not measured.
    public var unlikely: Double?
    /// From how many examples it was fitted.
    public var examples: Int

    /// A model of the given values.
    public init(weights: [Double], bias: Double, threshold: Double?, unlikely: Double? = nil, examples: Int) {
        self.weights = weights
        self.bias = bias
        self.threshold = threshold
        self.unlikely = unlikely
        self.examples = examples
    }

    /// How likely the best style is the very item, 0 to 1.
    public func probability(_ features: VerdictFeatures) -> Double {
        LogisticFit.sigmoid(zip(weights, features.numbers).reduce(bias) { $0 + $1.0 * $1.1 })
    }

    /// Whether a probability is enough to say that it is the same item.
    public func accepts(_ probability: Double) -> Bool { threshold.map { probability >= $0 } ?? false }

    /// Whether a probability is so small that the item is probably not there.
    public func refuses(_ probability: Double) -> Bool {
        !accepts(probability) && unlikely.map { probability < $0 } ?? false
    }
}

/// One question whose answer is known.
public struct CalibrationExample: Sendable, Hashable {
    /// What the answer looked like.
    public var features: VerdictFeatures
    /// The category that was searched.
    public var category: String
    /// Whether the item was in the catalogue when it was asked.
    public var isPresent: Bool
    /// Whether the best style was the right one; never so for an absent item.
    public var isRight: Bool
    /// Who asked, if this is feedback; the shop's own photos have nobody.
    public var visitor: String?
    /// The day of the feedback, counted from any day.
    public var day: Int

    /// An example.
    public init(
        features: VerdictFeatures, category: String, isPresent: Bool, isRight: Bool, visitor: String? = nil,
        day: Int = 0
    ) {
        self.features = features
        self.category = category
        self.isPresent = isPresent
        self.isRight = isRight && isPresent
        self.visitor = visitor
        self.day = day
    }
}

/// What scores mean for one model and one index: per category where there are examples enough, else over all.
///
/// Each held-out photo is asked twice, with its SKU in the catalogue and without it, so absent items are known to be
/// absent. In what order answers stand is learnt from right answers against absent items: a wrong answer although the item
/// is there looks like neither. What a place in that order means is then Platt's probability (1999) over all answers, both
/// fitted by Newton's method.
public struct ScanCalibration: Sendable, Hashable {
    /// What has to be promised, and from how many examples.
    public struct Rules: Sendable, Hashable {
        /// Fewest examples of a category, or of all.
        public var examples = 200
        /// Least share of right ones among the answers "same item".
        public var precision = 0.95
        /// Fewest answers "same item" from which their precision is judged: 0.95 cannot be seen on fewer than twenty.
        public var accepted = 20
        /// Least probability: what is more likely wrong than right is never called the same item, whatever the shares say.
        public var probability = 0.5
        /// Most share of absent items that are answered with "same item".
        public var falseAccepts = 0.05
        /// Most share of right answers of which it is said that the item is probably not there.
        public var missed = 0.1
        /// Most examples that one visitor can give on one day.
        public var perVisitorAndDay = 5

        /// The rules.
        public init() {}
    }

    /// The model and index that it was measured for.
    public let generation: String
    /// Over all categories.
    public let global: CalibrationModel
    /// Of the categories with examples enough.
    public let categories: [String: CalibrationModel]

    /// Models of the given values.
    public init(generation: String, global: CalibrationModel, categories: [String: CalibrationModel]) {
        self.generation = generation
        self.global = global
        self.categories = categories
    }

    /// Fits to examples; nil when there are too few.
    ///
    /// - Parameter strangers: answers to photos of things that no catalogue of the shop ever had. They shape the order of
    ///   answers, not the probability: nobody knows how often such photos come.
    public init?(
        generation: String, fitting examples: [CalibrationExample], strangers: [CalibrationExample] = [],
        rules: Rules = Rules()
    ) {
        let admitted = Self.admitted(examples, rules: rules)
        guard let global = Self.fit(admitted, strangers, rules: rules) else { return nil }
        let byCategory = Dictionary(grouping: admitted, by: \.category)
        self.init(
            generation: generation, global: global,
            categories: byCategory.compactMapValues { Self.fit($0, strangers, rules: rules) })
    }

    /// The model for a category.
    public func model(for category: String?) -> CalibrationModel {
        category.flatMap { categories[$0] } ?? global
    }

    /// Without what one visitor gave beyond a few a day: nobody shall turn the shop's threshold alone.
    public static func admitted(_ examples: [CalibrationExample], rules: Rules = Rules()) -> [CalibrationExample] {
        struct Day: Hashable {
            let visitor: String
            let day: Int
        }
        var given: [Day: Int] = [:]
        return examples.filter { example in
            guard let visitor = example.visitor else { return true }
            given[Day(visitor: visitor, day: example.day), default: 0] += 1
            return given[Day(visitor: visitor, day: example.day), default: 0] <= rules.perVisitorAndDay
        }
    }

    private static func fit(
        _ examples: [CalibrationExample], _ strangers: [CalibrationExample], rules: Rules
    ) -> CalibrationModel? {
        guard examples.count >= rules.examples else { return nil }
        let clear = examples.filter { $0.isRight || !$0.isPresent } + strangers
        let order = LogisticFit(rows: clear.map(\.features.numbers), labels: clear.map(\.isRight))
        let places = examples.map { [order.activation($0.features.numbers)] }
        let meaning = LogisticFit(rows: places, labels: examples.map(\.isRight))
        let scale = meaning.weights.first ?? 0
        var model = CalibrationModel(
            weights: order.weights.map { $0 * scale }, bias: order.bias * scale + meaning.bias, threshold: nil,
            examples: examples.count)
        model.threshold = threshold(
            examples.map { (model.probability($0.features), $0.isRight, $0.isPresent) }, rules: rules)
        model.unlikely = unlikely(
            examples.filter(\.isRight).map { model.probability($0.features) }, rules: rules)
        return model
    }

    /// The largest probability below which no more of the right answers lie than may be missed; nil for too few answers.
    static func unlikely(_ right: [Double], rules: Rules) -> Double? {
        guard right.count >= rules.accepted else { return nil }
        return right.sorted()[min(Int(rules.missed * Double(right.count)), right.count - 1)]
    }

    /// The smallest probability at which both promises hold on the examples; nil when there is none.
    static func threshold(
        _ answers: [(probability: Double, isRight: Bool, isPresent: Bool)], rules: Rules
    ) -> Double? {
        let absent = answers.count { !$0.isPresent }
        let ranked = answers.sorted { $0.probability > $1.probability }
        var (accepted, right, falseAccepts) = (0, 0, 0)
        var best: Double?
        for (place, answer) in ranked.enumerated() {
            accepted += 1
            right += answer.isRight ? 1 : 0
            falseAccepts += answer.isPresent ? 0 : 1
            // Equal probabilities pass together or not at all.
            if place + 1 < ranked.count, ranked[place + 1].probability == answer.probability { continue }
            guard accepted >= rules.accepted, answer.probability >= rules.probability else { continue }
            let isPrecise = Double(right) >= rules.precision * Double(accepted)
            if isPrecise && Double(falseAccepts) <= rules.falseAccepts * Double(absent) { best = answer.probability }
        }
        return best
    }
}

extension CalibrationModel {
    /// As it is stored.
    public var json: JSON {
        [
            "weights": .array(weights.map { JSON.double($0) }), "bias": .double(bias),
            "threshold": threshold.map { JSON.double($0) } ?? .null,
            "unlikely": unlikely.map { JSON.double($0) } ?? .null, "examples": .int(Int64(examples)),
        ]
    }

    /// Reads what was stored; nil for what is none, or has another number of features.
    public init?(_ json: JSON?) {
        guard let json, let bias = json["bias"]?.doubleValue, let examples = json["examples"]?.intValue,
            let weights = json["weights"]?.arrayValue?.map(\.doubleValue), weights.count == VerdictFeatures.count,
            !weights.contains(nil), let count = Int(exactly: examples)
        else { return nil }
        self.init(
            weights: weights.compactMap { $0 }, bias: bias, threshold: json["threshold"]?.doubleValue,
            unlikely: json["unlikely"]?.doubleValue, examples: count)
    }
}
