/// Why data could not be used; each says which file and where in it.
public enum DataError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A file that is not there, is too long, or ends too early.
    case unreadable(String)
    /// A file that is not what it should be, with the place and the reason.
    case malformed(file: String, place: String, reason: String)
    /// A table without a column that the configuration names.
    case missingColumn(String, file: String)
    /// Too many samples had to be left out.
    case tooManyBroken(count: Int, of: Int, examples: [String])
    /// The same file or the same group stands on both sides of a split.
    case leak([DataLeak])
    /// Nothing was left to train with.
    case empty(String)
    /// Something else about the configuration; the text names the key.
    case configuration(String)

    /// One sentence.
    public var description: String {
        switch self {
        case .unreadable(let file): "\(file) cannot be read"
        case .malformed(let file, let place, let reason): "\(file), \(place): \(reason)"
        case .missingColumn(let column, let file): "\(file) has no column \(column)"
        case .tooManyBroken(let count, let all, let examples):
            "\(count) of \(all) samples cannot be used, such as \(examples.prefix(3).joined(separator: "; "))"
        case .leak(let leaks):
            "\(leaks.count) files or groups stand on both sides of a split: "
                + leaks.prefix(3).map(\.description).joined(separator: "; ")
        case .empty(let what): "\(what) has no samples"
        case .configuration(let text): text
        }
    }
}

/// Something that stands on both sides of a split.
public struct DataLeak: Hashable, Sendable, CustomStringConvertible {
    /// What the sides share.
    public enum Kind: String, Hashable, Sendable {
        /// The same bytes.
        case file
        /// The same group.
        case group
        /// Pictures that look almost the same.
        case nearDuplicate
    }

    /// What the sides share.
    public let kind: Kind
    /// The shared group, or the digest or hash of the pictures.
    public let key: String
    /// The samples concerned, by id.
    public let samples: [String]
    /// The splits on which they stand, sorted.
    public let splits: [Split]

    /// A leak.
    public init(kind: Kind, key: String, samples: [String], splits: [Split]) {
        (self.kind, self.key, self.samples, self.splits) = (kind, key, samples, splits)
    }

    /// One line.
    public var description: String {
        "\(kind.rawValue) \(key) in \(splits.map(\.rawValue).joined(separator: " and ")): "
            + samples.prefix(4).joined(separator: ", ")
    }
}
