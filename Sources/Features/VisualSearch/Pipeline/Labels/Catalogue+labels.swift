internal import Basics
public import Imaging
internal import Storage

/// A box as somebody drew it on a page.
public struct LabelEdit: Sendable, Hashable {
    /// The box that it is; nil for a new one.
    public var number: Int64?
    /// Where and what, in upright pixels.
    public var box: LabelSet.Box
    /// Whether it counts; what waits for a person goes on waiting.
    public var isUnsure: Bool

    /// A box.
    public init(number: Int64? = nil, box: LabelSet.Box, isUnsure: Bool = false) {
        self.number = number
        self.box = box
        self.isUnsure = isUnsure
    }
}

/// The set of boxes: what detectors are trained on and measured with.
extension Catalogue {
    /// Most boxes of a picture.
    public static let mostBoxes = 1_000

    // MARK: Looking

    /// Pictures of the set by number.
    ///
    /// - Parameter after: the number of the last picture of the page before; 0 for the first page.
    public func labelPictures(
        _ filter: LabelFilter = .all, after number: Int64 = 0, limit: Int = 50
    ) async throws -> [LabelPicture] {
        let limit = min(max(1, limit), 500)
        return try await database.read { [catalogue = self.number] in
            try LabelPictureQueries.page(filter, of: catalogue, after: number, limit: limit, $0)
        }
    }

    /// A picture with its boxes that count or wait.
    ///
    /// - Throws: ``RequestError`` 404 when there is none.
    public func labelPicture(_ label: Int64) async throws -> (picture: LabelPicture, boxes: [LabelBox]) {
        let found = try await database.read { [number] connection -> (LabelPicture, [LabelBox])? in
            guard let picture = try LabelPictureQueries.picture(label, of: number, connection) else { return nil }
            return (picture, try LabelBoxQueries.boxes(of: label, connection).filter(\.isShown))
        }
        guard let found else { throw Self.noLabel(label) }
        return found
    }

    /// What happened to the boxes of a picture, the newest first.
    public func labelHistory(_ label: Int64, limit: Int = 200) async throws -> [LabelEvent] {
        let limit = min(max(1, limit), 1_000)
        return try await database.read { try LabelBoxQueries.events(of: label, limit: limit, $0) }
    }

    /// The file of a picture of the set.
    ///
    /// - Throws: ``RequestError`` 404 when there is none, or its file is gone.
    public func labelFile(_ label: Int64) async throws -> [UInt8] {
        guard
            let known = try await database.read({ [number] in try LabelPictureQueries.picture(label, of: number, $0) })
        else { throw Self.noLabel(label) }
        return try await environment.blobs.reader(of: known.blob).readAll()
    }

    /// A small version of a picture of the set.
    ///
    /// - Throws: ``RequestError`` 404 when there is none, 422 when it cannot be read.
    public func labelThumbnail(_ label: Int64, side: Int) async throws -> Thumbnail {
        let bytes = try await labelFile(label)
        do {
            return try await environment.work.run { [limits = options.limits] in
                try Thumbnail.make(bytes, width: side, height: side, method: .scale, limits: limits)
            }
        } catch let error as ImageError {
            throw error.requestError
        }
    }

    static func noLabel(_ label: Int64) -> RequestError {
        .notFound("There is no picture \(label) in the set of boxes. It may have been deleted from the catalogue.")
    }

    // MARK: Changing

    /// Takes pictures of the catalogue into the set that are not in it yet.
    ///
    /// - Returns: How many.
    @discardableResult
    public func collectLabelPictures(most: Int = .max) async throws -> Int {
        var count = 0
        var last: Int64 = 0
        while count < most {
            let page = try await database.read { [number, last, limit = min(256, most - count)] connection in
                try LabelPictureQueries.missing(of: number, after: last, limit: limit, connection)
            }
            guard let end = page.last else { break }
            count += try await database.write { [number] context in
                try page.count { picture in
                    try LabelPictureQueries.put(
                        picture.blob, name: picture.name, size: ImageSize(width: picture.width, height: picture.height),
                        picture: picture.number, of: number, in: context
                    ).isNew
                }
            }
            last = end.number
        }
        return count
    }

