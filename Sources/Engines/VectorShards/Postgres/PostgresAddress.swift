/// Where a PostgreSQL server is, and as whom to come.
public struct PostgresAddress: Hashable, Sendable {
    /// A folder with the server's socket, which begins with a slash, or the name or number of a host.
    ///
    /// There is no encryption: a host is this machine or one behind the same wall.
    public var host: String
    /// The server's port; it is part of the socket's name too.
    public var port: UInt16
    /// The user's name.
    public var user: String
    /// The database.
    public var database: String
    /// The password, of ASCII characters; nil where the server trusts.
    public var password: String?

    /// An address.
    public init(
        host: String, port: UInt16 = 5432, user: String, database: String = "postgres", password: String? = nil
    ) {
        (self.host, self.port, self.user, self.database, self.password) = (host, port, user, database, password)
    }
}
