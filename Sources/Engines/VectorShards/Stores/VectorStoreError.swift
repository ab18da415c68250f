/// Why a store elsewhere refused something or could not do it.
public enum VectorStoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// An address makes no sense.
    case address(String)
    /// Nobody answers there, or the answer broke off.
    case connection(String)
    /// What came is no PostgreSQL.
    case unreadable(String)
    /// The database said no: its code and its sentence.
    case refused(code: String, message: String)
    /// A table holds vectors of another schema.
    case otherSchema(String)
    /// Changes reached none of the stores that must hold them.
    case lost(String)

    /// A sentence a person can act on.
    public var description: String {
        switch self {
        case .address(let why), .connection(let why), .unreadable(let why), .lost(let why): why
        case .refused(let code, let message): "the database refused: \(message) (\(code))"
        case .otherSchema(let which): "the table holds vectors of \(which)"
        }
    }
}
