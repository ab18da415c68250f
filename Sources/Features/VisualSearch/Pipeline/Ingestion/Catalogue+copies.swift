internal import Basics
internal import Imaging
internal import Storage

/// The look for copies, before anything else is done with a picture.
extension Catalogue {
    func judge(_ picture: Int64, _ looked: LookedAt, _ bytes: [UInt8]) async throws -> IngestPicture? {
        let known = try await database.read { connection -> CatalogueItem? in
            guard let known = try PictureQueries.picture(picture, connection) else { return nil }
            return try ItemQueries.item(known.item, connection)
        }
        guard let item = known else { return nil }
        let (analysis, sharpness) = try await environment.work.run {
            let analysis = try PictureAnalysis(looked.decoded, of: bytes, seller: item.draft.shop)
            return (analysis, try looked.decoded.image.sharpness())
        }
        if analysis.views[0].signature.isBlank {
            return try await hear(.refused(code: "The picture shows nothing: it is of one colour."), of: picture)
        }
        let size = looked.size
        return try await database.write(bytes: 2_048) { [number, prints, rules = options.duplicates] context in
            guard var machine = try PictureQueries.machine(picture, context.connection) else { return nil }
            try PictureQueries.measured(picture, size: size, sharpness: sharpness, in: context)
            try FingerprintQueries.put(analysis.picture, of: picture, in: number, context)
            let candidates = prints.candidates(for: analysis.views, within: rules.near).filter {
                $0 != picture && $0 != machine.replaces
            }
            let verdict = try Self.verdict(
                on: analysis, of: item, among: candidates, rules: rules, in: number, context)
            if case .review(let other) = verdict {
                try ReviewQueries.propose(
                    .duplicate, subject: picture, other: other, score: 0.5, evidence: [:], of: number, in: context)
            }
            try Self.hear([.finished(.fingerprint), .judged(verdict)], &machine, of: number, in: context)
            prints.add(picture, analysis.picture.fingerprint.difference64)
            return machine
        }
    }

    /// The nearest copy decides; the same picture at another seller is a hint that two items are one.
    private static func verdict(
        on analysis: PictureAnalysis, of item: CatalogueItem, among candidates: [Int64], rules: DuplicateRules,
        in catalogue: Int64, _ context: WriteContext
    ) throws -> IngestJudgement {
        var review: Int64?
        for candidate in candidates.prefix(200) {
            guard let known = try FingerprintQueries.candidate(candidate, context.connection) else { continue }
            switch rules.verdict(on: analysis.picture, views: analysis.views, against: known.known) {
            case .alias: return .alias(candidate)
            case .review: review = review ?? candidate
            case .sharedBySellers(let evidence):
                guard known.item != item.number else { continue }
                try ReviewQueries.propose(
                    .merge, subject: min(known.item, item.number), other: max(known.item, item.number), score: 0.9,
                    evidence: ["why": "one picture of two sellers", "kind": .string(evidence.kind.rawValue)],
                    of: catalogue, in: context)
            case .distinct: continue
            }
        }
        return review.map { .review($0) } ?? .unique
    }
}
