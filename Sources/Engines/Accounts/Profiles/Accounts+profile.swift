public import Basics
internal import Storage

extension Accounts {
    /// The largest profile in bytes, as canonical JSON.
    static let maximumProfileBytes = 65_536
    /// The longest name of a field in bytes.
    static let maximumFieldNameBytes = 255
    static let maximumAvatarBytes = 1_000

    /// What a user shows to others: `displayname`, `avatar_url` and custom fields. Unset fields are left out.
    public func profile(of user: UserRecord) async throws -> JSONObject {
        try await database.read { [self] in try queries($0).profile(of: user.number) }
    }

    /// Sets a field of a profile, or deletes it with `nil`.
    ///
    /// Refuses with `M_BAD_JSON`, `M_KEY_TOO_LARGE` or `M_PROFILE_TOO_LARGE`; a change waits for
    /// ``onProfileChanged``, and setting what is set already changes nothing.
    public func setProfileField(_ name: String, to value: JSON?, of user: Int64, spreads: Bool = true) async throws {
        try Self.check(name, value)
        let changed = try await database.write { [self] context -> UserRecord? in
            let queries = queries(context.connection)
            let before = try queries.profile(of: user)
            guard before[name] != value else { return nil }
            try queries.setField(name, to: value, of: user)
            let after = try queries.profile(of: user)
            guard JSON.object(after).canonical().count <= Self.maximumProfileBytes else { throw Self.profileTooLarge }
            forget(in: context, users: [user])
            return try queries.user(number: user)
        }
        guard let changed else { return }
        try await hooks.profileChanged(ProfileChange(user: changed, fields: [name], spreads: spreads))
    }

    private static let profileTooLarge = RequestError(
        status: 400, code: "M_PROFILE_TOO_LARGE", message: "The profile would be larger than 64 KiB.")

    private static func check(_ name: String, _ value: JSON?) throws(RequestError) {
        guard name.utf8.count <= maximumFieldNameBytes else {
            throw RequestError(status: 400, code: "M_KEY_TOO_LARGE", message: "The name of the field is too long.")
        }
        guard !name.isEmpty else { throw .invalidParam("The name of the field is empty.") }
        guard let value else { return }
        switch name {
        case "displayname":
            guard let text = value.stringValue, text.unicodeScalars.count <= maximumDisplayNameLength else {
                throw .badJSON("displayname must be a string of at most \(maximumDisplayNameLength) characters.")
            }
        case "avatar_url":
            guard let text = value.stringValue, text.utf8.count <= maximumAvatarBytes else {
                throw .badJSON("avatar_url must be a string of at most \(maximumAvatarBytes) bytes.")
            }
        default:
            guard value.canonicalCount <= maximumProfileBytes else { throw profileTooLarge }
        }
    }
}

extension JSON {
    fileprivate var canonicalCount: Int { canonical().count }
}

extension AccountQueries {
    func profile(of number: Int64) throws -> JSONObject {
        var profile = JSONObject()
        if let user = try user(number: number) {
            profile["avatar_url"] = user.avatarURL.map { .string($0) }
            profile["displayname"] = user.displayName.map { .string($0) }
        }
        let fields = try connection.rows(
            "SELECT name, value FROM acc_profile_field WHERE user_no = ?1 ORDER BY name", .integer(number)
        ) { ($0.text(0), $0.bytesOfText(1)) }
        for (name, text) in fields { profile[name] = try JSON(parsing: text) }
        return profile
    }

    func setField(_ name: String, to value: JSON?, of number: Int64) throws {
        switch (name, value) {
        case ("displayname", _): try setColumn("display_name", to: value?.stringValue, of: number)
        case ("avatar_url", _): try setColumn("avatar_url", to: value?.stringValue, of: number)
        case (_, let value?):
            try connection.run(
                """
                INSERT INTO acc_profile_field(user_no, name, value) VALUES (?1, ?2, ?3)
                ON CONFLICT(user_no, name) DO UPDATE SET value = excluded.value
                """, .integer(number), .text(name), .text(value.text))
        case (_, nil):
            try connection.run(
                "DELETE FROM acc_profile_field WHERE user_no = ?1 AND name = ?2", .integer(number), .text(name))
        }
    }

    func eraseProfile(of number: Int64) throws {
        try setColumn("display_name", to: nil, of: number)
        try setColumn("avatar_url", to: nil, of: number)
        try connection.run("DELETE FROM acc_profile_field WHERE user_no = ?1", .integer(number))
    }

    private func setColumn(_ column: String, to text: String?, of number: Int64) throws {
        let value = text.flatMap { $0.isEmpty ? nil : $0 }
        try connection.run(
            "UPDATE acc_user SET \(column) = ?2 WHERE user_no = ?1", .integer(number), .optional(value))
    }
}
