internal import Basics
internal import Evaluation
internal import Imaging
internal import Storage

/// Who may let a new space answer.
public struct SwitchGate: Sendable, Hashable {
    /// A folder or a table of customers' photos of items that the catalogue has, as ``LabelledFile/read(_:)`` takes it; nil
    /// for the photos that customers said something about.
    public var photos: String?
    /// Why a person lets the new space answer although the gate does not; kept in the log. Nil where nobody does.
    public var override: String?

    /// A gate.
    public init(photos: String? = nil, override: String? = nil) {
        self.photos = photos
        self.override = override
    }

    var json: JSON {
        ["photos": photos.map { .string($0) } ?? .null, "override": override.map { .string($0) } ?? .null]
    }

    init(_ json: JSON?) { self.init(photos: json?["photos"]?.stringValue, override: json?["override"]?.stringValue) }
}

/// A switch from one space to another that was asked for, and what came of it.
public struct SpaceSwitch: Sendable, Hashable {
    /// Its number.
    public let number: Int64
    /// The generation that answered.
    public let from: Int64
    /// The generation that was to answer.
    public let to: Int64
    /// Whether it answers since.
    public let isDone: Bool
    /// Why, with figures.
    public let reason: String
    /// What a person said who overruled the gate; nil where nobody did.
    public let override: String?
    /// When, in milliseconds since 1970.
    public let milliseconds: Int64
}

extension Catalogue {
    /// Judges whether a filled generation may answer instead of the one that does, and lets it if so.
    ///
    /// The same photos are asked of both; the new space may answer if it finds the right item first at least as often and
    /// a loss of half a point can be excluded (``Gate``). With photos enough its calibration is fitted before. What came
    /// of it is kept, an override too. Where the old space cannot be asked any more, or nothing is in the catalogue, there
    /// is nothing to lose and no gate.
    func pass(
        _ gate: SwitchGate, to new: IndexGeneration, progress: @Sendable (Double, String) async throws -> Void
    ) async throws -> (isDone: Bool, reason: String) {
        let known = try await database.read { [number] connection in
            try GenerationQueries.all(of: number, connection)
        }
        let serving = try await database.read { [number] in try CatalogueQueries.numbered(number, $0)?.serving }
        let old = known.first { $0.number == serving }
        let (passes, reason) = try await judge(gate, old, new, progress: progress)
        let isDone = passes || gate.override != nil
        if isDone { try await serve(generation: new.number) }
        try await database.write { [number] context in
            try GenerationQueries.log(
                from: old?.number ?? 0, to: new.number, isDone: isDone, reason: reason,
                override: passes ? nil : gate.override, of: number, in: context)
        }
        return (isDone, reason)
    }

    private func judge(
        _ gate: SwitchGate, _ old: IndexGeneration?, _ new: IndexGeneration,
        progress: @Sendable (Double, String) async throws -> Void
    ) async throws -> (passes: Bool, reason: String) {
        guard let old, try await embedder(of: old) != nil else {
            return (true, "The space that answered cannot be asked any more: its model is not installed.")
        }
        let before = try await search(generation: old.number)
        guard before.index.count > 0 else { return (true, "The catalogue has no pictures yet.") }
        let photos = try await heldOut(gate)
        var groups: [Int] = []
        var (ours, theirs): ([Double], [Double]) = ([], [])
        var skus: [String: Int] = [:]
        for (place, photo) in photos.enumerated() {
            try await progress(Double(place) / Double(photos.count), "photo \(place + 1) of \(photos.count)")
            guard let one = try? await isFirst(photo, generation: old.number),
                let two = try? await isFirst(photo, generation: new.number)
            else { continue }
            theirs.append(one ? 1 : 0)
            ours.append(two ? 1 : 0)
            groups.append(skus[photo.sku, default: skus.count])
            skus[photo.sku] = groups.last
        }
        let verdict = Gate().compare(old: theirs, new: ours, groups: groups)
        // What the new space's scores mean must be known when it answers.
        if verdict.passes { _ = try? await calibrate(photos, generation: new.number) }
        return (verdict.passes, verdict.reason)
    }

    /// Photos of items that the catalogue has: the ones that were named, or those that customers said something about.
    private func heldOut(_ gate: SwitchGate) async throws -> [LabelledPhoto] {
        if let source = gate.photos {
            return try LabelledFile.read(source).map { file in
                LabelledPhoto(sku: file.label, bytes: try file.bytes())
            }
        }
        let told = try await database.read { [number] connection in
            try KeptScanQueries.told(of: number, limit: 2_000, connection)
        }
        var photos: [LabelledPhoto] = []
        for (sku, photo) in told {
            guard let reader = try? await environment.blobs.reader(of: photo), let bytes = try? await reader.readAll()
            else { continue }
            photos.append(LabelledPhoto(sku: sku, bytes: bytes))
        }
        return photos
    }

    private func isFirst(_ photo: LabelledPhoto, generation: Int64) async throws -> Bool {
        let answer = try await scan(photo.bytes, generation: generation)
        guard let first = (answer.groups + answer.similar).first else { return false }
        return first.style == photo.sku || first.offers.contains { $0.sku == photo.sku }
    }

    /// The switches that were asked for, the newest first.
    public func switches(limit: Int = 50) async throws -> [SpaceSwitch] {
        let limit = min(max(1, limit), 1_000)
        return try await database.read { [number] in try GenerationQueries.switches(of: number, limit: limit, $0) }
    }
}