    /// Keeps the boxes of a picture as somebody left them: new ones, changed ones, and those that are no longer there.
    ///
    /// Boxes that waited for a person and were accepted or taken away here are answered questions too.
    /// - Parameters:
    ///   - revision: the revision that the boxes were read at.
    ///   - isDone: whether all things in the picture have boxes now.
    /// - Throws: ``RequestError`` 404 when there is no such picture, 409 when somebody changed it since.
    /// - Returns: The picture as it is now.
    @discardableResult
    public func saveLabels(
        _ edits: [LabelEdit], of label: Int64, revision: Int64, isDone: Bool, by whom: String
    ) async throws -> (picture: LabelPicture, boxes: [LabelBox]) {
        guard edits.count <= Self.mostBoxes else {
            throw RequestError.invalidParam("A picture has at most \(Self.mostBoxes) boxes.")
        }
        try await database.write { [number] context in
            guard let known = try LabelPictureQueries.picture(label, of: number, context.connection) else {
                throw Self.noLabel(label)
            }
            guard known.revision == revision else {
                let who = known.editedBy.isEmpty ? "Somebody" : known.editedBy
                throw RequestError(
                    status: 409, code: "changed",
                    message: "\(who) has changed this picture meanwhile. Load it again and draw what is missing.",
                    extra: ["by": .string(who)])
            }
            let editing = LabelEditing(picture: known, whom: whom, catalogue: number, context: context)
            try editing.apply(edits)
            try LabelPictureQueries.changed(label, by: whom, isDone: isDone, in: context)
        }
        return try await labelPicture(label)
    }

    /// What the installed detector sees in a picture, without keeping it.
    ///
    /// - Throws: ``RequestError`` 503 when no detector is installed.
    public func suggestLabels(_ label: Int64) async throws -> [PseudoBox] {
        try requireDetector()
        let (picture, _) = try await labelPicture(label)
        return try await detections(in: picture).map {
            PseudoBox(
                picture: label, box: $0.box, category: $0.category ?? picture.category ?? Self.thing, score: $0.score)
        }
    }
}

extension LabelBox {
    /// Whether a page shows it.
    fileprivate var isShown: Bool { state == .accepted || state == .unsure }
}

/// One change of a picture's boxes, in the writer's transaction.
struct LabelEditing {
    let picture: LabelPicture
    let whom: String
    let catalogue: Int64
    let context: WriteContext

    func apply(_ edits: [LabelEdit]) throws {
        let known = try LabelBoxQueries.boxes(of: picture.number, context.connection).filter {
            $0.state == .accepted || $0.state == .unsure
        }
        let byNumber = Dictionary(uniqueKeysWithValues: known.map { ($0.number, $0) })
        var kept: Set<Int64> = []
        for edit in edits {
            guard let box = edit.box.clipped(to: picture.size) else {
                throw RequestError.invalidParam(
                    "A box lies beside the picture of \(picture.size.width) x \(picture.size.height) pixels. Draw it inside."
                )
            }
            if let number = edit.number, let before = byNumber[number], kept.insert(number).inserted {
                try change(before, to: box, isUnsure: edit.isUnsure)
            } else {
                try LabelBoxQueries.insert(
                    .init(picture: picture.number, box: box, confirmedBy: whom), act: "drawn", by: whom, of: catalogue,
                    in: context)
            }
        }
        for box in known where !kept.contains(box.number) { try take(box) }
    }

    private func change(_ before: LabelBox, to box: LabelSet.Box, isUnsure: Bool) throws {
        let staysUnsure = isUnsure && before.state == .unsure
        let isMoved = before.box != box
        guard isMoved || (before.state == .unsure && !staysUnsure) else { return }
        try LabelBoxQueries.change(
            before.number, to: box, state: staysUnsure ? .unsure : .accepted,
            confirmedBy: staysUnsure ? before.confirmedBy : whom, act: isMoved ? "changed" : "confirmed", by: whom,
            of: catalogue, in: context)
        if before.state == .unsure, !staysUnsure { try answer(before.number, .yes, before: before) }
    }

    private func take(_ box: LabelBox) throws {
        let wasUnsure = box.state == .unsure
        try LabelBoxQueries.change(
            box.number, to: box.box, state: wasUnsure ? .rejected : .removed, confirmedBy: whom,
            act: wasUnsure ? "rejected" : "removed", by: whom, of: catalogue, in: context)
        try answer(box.number, .no, before: box)
    }

    /// Closes the question about a box, if one is open.
    private func answer(_ box: Int64, _ decision: CatalogueReview.Decision, before: LabelBox) throws {
        let number = try ReviewQueries.number(
            .box, subject: box, other: picture.number, of: catalogue, context.connection)
        guard let number, let review = try ReviewQueries.review(number, of: catalogue, context.connection),
            review.decision == nil
        else { return }
        let effect: JSON = [
            "state": .string(before.state.rawValue),
            "confirmed_by": before.confirmedBy.map { .string($0) } ?? .null,
        ]
        _ = try ReviewQueries.decide(number, decision, by: whom, effect: effect.text, in: context)
        try ReviewDeskQueries.log(
            decision == .yes ? .yes : .no, on: review, by: whom, why: "on the picture", of: catalogue, in: context)
    }
}

extension LabelSet.Box {
    /// The part that lies in a picture; nil when there is none.
    func clipped(to size: ImageSize) -> LabelSet.Box? {
        LabelSet.Box(
            left: max(0, left), top: max(0, top), right: min(Double(size.width), right),
            bottom: min(Double(size.height), bottom), category: category)
    }
}
