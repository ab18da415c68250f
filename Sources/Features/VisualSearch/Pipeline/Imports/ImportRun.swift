internal import Basics
internal import Imaging
internal import Storage
import Synchronization

/// One import at work. What became of each line is written down with it, so that a run that was stopped goes on with
/// the lines that are left.
struct ImportRun: Sendable {
    let catalogue: Catalogue
    let source: ImportSource
    let addresses: PicturesByAddress
    let defaults: ImportDefaults
    let job: Int64

    /// Works off all lines that are left.
    ///
    /// - Parameter progress: gets the share that is done and what is being done, and throws to stop.
    func run(progress: @escaping @Sendable (Double, String) async throws -> Void) async throws {
        if defaults.addsCategories { try await addCategories() }
        let done = try await catalogue.database.readWithoutLimit { [job] in try ImportQueries.doneLines(of: job, $0) }
        let left = source.entries.filter { !done.contains($0.line) }
        let all = source.entries.count
        var next = left.makeIterator()
        var finished = all - left.count
        try await progress(Double(finished) / Double(max(1, all)), "\(finished) of \(all)")
        try await withThrowingTaskGroup(of: String.self) { group in
            func start() {
                guard let entry = next.next() else { return }
                group.addTask { try await self.take(entry) }
            }
            for _ in 0..<max(2, 2 * catalogue.options.width) { start() }
            while let sku = try await group.next() {
                finished += 1
                start()
                try await progress(Double(finished) / Double(max(1, all)), "\(finished) of \(all): \(sku)")
            }
        }
        try await catalogue.finishPending()
        try await catalogue.catchUp()
    }

    private func addCategories() async throws {
        let known = Set(try await catalogue.categories().map { $0.name.lowercased() })
        var wished: Set<String> = []
        for entry in source.entries where entry.fault == nil && !entry.draft.category.isEmpty {
            if !known.contains(entry.draft.category.lowercased()) { wished.insert(entry.draft.category) }
        }
        for name in wished.sorted() { try await catalogue.addCategory(name) }
    }

    /// One line, from its files to its row in the report.
    private func take(_ entry: ImportEntry) async throws -> String {
        let (line, pictures) = try await outcome(of: entry)
        try await catalogue.database.write { [job] context in
            try ImportQueries.put(line, pictures: pictures, job: job, in: context)
        }
        try catalogue.options.faultPoint("line")
        return line.sku
    }

    private func outcome(of entry: ImportEntry) async throws -> (ImportLine, [ImportPicture]) {
        guard entry.fault == nil else { return refused(entry, entry.fault) }
        var uploads: [PictureUpload] = []
        var places: [Int] = []
        var pictures: [ImportPicture] = []
        var late: Set<String> = []
        for (place, name) in entry.pictures.enumerated() {
            do {
                uploads.append(PictureUpload(bytes: try await bytes(of: name), name: name))
                places.append(place)
            } catch {
                if error.isFailure { late.insert(name) }
                pictures.append(picture(entry, place, .refused, cause: error.cause))
            }
        }
        do {
            let result = try await catalogue.put(
                entry.draft, pictures: uploads, keeping: late, waitsForIndex: false)
            for (place, known) in zip(places, result.pictures) {
                pictures.append(
                    picture(
                        entry, place, known.outcome, cause: known.cause, picture: known.picture, other: known.other))
            }
            let outcome: ImportOutcome = result.isChanged ? .accepted : .unchanged
            return (
                ImportLine(line: entry.line, sku: entry.draft.sku, outcome: outcome, cause: nil, item: result.item),
                pictures.sorted { $0.place < $1.place }
            )
        } catch let error as RequestError where error.status < 500 {
            return refused(entry, error.message)
        }
    }

    /// A picture's file, from beside the table or from the site that it names.
    private func bytes(of name: String) async throws(PageRefusal) -> [UInt8] {
        let limit = catalogue.options.limits.maximumBytes
        if PicturesByAddress.isAddress(name) { return try await addresses.picture(name, limit: limit) }
        do {
            return try source.picture(name, limit: limit)
        } catch {
            throw PageRefusal(cause: error.message)
        }
    }

    /// A line that is refused takes its pictures with it.
    private func refused(_ entry: ImportEntry, _ cause: String?) -> (ImportLine, [ImportPicture]) {
        (
            ImportLine(line: entry.line, sku: entry.draft.sku, outcome: .refused, cause: cause, item: nil),
            entry.pictures.indices.map { picture(entry, $0, .refused, cause: "its line was refused") }
        )
    }

    private func picture(
        _ entry: ImportEntry, _ place: Int, _ outcome: ImportOutcome, cause: String? = nil, picture: Int64? = nil,
        other: Int64? = nil
    ) -> ImportPicture {
        ImportPicture(
            line: entry.line, place: place, name: entry.pictures[place], outcome: outcome, cause: cause,
            picture: picture, other: other)
    }

    // MARK: Dry run

    /// What would become of the lines, without storing or fetching anything: what is refused, and why. Copies are not
    /// looked for.
    func dryRun(progress: (Double) -> Void) async -> [(ImportLine, [ImportPicture])] {
        var found: [(ImportLine, [ImportPicture])] = []
        for (number, entry) in source.entries.enumerated() {
            found.append(await tried(entry))
            progress(Double(number + 1) / Double(source.entries.count))
        }
        return found
    }

    private func tried(_ entry: ImportEntry) async -> (ImportLine, [ImportPicture]) {
        guard entry.fault == nil else { return refused(entry, entry.fault) }
        guard entry.pictures.count <= catalogue.options.picturesPerItem else {
            return refused(entry, "An item can have \(catalogue.options.picturesPerItem) pictures.")
        }
        var pictures: [ImportPicture] = []
        for (place, name) in entry.pictures.enumerated() {
            let cause = await refusal(of: name)
            pictures.append(picture(entry, place, cause == nil ? .accepted : .refused, cause: cause))
        }
        return (ImportLine(line: entry.line, sku: entry.draft.sku, outcome: .accepted, cause: nil, item: nil), pictures)
    }

    private func refusal(of name: String) async -> String? {
        if PicturesByAddress.isAddress(name) { return await addresses.refusal(of: name) }
        do {
            let bytes = try source.picture(name, limit: catalogue.options.limits.maximumBytes)
            guard bytes.count <= catalogue.options.limits.maximumBytes else { return "The picture is too large." }
            _ = try ImageProbe.read(bytes)
            return nil
        } catch {
            return (error as? RequestError)?.message ?? "\(error)"
        }
    }
}
