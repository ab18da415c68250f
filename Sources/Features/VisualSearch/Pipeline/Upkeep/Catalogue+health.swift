internal import Basics
internal import Storage

/// How many pictures of a catalogue are copies of others.
public struct CopyShare: Sendable, Hashable {
    /// Pictures that are there.
    public let pictures: Int64
    /// Those of them that another picture answers for.
    public let copies: Int64
    /// The bytes of all.
    public let bytes: Int64
    /// The bytes of the copies.
    public let copyBytes: Int64

    /// The share of copies, 0 to 1.
    public var share: Double { pictures == 0 ? 0 : Double(copies) / Double(pictures) }
}

/// What an operator wants to know of a catalogue.
extension Catalogue {
    /// How much of what customers scan the catalogue has, by category and week: kept scans and those that were counted
    /// when their time was over.
    public func coverage() async throws -> Coverage {
        try await database.readWithoutLimit { [number] connection in
            Coverage(
                try CoverageQueries.records(of: number, limit: 50_000, connection),
                counted: try CoverageQueries.counted(of: number, connection))
        }
    }

    /// How many pictures are copies of others.
    public func copies() async throws -> CopyShare {
        try await database.read { [number] in try CoverageQueries.copies(of: number, $0) }
    }
}
