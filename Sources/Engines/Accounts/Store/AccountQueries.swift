internal import Storage

/// The statements on users and sequences, for one connection.
struct AccountQueries {
    let connection: Connection
    let serverName: String

    private static let columns = """
        user_no, localpart, kind, display_name, avatar_url, state, admin, password IS NOT NULL, created_ms, service
        """

    private func record(_ row: Row) -> UserRecord {
        UserRecord(
            number: row.int(0), identifier: UserIdentifier(localpart: row.text(1), serverName: serverName),
            kind: UserKind(rawValue: Int(row.int(2))) ?? .member, displayName: row.textOrNil(3),
            avatarURL: row.textOrNil(4), state: UserState(rawValue: Int(row.int(5))), isAdmin: row.bool(6),
            hasPassword: row.bool(7), createdMilliseconds: row.int(8), service: row.textOrNil(9))
    }

    func user(number: Int64) throws -> UserRecord? {
        try connection.first("SELECT \(Self.columns) FROM acc_user WHERE user_no = ?1", .integer(number), map: record)
    }

    func user(localpart: String) throws -> UserRecord? {
        try connection.first("SELECT \(Self.columns) FROM acc_user WHERE localpart = ?1", .text(localpart), map: record)
    }

    /// The user who logs in under a name that is no part of the id.
    func user(loginName: String) throws -> UserRecord? {
        try connection.first(
            "SELECT \(Self.columns) FROM acc_user WHERE login_name = ?1", .text(loginName), map: record)
    }

    /// Whether nobody has this name, in the id or to log in under.
    func isFree(_ name: String) throws -> Bool {
        try user(localpart: name) == nil && user(loginName: name) == nil
    }

    /// Users in the order of their localparts, after one of them.
    func users(after localpart: String, limit: Int) throws -> [UserRecord] {
        try connection.rows(
            "SELECT \(Self.columns) FROM acc_user WHERE localpart > ?1 ORDER BY localpart LIMIT ?2",
            .text(localpart), .int(limit), map: record)
    }

    /// Users whose localpart or shown name holds a text, ignoring ASCII case.
    func users(holding text: String, limit: Int) throws -> [UserRecord] {
        let pattern = "%" + Self.escapedForLike(text.lowercased()) + "%"
        return try connection.rows(
            """
            SELECT \(Self.columns) FROM acc_user WHERE state = 0
              AND (LOWER(localpart) LIKE ?1 ESCAPE '!' OR LOWER(display_name) LIKE ?1 ESCAPE '!')
            ORDER BY user_no LIMIT ?2
            """, .text(pattern), .int(limit), map: record)
    }

    static func escapedForLike(_ text: String) -> String {
        String(text.flatMap { "!%_".contains($0) ? ["!", $0] : [$0] })
    }

    func countOfUsers() throws -> Int64 {
        try connection.first("SELECT COUNT(*) FROM acc_user") { $0.int(0) } ?? 0
    }

    func password(of number: Int64) throws -> String? {
        try connection.first("SELECT password FROM acc_user WHERE user_no = ?1", .integer(number)) {
            $0.textOrNil(0)
        } ?? nil
    }

    /// The next number of a series (`user`, `device`); never the same twice, also after a deletion.
    func draw(_ series: String) throws -> Int64 {
        try connection.first(
            """
            INSERT INTO acc_sequence(name, last) VALUES (?1, 1)
            ON CONFLICT(name) DO UPDATE SET last = acc_sequence.last + 1 RETURNING last
            """, .text(series)
        ) { $0.int(0) } ?? 0
    }

    func insert(_ user: NewUser, at now: Int64) throws -> Int64 {
        let number = try draw("user")
        try connection.run(
            """
            INSERT INTO acc_user(user_no, localpart, kind, password, display_name, created_ms, admin, service,
              login_name)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """, .integer(number), .text(user.localpart), .int(user.kind.rawValue), .optional(user.passwordHash),
            .optional(user.displayName), .integer(now), .bool(user.isAdmin), .optional(user.service),
            .optional(user.loginName))
        return number
    }
}

/// A user about to be stored.
struct NewUser: Sendable {
    var localpart: String
    var kind: UserKind
    var passwordHash: String?
    var displayName: String?
    var isAdmin = false
    var service: String?
    var loginName: String?
}

extension Accounts {
    func queries(_ connection: Connection) -> AccountQueries {
        AccountQueries(connection: connection, serverName: serverName)
    }
}
