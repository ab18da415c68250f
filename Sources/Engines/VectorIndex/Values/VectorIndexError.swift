import Foundation

/// Why the index refused something or could not do it.
public enum VectorIndexError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A vector has another number of values than the index.
    case wrongDimensions(expected: Int, found: Int)
    /// A value is infinite or not a number.
    case notFinite(index: Int)
    /// A value is larger than what the encoding holds.
    case tooLarge(limit: Float)
    /// All values are zero, so the vector has no direction.
    case zeroVector
    /// Another argument makes no sense.
    case badArgument(String)
    /// A file does not hold what was written: its name and what is wrong.
    case damaged(file: String, reason: String)
    /// A file was written by a newer version of the program.
    case futureVersion(file: String, version: UInt32)
    /// The folder holds an index of another schema.
    case otherSchema(String)
    /// Another process has the index open for writing.
    case locked(String)
    /// The system refused: what was tried, and its error number.
    case system(String, code: Int32)
    /// The index was closed, or an earlier write failed.
    case closed(String)
    /// Building was stopped.
    case cancelled

    /// A sentence a person can act on.
    public var description: String {
        switch self {
        case .wrongDimensions(let expected, let found):
            "the vector has \(found) values, the index takes \(expected)"
        case .notFinite(let index): "value \(index) of the vector is infinite or not a number"
        case .tooLarge(let limit): "a value of the vector is beyond \(limit)"
        case .zeroVector: "a vector of zeros has no direction"
        case .badArgument(let why): why
        case .damaged(let file, let reason): "\(file) is damaged: \(reason); restore it, or build the index anew"
        case .futureVersion(let file, let version):
            "\(file) has format version \(version), which a newer program wrote; update this one"
        case .otherSchema(let which): "the folder holds an index of \(which)"
        case .locked(let folder): "another process has \(folder) open for writing"
        case .system(let what, let code): "\(what): \(String(cString: strerror(code)))"
        case .closed(let why): why
        case .cancelled: "stopped"
        }
    }
}
