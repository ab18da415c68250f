package import Storage

/// The tables of messages, rooms and read marks.
///
/// `msg_event.pos` is drawn by the one writer, so the order of positions is the order of commits and the table is the
/// log that consumers follow; (room_no, seq) is the only other way in. No flag is indexed: an index on a value that
/// is almost always the same slows every write and helps no read.
package enum MessagingSchema {
    package static let migrations = [
        Migration("messaging-1") { connection in try connection.script(first) }, ServiceQueries.migration,
        PushQueries.migration,
    ]

    private static let first = """
        CREATE TABLE msg_type(type_no INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE msg_room(room_no INTEGER PRIMARY KEY, version TEXT NOT NULL, creator_no INTEGER NOT NULL,
          created_ms INTEGER NOT NULL, head_seq INTEGER NOT NULL, head_pos INTEGER NOT NULL,
          receipt_pos INTEGER NOT NULL DEFAULT 0, counted INTEGER NOT NULL DEFAULT 0,
          last_seq INTEGER NOT NULL DEFAULT 0, last_ms INTEGER NOT NULL DEFAULT 0,
          purged_seq INTEGER NOT NULL DEFAULT 0, listed INTEGER NOT NULL DEFAULT 0) STRICT;
        CREATE TABLE msg_event(pos INTEGER PRIMARY KEY, room_no INTEGER NOT NULL, seq INTEGER NOT NULL,
          sender_no INTEGER NOT NULL, device_no INTEGER, type_no INTEGER NOT NULL, state_key TEXT,
          ts_ms INTEGER NOT NULL, recv_ms INTEGER NOT NULL, counted INTEGER NOT NULL,
          flags INTEGER NOT NULL DEFAULT 0, redacted_by INTEGER, redacts INTEGER, replaces INTEGER,
          txn TEXT, content TEXT NOT NULL) STRICT;
        CREATE UNIQUE INDEX msg_event_room ON msg_event(room_no, seq);
        CREATE TABLE msg_state(room_no INTEGER NOT NULL, type_no INTEGER NOT NULL, state_key TEXT NOT NULL,
          seq INTEGER NOT NULL, PRIMARY KEY(room_no, type_no, state_key, seq)) STRICT, WITHOUT ROWID;
        CREATE INDEX msg_state_seq ON msg_state(room_no, seq);
        CREATE TABLE msg_member_span(room_no INTEGER NOT NULL, user_no INTEGER NOT NULL, from_seq INTEGER NOT NULL,
          membership INTEGER NOT NULL, visible_from INTEGER NOT NULL, user_id TEXT NOT NULL,
          PRIMARY KEY(room_no, user_no, from_seq)) STRICT, WITHOUT ROWID;
        CREATE TABLE msg_membership(user_no INTEGER NOT NULL, room_no INTEGER NOT NULL, membership INTEGER NOT NULL,
          since_pos INTEGER NOT NULL, forgotten INTEGER NOT NULL DEFAULT 0,
          PRIMARY KEY(user_no, room_no)) STRICT, WITHOUT ROWID;
        CREATE INDEX msg_membership_room ON msg_membership(room_no, membership, user_no);
        CREATE TABLE msg_txn(device_no INTEGER NOT NULL, path_hash BLOB NOT NULL, txn_id TEXT NOT NULL,
          response TEXT NOT NULL, at_ms INTEGER NOT NULL,
          PRIMARY KEY(device_no, path_hash, txn_id)) STRICT, WITHOUT ROWID;
        CREATE INDEX msg_txn_age ON msg_txn(at_ms);
        CREATE TABLE msg_receipt(room_no INTEGER NOT NULL, user_no INTEGER NOT NULL, kind INTEGER NOT NULL,
          thread INTEGER NOT NULL, seq INTEGER NOT NULL, counted INTEGER NOT NULL, ts_ms INTEGER NOT NULL,
          pos INTEGER NOT NULL, PRIMARY KEY(room_no, user_no, kind, thread)) STRICT, WITHOUT ROWID;
        CREATE TABLE msg_highlight(user_no INTEGER NOT NULL, room_no INTEGER NOT NULL, seq INTEGER NOT NULL,
          PRIMARY KEY(room_no, user_no, seq)) STRICT, WITHOUT ROWID;
        CREATE TABLE msg_relation(room_no INTEGER NOT NULL, target_seq INTEGER NOT NULL, rel TEXT NOT NULL,
          seq INTEGER NOT NULL, type_no INTEGER NOT NULL, sender_no INTEGER NOT NULL, key TEXT,
          PRIMARY KEY(room_no, target_seq, rel, seq)) STRICT, WITHOUT ROWID;
        CREATE INDEX msg_relation_seq ON msg_relation(room_no, seq);
        CREATE TABLE msg_recalled(room_no INTEGER NOT NULL, seq INTEGER NOT NULL, by_no INTEGER NOT NULL,
          at_ms INTEGER NOT NULL, counted INTEGER NOT NULL, reason TEXT, original TEXT NOT NULL, expires_ms INTEGER,
          PRIMARY KEY(room_no, seq)) STRICT, WITHOUT ROWID;
        CREATE TABLE msg_alias(alias TEXT PRIMARY KEY, room_no INTEGER NOT NULL,
          creator_no INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX msg_alias_room ON msg_alias(room_no);
        CREATE TABLE msg_report(report_no INTEGER PRIMARY KEY, room_no INTEGER NOT NULL, seq INTEGER,
          user_no INTEGER NOT NULL, at_ms INTEGER NOT NULL, reason TEXT) STRICT;
        CREATE TABLE msg_audit(audit_no INTEGER PRIMARY KEY, room_no INTEGER NOT NULL, user_no INTEGER NOT NULL,
          at_ms INTEGER NOT NULL, what TEXT NOT NULL) STRICT;
        CREATE TABLE msg_retention(room_no INTEGER PRIMARY KEY, max_days INTEGER NOT NULL,
          hold INTEGER NOT NULL) STRICT;
        CREATE TABLE msg_contact(user_no INTEGER PRIMARY KEY, room_no INTEGER NOT NULL) STRICT;
        """
}
