public import Basics
internal import Imaging

extension Catalogue {
    private static let namedFaults = 1_000

    /// Brings articles in. Each one is put by its key, so a run that was stopped is begun again and changes nothing of
    /// what it did before.
    func importArticles(
        _ path: String, isDry: Bool = false,
        progress: @escaping @Sendable (Double, String) async throws -> Void
    ) async throws -> JSON {
        let source = try await environment.work.run { try ArticleSource(path: path) }
        var counts: [ImportOutcome: Int] = [:]
        var faults: [JSON] = []
        func refuse(_ name: String, _ cause: String) {
            if faults.count < Self.namedFaults { faults.append(["where": .string(name), "cause": .string(cause)]) }
        }
        for (place, entry) in source.entries.enumerated() {
            if let fault = entry.fault {
                counts[.refused, default: 0] += 1
                refuse(entry.name, fault)
                continue
            }
            let (pictures, problems) = pictures(of: entry, source)
            for problem in problems { refuse(entry.name, problem) }
            if isDry {
                counts[.accepted, default: 0] += 1
            } else {
                let result = try await putArticle(entry.draft, pictures: pictures)
                counts[result.isChanged ? .accepted : .unchanged, default: 0] += 1
                for (place, problem) in result.problems.sorted(by: { $0.key < $1.key }) {
                    refuse(entry.name, "\(entry.draft.pictures[place].name): \(problem)")
                }
                try options.faultPoint("article")
            }
            try await progress(
                Double(place + 1) / Double(source.entries.count), "\(place + 1) of \(source.entries.count)")
        }
        var object: JSONObject = ["articles": .int(Int64(source.entries.count))]
        for outcome in [ImportOutcome.accepted, .unchanged, .refused] {
            object[outcome.rawValue] = .int(Int64(counts[outcome] ?? 0))
        }
        object["faults"] = .array(faults)
        return .object(object)
    }

    /// What would become of an import of articles, without storing anything.
    ///
    /// - Throws: ``RequestError`` 400 when there is nothing that can be imported.
    public func dryRunArticles(_ path: String) async throws -> JSON {
        try await importArticles(path, isDry: true) { _, _ in }
    }

    private func pictures(
        of entry: ArticleSource.Entry, _ source: ArticleSource
    ) -> (files: [Int: [UInt8]], problems: [String]) {
        var files: [Int: [UInt8]] = [:]
        var problems: [String] = []
        for (place, picture) in entry.draft.pictures.enumerated() {
            do {
                files[place] = try source.files.read(picture.name, limit: options.limits.maximumBytes)
            } catch {
                problems.append(error.message)
            }
        }
        return (files, problems)
    }
}
