internal import Basics
public import Imaging
internal import Storage

/// What became of an article that was put in.
public struct ArticleResult: Sendable, Hashable {
    /// Its number.
    public let article: Int64
    /// Whether it is new or different.
    public let isChanged: Bool
    /// Why pictures could not be used, by place.
    public let problems: [Int: String]
}

/// Articles and entries of the encyclopaedia beside a catalogue.
extension Catalogue {
    /// Adds an article, or replaces the one of its key.
    ///
    /// - Parameter pictures: the files of the pictures that the draft names, by place; one that is missing or cannot be
    ///   used is left out, and the result says why.
    /// - Throws: ``RequestError`` 400 for an impossible article.
    @discardableResult
    public func putArticle(_ draft: ArticleDraft, pictures: [Int: [UInt8]] = [:]) async throws -> ArticleResult {
        if let fault = draft.fault { throw RequestError.invalidParam("\(draft.key): \(fault).") }
        var stored: [(place: Int, blob: BlobHash)] = []
        var problems: [Int: String] = [:]
        for (place, bytes) in pictures.sorted(by: { $0.key < $1.key }) where draft.pictures.indices.contains(place) {
            if let cause = unusable(bytes) {
                problems[place] = cause
                continue
            }
            stored.append((place, try await environment.blobs.store(bytes).hash))
        }
        let (article, isChanged) = try await database.write { [number, stored] context in
            try ArticleQueries.put(draft, pictures: stored, of: number, in: context)
        }
        return ArticleResult(article: article, isChanged: isChanged, problems: problems)
    }

    /// Why a file is no picture that can be shown.
    private func unusable(_ bytes: [UInt8]) -> String? {
        guard bytes.count <= options.limits.maximumBytes else { return "the picture is too large" }
        do {
            _ = try ImageProbe.read(bytes)
            return nil
        } catch {
            return error.description
        }
    }

    /// Articles in the order in which they came.
    ///
    /// - Parameter after: the number of the last article of the page before; 0 for the first page.
    public func articles(after number: Int64 = 0, limit: Int = 100) async throws -> [CatalogueArticle] {
        let limit = min(max(1, limit), 1_000)
        return try await database.read { [catalogue = self.number] in
            try ArticleQueries.page(of: catalogue, after: number, limit: limit, $0)
        }
    }

    /// One article; nil when there is none of that number in this catalogue.
    public func article(_ article: Int64) async throws -> CatalogueArticle? {
        let known = try await database.read { try ArticleQueries.article(article, $0) }
        return known?.catalogue == number ? known : nil
    }

    /// Takes an article out for good.
    ///
    /// - Throws: ``RequestError`` 404 when there is no such article.
    public func removeArticle(_ article: Int64) async throws {
        try await database.write { [number] context in
            guard let known = try ArticleQueries.article(article, context.connection), known.catalogue == number else {
                throw RequestError.notFound("There is no article \(article).")
            }
            try ArticleQueries.remove(known, in: context)
        }
    }

    /// The file of a picture of an article.
    ///
    /// - Throws: ``RequestError`` 404 when there is no such picture.
    public func articlePicture(_ place: Int, of article: Int64) async throws -> [UInt8] {
        guard let picture = try await self.article(article)?.pictures.first(where: { $0.place == place }) else {
            throw RequestError.notFound("There is no picture \(place) of an article \(article).")
        }
        return try await environment.blobs.reader(of: picture.blob).readAll()
    }

    /// The same made smaller, without anything that was hidden in the file.
    public func articleThumbnail(
        _ place: Int, of article: Int64, width: Int, height: Int
    ) async throws -> Thumbnail {
        let bytes = try await articlePicture(place, of: article)
        do {
            return try await environment.work.run { [limits = options.limits] in
                try Thumbnail.make(bytes, width: width, height: height, method: .scale, limits: limits)
            }
        } catch let error as ImageError {
            throw error.requestError
        }
    }
}

extension Catalogues {
    /// An article of any catalogue; nil when there is none.
    public func article(_ number: Int64) async throws -> (catalogue: Catalogue, article: CatalogueArticle)? {
        let known = try await environment.database.read { connection -> (CatalogueArticle, String)? in
            guard let article = try ArticleQueries.article(number, connection),
                let record = try CatalogueQueries.numbered(article.catalogue, connection)
            else { return nil }
            return (article, record.name)
        }
        guard let known else { return nil }
        return (try await catalogue(known.1), known.0)
    }
}
