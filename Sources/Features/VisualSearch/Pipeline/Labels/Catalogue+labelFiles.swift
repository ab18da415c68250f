internal import Basics
public import Imaging
internal import Storage

/// What came of an import of boxes.
public struct LabelImport: Sendable, Hashable {
    /// Pictures that are new to the set.
    public var pictures = 0
    /// Boxes that are new.
    public var boxes = 0
    /// Pictures that were in the set with boxes already: theirs were left alone.
    public var known = 0
    /// Sentences on what was left out, each with the file that it is about.
    public var problems: [String] = []
}

/// Which pictures of the set are written out.
public enum LabelPart: String, Sendable, Hashable, CaseIterable {
    /// All with boxes.
    case all
    /// Those that train.
    case training
    /// Those that measure.
    case heldOut = "held-out"
}

/// Boxes from files and into files.
extension Catalogue {
    /// Takes boxes of a file of labels into the set; their pictures count as finished.
    ///
    /// Pictures that have boxes already are left alone, so the same import twice changes nothing.
    /// - Parameters:
    ///   - source: where the labels come from, kept beside each box.
    ///   - file: the file of a picture by its name; nil when there is none.
    public func importLabels(
        _ labels: LabelSet, source: String, by whom: String, file: @Sendable (String) throws -> [UInt8]?
    ) async throws -> LabelImport {
        var report = LabelImport()
        for picture in labels.pictures {
            guard let bytes = try file(picture.name) else {
                report.problems.append("\(picture.name): the picture is not there.")
                continue
            }
            let probe: ImageProbe
            do {
                probe = try ImageProbe.read(bytes)
            } catch {
                report.problems.append("\(picture.name): \(error.description)")
                continue
            }
            let size = ImageSize(width: probe.uprightWidth, height: probe.uprightHeight)
            guard size == picture.size else {
                report.problems.append(
                    "\(picture.name): the labels are of \(picture.size.width) x \(picture.size.height) pixels, the picture "
                        + "of \(size.width) x \(size.height).")
                continue
            }
            try await importPicture(picture, bytes, size, source: source, by: whom, &report)
        }
        return report
    }

    private func importPicture(
        _ picture: LabelSet.Picture, _ bytes: [UInt8], _ size: ImageSize, source: String, by whom: String,
        _ report: inout LabelImport
    ) async throws {
        let writer = try await environment.blobs.makeWriter(limit: Int64(bytes.count))
        let outcome: (isNew: Bool, boxes: Int)?
        do {
            try await writer.write(bytes)
            outcome = try await writer.finish { [number] blob, context in
                try Self.put(picture, blob.hash, size, source: source, by: whom, of: number, in: context)
            }
        } catch {
            await writer.abandon()
            throw error
        }
        guard let outcome else {
            report.known += 1
            return
        }
        report.pictures += outcome.isNew ? 1 : 0
        report.boxes += outcome.boxes
        if outcome.boxes < picture.boxes.count {
            report.problems.append(
                "\(picture.name): \(picture.boxes.count - outcome.boxes) boxes lie beside the picture.")
        }
    }

    /// Nil when the picture has boxes already.
    private static func put(
        _ picture: LabelSet.Picture, _ blob: BlobHash, _ size: ImageSize, source: String, by whom: String,
        of catalogue: Int64, in context: WriteContext
    ) throws -> (isNew: Bool, boxes: Int)? {
        let (label, isNew) = try LabelPictureQueries.put(
            blob, name: picture.name, size: size, picture: nil, of: catalogue, in: context)
        // What a catalogue shows goes when it goes there; what came with an import stays.
        if isNew { try BlobStore.retain(blob, in: context) }
        let known = try LabelBoxQueries.boxes(of: label, context.connection)
        guard !known.contains(where: { $0.state == .accepted && $0.source != .model }) else { return nil }
        let boxes = picture.boxes.compactMap { $0.clipped(to: size) }
        for box in boxes {
            try LabelBoxQueries.insert(
                .init(picture: label, box: box, source: .imported, model: source), act: "imported", by: whom,
                of: catalogue, in: context)
        }
        try LabelPictureQueries.changed(label, by: whom, isDone: true, in: context)
        return (isNew, boxes.count)
    }

    /// The set as labels, with the number of each picture; names that occur twice get the number in front.
    ///
    /// Pictures are there that somebody finished, or that have boxes; of the others in training, boxes that a model was
    /// too unsure of are masked.
    public func exportLabels(_ part: LabelPart = .all) async throws -> (labels: LabelSet, numbers: [Int64]) {
        var labels = LabelSet()
        var numbers: [Int64] = []
        var names: Set<String> = []
        var last: Int64 = 0
        while true {
            let page = try await database.read { [number, last] connection in
                try LabelPictureQueries.page(.all, of: number, after: last, limit: 256, connection).map {
                    ($0, try LabelBoxQueries.boxes(of: $0.number, connection))
                }
            }
            guard let end = page.last else { return (labels, numbers) }
            for (picture, boxes) in page where picture.isDone || picture.boxes > 0 {
                guard part == .all || (part == .heldOut) == picture.isHeldOut else { continue }
                // Only what people finished measures models.
                guard part != .heldOut || picture.isDone else { continue }
                let plain = picture.name.split(separator: "/").last.map(String.init) ?? "picture"
                let name = names.contains(plain) ? "\(picture.number)-\(plain)" : plain
                names.insert(name)
                labels.pictures.append(
                    LabelSet.Picture(
                        name: name, size: picture.size, boxes: boxes.filter { $0.state == .accepted }.map(\.box),
                        masked: picture.isDone ? [] : boxes.filter { $0.state.isMasked }.map(\.box)))
                numbers.append(picture.number)
            }
            last = end.0.number
        }
    }
}

extension LabelBox.State {
    /// Neither thing nor ground: what a model was too unsure of, and what nobody has decided.
    fileprivate var isMasked: Bool { self == .masked || self == .unsure }
}
