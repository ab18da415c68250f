package import Basics
import Evaluation
package import Inference
import Storage

/// From which similarity on two vectors of a model count as the same thing, and how often that is wrong.
package struct ModelThreshold: Sendable, Hashable {
    /// Cosines from here on count as the same.
    package let value: Double
    /// The measured share of pairs of different things that it accepts.
    package let falseAcceptRate: Double
    /// The measured share of pairs of the same thing that it accepts.
    package let trueAcceptRate: Double?
    /// How many pairs that was measured on.
    package let pairs: Int
    /// What it was measured on: `evaluation NAME` for the shop's own pictures, else what the manifest says.
    package let source: String

    /// The rates of false accepts that are tried, the strictest first; one needs enough pairs of different things.
    static let wantedRates = [0.001, 0.01, 0.02, 0.05, 0.1]
    /// Pairs that are looked at.
    static let mostPairs = 200_000

    /// The threshold of a manifest, if it names one with its rate.
    init?(_ calibration: ModelManifest.Calibration?) {
        guard let calibration, let value = calibration.threshold, let rate = calibration.falseAcceptRate else {
            return nil
        }
        (self.value, falseAcceptRate, trueAcceptRate) = (value, rate, calibration.trueAcceptRate)
        (pairs, source) = (calibration.pairs ?? 0, "manifest: \(calibration.dataset ?? "not said on what")")
    }

    /// The threshold of a measurement on the shop's own pictures, if they were enough.
    init?(figures: JSON, dataset: String) {
        guard let found = figures["threshold"], let value = found["threshold"]?.doubleValue,
            let rate = found["far"]?.doubleValue
        else { return nil }
        (self.value, falseAcceptRate, trueAcceptRate) = (value, rate, found["tar"]?.doubleValue)
        (pairs, source) = (Int(found["pairs"]?.intValue ?? 0), "evaluation \(dataset)")
    }

    /// As the list of models shows it.
    package var json: JSON {
        [
            "threshold": .double(value), "far": .double(falseAcceptRate),
            "tar": trueAcceptRate.map { .double($0) } ?? .null, "pairs": .int(Int64(pairs)),
            "source": .string(source),
        ]
    }

    /// What a measurement keeps: the threshold of the strictest rate that its pairs can tell; null for too few.
    static func measured(queries: LabelledVectors, gallery: LabelledVectors) -> JSON {
        let all = queries.count.multipliedReportingOverflow(by: gallery.count)
        guard !all.overflow, all.partialValue > 0 else { return .null }
        // Every step-th pair, so that all queries and all of the gallery have their part.
        let step = max(1, all.partialValue / mostPairs)
        let pairs = stride(from: 0, to: all.partialValue, by: step).map { place -> ScoredPair in
            let (query, other) = (place / gallery.count, place % gallery.count)
            return ScoredPair(
                score: cosine(queries, query, gallery, other), first: queries.labels[query],
                second: gallery.labels[other])
        }
        var bootstrap = Bootstrap()
        bootstrap.resamples = 50
        let verification = Verification(pairs, bootstrap: bootstrap)
        for rate in wantedRates {
            guard let found = verification.acceptance(falseAcceptRate: rate) else { continue }
            return [
                "threshold": .double(found.threshold), "far": .double(found.falseAcceptRate),
                "tar": .double(found.trueAcceptRate.value), "wanted_far": .double(rate),
                "pairs": .int(Int64(pairs.count)),
            ]
        }
        return .null
    }

    private static func cosine(_ left: LabelledVectors, _ row: Int, _ right: LabelledVectors, _ other: Int) -> Double {
        let size = left.dimension
        guard right.dimension == size else { return -1 }
        var (dot, own, its) = (0.0, 0.0, 0.0)
        for place in 0..<size {
            let a = Double(left.values[row * size + place]), b = Double(right.values[other * size + place])
            (dot, own, its) = (dot + a * b, own + a * a, its + b * b)
        }
        let lengths = (own * its).squareRoot()
        return lengths > 0 ? dot / lengths : 0
    }
}

extension ModelService {
    /// The threshold of a version: the one that was measured last on the shop's own pictures, else its manifest's. Nil
    /// for models that make no vectors to compare, and for those that nobody measured.
    package func threshold(of entry: ModelEntry) async throws -> ModelThreshold? {
        guard entry.space != nil else { return nil }
        let measured = try await database.read { try ModelRows.measurements(entry.key, $0) }
        let own = measured.sorted { $0.measured > $1.measured }.lazy
            .compactMap { ModelThreshold(figures: $0.figures, dataset: $0.dataset) }.first
        if let own { return own }
        return ModelThreshold(try await manifest(entry.key).calibration)
    }

    /// What serves a role: the version, and its threshold where vectors are compared.
    ///
    /// - Throws: 503 while nothing serves the role.
    package func serving(_ role: ModelRole) async throws -> (entry: ModelEntry, threshold: ModelThreshold?) {
        guard let active = try await registry().active(role) else {
            throw RequestError.resourceLimit("No model is active for the role \(role.rawValue).")
        }
        return (active, try await threshold(of: active))
    }

    /// Refuses a version whose vectors would be compared without anybody knowing how often that is wrong.
    func requireThreshold(_ key: ModelKey) async throws {
        guard let entry = try await registry()[key], entry.space != nil, try await threshold(of: entry) == nil else {
            return
        }
        throw RequestError(
            status: 409, code: "VITRINE_THRESHOLD",
            message: "\(key) has no threshold with its measured rate of false accepts. Evaluate it on pictures of "
                + "several things first, or name one in the manifest's calibration.")
    }
}
