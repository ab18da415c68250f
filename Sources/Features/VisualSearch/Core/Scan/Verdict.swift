internal import Foundation

/// Why a scan's answer is empty or weak.
public enum ScanReason: String, Sendable, Hashable, CaseIterable {
    /// No object was seen in the picture.
    case noObject = "no_object"
    /// The catalogue has nothing of this category.
    case categoryOutside = "category_outside"
    /// Something similar is there, but it is probably not the same.
    case belowThreshold = "below_threshold"
    /// It may be the same thing or not: with this model and index no threshold keeps what "same" promises.
    case notSure = "not_sure"
    /// What is there is so unlike that the thing is probably not there.
    case probablyAbsent = "probably_absent"
    /// The filter lets nothing pass.
    case filterExcludedAll = "filter_excluded_all"
    /// Nothing is in the index yet.
    case indexEmpty = "index_empty"
    /// No model is installed.
    case noModel = "no_model"
    /// The picture is of one colour.
    case nothingToSee = "nothing_to_see"
    /// Nobody has measured yet what a score means for this model and index.
    case notCalibrated = "not_calibrated"
    /// A part of the catalogue did not answer in time.
    case partsMissing = "parts_missing"
}

/// What a scan comes to.
public enum Verdict: Sendable, Hashable {
    /// The shop has this very item.
    case sameItem(style: String, probability: Double)
    /// The shop has similar ones; the probability is that of the best being the same.
    case similarOnly(probability: Double)
    /// There is nothing to show.
    case nothing(ScanReason)
    /// What is found is similar; how likely it is the same, nobody has measured.
    case uncalibrated

    /// The name in answers.
    public var name: String {
        switch self {
        case .sameItem: "sameItem"
        case .similarOnly: "similarOnly"
        case .nothing: "nothing"
        case .uncalibrated: "uncalibrated"
        }
    }

    /// How likely the best is the same item, where that is known.
    public var probability: Double? {
        switch self {
        case .sameItem(_, let probability), .similarOnly(let probability): probability
        case .nothing, .uncalibrated: nil
        }
    }
}

/// What tells a right answer from a wrong one.
public struct VerdictFeatures: Sendable, Hashable {
    /// The best style's score.
    public var score: Double
    /// How much better it is than the next.
    public var margin: Double
    /// Share of the best five pictures that show it.
    public var agreement: Double
    /// Probability of the best style's category by the model's word; of the final category where it says none.
    public var category: Double
    /// Variance of the picture's Laplacian.
    public var sharpness: Double
    /// The detector's certainty of the object.
    public var boxScore: Double
    /// The mean cosine of the twenty nearest pictures: one picture may be near by chance, twenty are not.
    public var near: Double
    /// How undecided the model is on the category, 0 to 1.
    public var doubt: Double

    /// The features of a ranking.
    public init(
        _ ranking: SameItemRanking, category: Double, sharpness: Double, boxScore: Double, doubt: Double = 0
    ) {
        self.init(
            score: ranking.groups.first?.score ?? 0, margin: ranking.margin, agreement: ranking.agreement,
            category: category, sharpness: sharpness, boxScore: boxScore, near: ranking.near, doubt: doubt)
    }

    /// Given features.
    public init(
        score: Double, margin: Double, agreement: Double, category: Double, sharpness: Double, boxScore: Double,
        near: Double = 0, doubt: Double = 0
    ) {
        self.score = score
        self.margin = margin
        self.agreement = agreement
        self.category = category
        self.sharpness = sharpness
        self.boxScore = boxScore
        self.near = near
        self.doubt = doubt
    }

    /// How many numbers ``numbers`` has.
    public static let count = 8

    /// As numbers of similar size; what is no number counts as 0. Sharpness spans decades, so its logarithm is taken.
    public var numbers: [Double] {
        let sharp = sharpness > 0 ? log1p(sharpness) / 10 : 0
        return [score, margin, agreement, category, sharp, boxScore, near, doubt].map { $0.isFinite ? $0 : 0 }
    }
}

/// All that bears on the verdict of a scan.
public struct VerdictEvidence: Sendable, Hashable {
    /// What was found.
    public var ranking: SameItemRanking
    /// The category that was searched, if one is known.
    public var category: CategoryVote.Share?
    /// Sharpness of the shown frame.
    public var sharpness: Double
    /// What the model gives the category of the best style; nil where it says nothing of that.
    public var told: Double?
    /// How undecided the model is on the category, 0 to 1.
    public var doubt: Double
    /// The detector's certainty of the object.
    public var boxScore: Double
    /// Whether an object was seen, or the part was chosen by a person.
    public var hasObject: Bool
    /// Entries of the index before any filter.
    public var indexCount: Int
    /// Entries that pass the filter, in all categories.
    public var passingCount: Int
    /// Whether every part of the catalogue answered.
    public var isComplete: Bool

    /// Evidence.
    public init(
        ranking: SameItemRanking, category: CategoryVote.Share? = nil, told: Double? = nil, doubt: Double = 0,
        sharpness: Double = 0, boxScore: Double = 0, hasObject: Bool = true, indexCount: Int, passingCount: Int? = nil,
        isComplete: Bool = true
    ) {
        self.ranking = ranking
        self.category = category
        self.told = told
        self.doubt = doubt
        self.sharpness = sharpness
        self.boxScore = boxScore
        self.hasObject = hasObject
        self.indexCount = indexCount
        self.passingCount = passingCount ?? indexCount
        self.isComplete = isComplete
    }

    /// The features for a calibration.
    public var features: VerdictFeatures {
        VerdictFeatures(
            ranking, category: told ?? category?.probability ?? 0, sharpness: sharpness, boxScore: boxScore,
            doubt: doubt)
    }

    /// Judges; the reason is nil exactly when the very item was found.
    ///
    /// - Parameter calibration: The one of the model and index that answered; nil when there is none.
    public func verdict(by calibration: ScanCalibration?) -> (verdict: Verdict, reason: ScanReason?) {
        guard let best = ranking.groups.first else {
            let reason = emptiness
            return (.nothing(reason), reason)
        }
        guard let model = calibration?.model(for: category?.category) else { return (.uncalibrated, .notCalibrated) }
        let probability = model.probability(features)
        guard model.accepts(probability) else {
            let reason: ScanReason =
                model.refuses(probability)
                ? .probablyAbsent : model.threshold == nil ? .notSure : hasObject ? .belowThreshold : .noObject
            return (.similarOnly(probability: probability), reason)
        }
        // What did not answer may hold a better one.
        guard isComplete else { return (.similarOnly(probability: probability), .partsMissing) }
        return (.sameItem(style: best.style, probability: probability), nil)
    }

    private var emptiness: ScanReason {
        if indexCount == 0 { return isComplete ? .indexEmpty : .partsMissing }
        if passingCount == 0 { return .filterExcludedAll }
        if !isComplete { return .partsMissing }
        return hasObject ? .categoryOutside : .noObject
    }
}
