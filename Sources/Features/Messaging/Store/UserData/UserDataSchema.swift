package import Storage

/// The tables of what belongs to a user alone.
///
/// Every change takes a position of the one series that orders all changes, so that a sync finds it by its token.
/// `room_no` 0 stands for data of the whole account. The tables of rooms must be there already: lists of devices are
/// found by who moved lately, for which this adds an index.
package enum UserDataSchema {
    package static let migrations = [
        Migration("user-data-1") { connection in try connection.script(first) },
        Migration("user-data-2-key-backups") { connection in try connection.script(keyBackups) },
        Migration("user-data-3-presence") { connection in
            try connection.script(
                """
                ALTER TABLE msg_presence ADD COLUMN pos INTEGER NOT NULL DEFAULT 0;
                CREATE INDEX msg_presence_pos ON msg_presence(pos);
                """)
        },
    ]

    private static let keyBackups = """
        CREATE TABLE msg_backup(user_no INTEGER NOT NULL, version INTEGER NOT NULL, algorithm TEXT NOT NULL,
          auth_data TEXT NOT NULL, count INTEGER NOT NULL, etag INTEGER NOT NULL, gone INTEGER NOT NULL,
          PRIMARY KEY(user_no, version)) STRICT, WITHOUT ROWID;
        CREATE TABLE msg_backup_key(user_no INTEGER NOT NULL, version INTEGER NOT NULL, room_id TEXT NOT NULL,
          session_id TEXT NOT NULL, verified INTEGER NOT NULL, first_index INTEGER NOT NULL,
          forwarded INTEGER NOT NULL, body TEXT NOT NULL,
          PRIMARY KEY(user_no, version, room_id, session_id)) STRICT, WITHOUT ROWID;
        """

    private static let first = """
        CREATE TABLE msg_account_data(user_no INTEGER NOT NULL, room_no INTEGER NOT NULL, type TEXT NOT NULL,
          content TEXT NOT NULL, pos INTEGER NOT NULL, PRIMARY KEY(user_no, room_no, type)) STRICT, WITHOUT ROWID;
        CREATE INDEX msg_account_data_pos ON msg_account_data(user_no, pos);
        CREATE TABLE msg_to_device(device_no INTEGER NOT NULL, n INTEGER NOT NULL, pos INTEGER NOT NULL,
          sender_no INTEGER NOT NULL, type TEXT NOT NULL, content TEXT NOT NULL,
          PRIMARY KEY(device_no, n)) STRICT, WITHOUT ROWID;
        CREATE TABLE msg_key_change(user_no INTEGER PRIMARY KEY, pos INTEGER NOT NULL) STRICT;
        CREATE INDEX msg_key_change_pos ON msg_key_change(pos);
        CREATE INDEX msg_membership_since ON msg_membership(since_pos);
        CREATE TABLE msg_key(user_no INTEGER NOT NULL, device_id TEXT NOT NULL, kind INTEGER NOT NULL,
          key_id TEXT NOT NULL, body TEXT NOT NULL, used INTEGER NOT NULL DEFAULT 0,
          PRIMARY KEY(user_no, device_id, kind, key_id)) STRICT, WITHOUT ROWID;
        CREATE TABLE msg_key_signature(user_no INTEGER NOT NULL, target TEXT NOT NULL, signer_no INTEGER NOT NULL,
          key_id TEXT NOT NULL, signature TEXT NOT NULL,
          PRIMARY KEY(user_no, target, signer_no, key_id)) STRICT, WITHOUT ROWID;
        CREATE TABLE msg_filter(user_no INTEGER NOT NULL, filter_no INTEGER NOT NULL, hash BLOB NOT NULL,
          body TEXT NOT NULL, PRIMARY KEY(user_no, filter_no), UNIQUE(user_no, hash)) STRICT, WITHOUT ROWID;
        CREATE TABLE msg_pusher(user_no INTEGER NOT NULL, app_id TEXT NOT NULL, pushkey TEXT NOT NULL,
          device_no INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY(user_no, app_id, pushkey)) STRICT, WITHOUT ROWID;
        CREATE INDEX msg_pusher_key ON msg_pusher(app_id, pushkey);
        CREATE TABLE msg_presence(user_no INTEGER PRIMARY KEY, presence TEXT NOT NULL, message TEXT,
          at_ms INTEGER NOT NULL) STRICT;
        """
}
