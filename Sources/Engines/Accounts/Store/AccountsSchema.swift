public import Storage

/// The tables of this engine. Numbers of users and devices come from `acc_sequence` and are never given out twice.
enum AccountsSchema {
    static let first = """
        CREATE TABLE acc_sequence(name TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE acc_user(user_no INTEGER PRIMARY KEY, localpart TEXT NOT NULL UNIQUE, kind INTEGER NOT NULL,
          password TEXT, display_name TEXT, avatar_url TEXT, created_ms INTEGER NOT NULL,
          state INTEGER NOT NULL DEFAULT 0, admin INTEGER NOT NULL DEFAULT 0, service TEXT) STRICT;
        CREATE TABLE acc_profile_field(user_no INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
          PRIMARY KEY(user_no, name)) STRICT, WITHOUT ROWID;
        CREATE TABLE acc_device(device_no INTEGER PRIMARY KEY, user_no INTEGER NOT NULL, device_id TEXT NOT NULL,
          name TEXT, created_ms INTEGER NOT NULL, seen_ms INTEGER, seen_ip TEXT, seen_agent TEXT,
          ack_pos INTEGER NOT NULL DEFAULT 0, hidden INTEGER NOT NULL DEFAULT 0, UNIQUE(user_no, device_id)) STRICT;
        CREATE TABLE acc_session(device_no INTEGER NOT NULL, generation INTEGER NOT NULL,
          access_hash BLOB NOT NULL UNIQUE, refresh_hash BLOB UNIQUE, expires_ms INTEGER, used INTEGER NOT NULL,
          PRIMARY KEY(device_no, generation)) STRICT, WITHOUT ROWID;
        CREATE TABLE acc_registration_token(token TEXT PRIMARY KEY, uses_allowed INTEGER,
          completed INTEGER NOT NULL DEFAULT 0, expires_ms INTEGER) STRICT, WITHOUT ROWID;
        CREATE TABLE acc_login_token(hash BLOB PRIMARY KEY, user_no INTEGER NOT NULL, purpose INTEGER NOT NULL,
          expires_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX acc_login_token_age ON acc_login_token(expires_ms);
        """

    /// The name under which somebody logs in whose id says nothing.
    static let second = """
        ALTER TABLE acc_user ADD COLUMN login_name TEXT;
        CREATE UNIQUE INDEX acc_user_login_name ON acc_user(login_name) WHERE login_name IS NOT NULL;
        """
}

extension Accounts {
    /// The changes that make the tables of accounts, to be handed to `Database.open`.
    public static let migrations: [Migration] = [
        Migration("accounts-1") { connection in
            try connection.script(AccountsSchema.first)
        },
        Migration("accounts-2") { connection in try connection.script(AccountsSchema.second) },
    ]
}
