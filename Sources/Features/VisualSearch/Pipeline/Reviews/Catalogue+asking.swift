internal import Basics
internal import Storage

/// Questions that come from customers: what they called wrong, and what an answer was unsure of.
extension Catalogue {
    /// Asks people about a customer's word, in the transaction that stores it; a new word takes the place of the old.
    static func ask(
        about scan: Int64, _ answer: [UInt8], _ feedback: ScanFeedback, sku: String?, of catalogue: Int64,
        in context: WriteContext
    ) throws {
        try ReviewQueries.dropOpen(.feedback, subject: scan, of: catalogue, in: context)
        guard feedback != .right else { return }
        let told = (try? JSON(parsing: answer)).flatMap(ScanAnswer.init)
        let item = try meant(told, sku: sku, of: catalogue, context.connection)
        var evidence: JSONObject = ["asks": .string(sku == nil ? "not_this" : "is_it_this")]
        evidence["verdict"] = .string(feedback.rawValue)
        try ReviewQueries.propose(
            .feedback, subject: scan, other: item ?? 0, score: 0.5, evidence: .object(evidence), of: catalogue,
            in: context)
    }

    /// The item that a customer names, else the one that the answer put first.
    private static func meant(
        _ answer: ScanAnswer?, sku: String?, of catalogue: Int64, _ connection: Connection
    ) throws -> Int64? {
        if let sku { return try ItemQueries.items(sku: sku, of: catalogue, connection).first?.number }
        guard let offer = (answer?.groups.first ?? answer?.similar.first)?.offers.first else { return nil }
        let items = try ItemQueries.items(sku: offer.sku, of: catalogue, connection)
        return (items.first { $0.draft.shop == offer.seller } ?? items.first)?.number
    }

    /// Asks people about scans that nobody judged and whose best item was near, and not near enough: "is it this?".
    ///
    /// - Parameters:
    ///   - least: how alike the photo and the item are at least, as a cosine.
    ///   - limit: most questions of one look.
    func askAboutUnsureScans(least: Double = 0.7, limit: Int = 200) async throws -> JSON {
        try await database.write { [number] context in
            let scans = try KeptScanQueries.unjudged(of: number, at: context.now, limit: 2_000, context.connection)
            var asked = 0
            for scan in scans where asked < limit {
                switch scan.answer.verdict {
                case .similarOnly, .uncalibrated: break
                case .sameItem, .nothing: continue
                }
                guard let best = scan.answer.similar.first, best.score >= least,
                    let item = try Self.meant(scan.answer, sku: nil, of: number, context.connection)
                else { continue }
                let isNew = try ReviewQueries.propose(
                    .feedback, subject: scan.number, other: item, score: min(1, best.probability ?? best.score),
                    evidence: ["asks": "is_it_this", "likeness": JSON(rounding: best.score, places: 4)], of: number,
                    in: context)
                asked += isNew ? 1 : 0
            }
            return ["scans": .int(Int64(scans.count)), "proposed": .int(Int64(asked))]
        }
    }
}
