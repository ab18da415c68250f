internal import Basics
internal import Imaging
internal import Storage

/// When the pictures of a catalogue are looked at for crops and small turns of each other.
struct CropRules: Sendable {
    /// How alike the vectors of two pictures are at least, as a cosine.
    var likeness: Float = 0.8
    /// Neighbours of a picture that are looked at.
    var neighbours = 8
    /// How well the common part correlates at least.
    var correlation = PictureRegistration.worthALook
    /// Most pairs that are laid over each other in one look.
    var most = 50_000
}

/// Crops and small turns: hashes do not survive them, vectors propose, laying one over the other judges, a person decides.
extension Catalogue {
    /// Looks for pictures that are parts of others and asks people about them.
    ///
    /// Of one seller the part is proposed as a copy of the whole; of two sellers it is a hint that two items are one.
    func proposeCrops(
        rules: CropRules = CropRules(), progress: @escaping @Sendable (Double, String) async throws -> Void
    ) async throws -> JSON {
        let samples = try await samples(progress: progress)
        let search = try await search(generation: nil)
        var views = CropViews()
        var counts = (pairs: 0, proposed: 0)
        for (place, sample) in samples.enumerated() {
            guard counts.pairs < rules.most else { break }
            let near = try await environment.work.run {
                try search.index.search(sample.vector, k: rules.neighbours + 1)
            }
            // Each pair once: with the older picture.
            for hit in near where hit.picture < sample.picture && hit.similarity >= rules.likeness {
                guard try await isNew(sample.picture, hit.picture) else { continue }
                counts.pairs += 1
                guard let one = try await view(of: sample.picture, &views),
                    let other = try await view(of: hit.picture, &views)
                else { continue }
                let found = try await environment.work.run {
                    PictureRegistration(one, other, wanted: rules.correlation)
                }
                guard let found, found.correlation >= rules.correlation else { continue }
                counts.proposed += try await propose(found, sample.picture, hit.picture) ? 1 : 0
            }
            if place % 64 == 63 {
                try await progress(Double(place) / Double(samples.count), "\(place + 1) of \(samples.count) pictures")
            }
        }
        return [
            "pictures": .int(Int64(samples.count)), "pairs": .int(Int64(counts.pairs)),
            "proposed": .int(Int64(counts.proposed)),
        ]
    }

    /// Whether nobody was asked about a pair in either order.
    private func isNew(_ one: Int64, _ other: Int64) async throws -> Bool {
        try await database.read { [number] connection in
            for (subject, known) in [(one, other), (other, one)] {
                let review = try ReviewQueries.number(
                    .duplicate, subject: subject, other: known, of: number, connection)
                if review != nil { return false }
            }
            return true
        }
    }

    /// A picture made ready; nil when it cannot be read any more.
    private func view(of picture: Int64, _ views: inout CropViews) async throws -> PictureRegistration.View? {
        if let known = views[picture] { return known }
        guard let bytes = try? await file(of: picture).readAll() else { return nil }
        let view = try await environment.work.run { [limits = options.limits] in
            try? PictureRegistration.View(of: PictureAnalysis.decode(bytes, limits: limits, minimumSide: 128).image)
        }
        if let view { views[picture] = view }
        return view
    }

    private func propose(_ found: PictureRegistration, _ one: Int64, _ other: Int64) async throws -> Bool {
        // The second picture of the registration is `other`.
        let (part, whole) = found.isSecondPart ? (other, one) : (one, other)
        let evidence: JSON = [
            "why": "crop", "correlation": JSON(rounding: found.correlation, places: 4),
            "scale": JSON(rounding: found.scale, places: 4), "angle": JSON(rounding: found.angle, places: 2),
            "x": JSON(rounding: found.x, places: 4), "y": JSON(rounding: found.y, places: 4),
        ]
        return try await database.write { [number] context in
            guard let known = try PictureQueries.picture(part, context.connection),
                let other = try PictureQueries.picture(whole, context.connection),
                let item = try ItemQueries.item(known.item, context.connection),
                let otherItem = try ItemQueries.item(other.item, context.connection)
            else { return false }
            if item.shop == otherItem.shop {
                return try ReviewQueries.propose(
                    .duplicate, subject: part, other: whole, score: found.correlation, evidence: evidence, of: number,
                    in: context)
            }
            let group = try GroupQueries.group(of: item.number, context.connection)
            guard try group == nil || group != GroupQueries.group(of: otherItem.number, context.connection) else {
                return false
            }
            return try ReviewQueries.propose(
                .merge, subject: min(item.number, otherItem.number), other: max(item.number, otherItem.number),
                score: found.correlation, evidence: ["why": "a picture of one is a part of one of the other"],
                of: number, in: context)
        }
    }
}

/// Pictures made ready lately, up to some hundred of them.
private struct CropViews {
    private var views: [Int64: PictureRegistration.View] = [:]
    private var order: [Int64] = []
    private static let most = 256

    subscript(picture: Int64) -> PictureRegistration.View? {
        get { views[picture] }
        set {
            guard views[picture] == nil, let newValue else { return }
            views[picture] = newValue
            order.append(picture)
            if order.count > Self.most { views[order.removeFirst()] = nil }
        }
    }
}
