import Storage

/// The tables of uploaded files. The files themselves are blobs; each row with content holds one reference to its blob.
enum MediaSchema {
    static let migrations = [
        Migration("media-1") { connection in try connection.script(first) }
    ]

    /// `msg_media.state`: 0 reserved, waiting for its file; 1 stored. `kind` is that of the uploader at that time.
    /// `used`: 1 once a message shows it or somebody else has fetched it.
    private static let first = """
        CREATE TABLE msg_media(media_id TEXT PRIMARY KEY, user_no INTEGER NOT NULL, sha256 BLOB, type TEXT, name TEXT,
          size INTEGER, created_ms INTEGER NOT NULL, state INTEGER NOT NULL, width INTEGER, height INTEGER,
          sniffed TEXT, kind INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
        CREATE INDEX msg_media_blob ON msg_media(sha256);
        CREATE INDEX msg_media_user ON msg_media(user_no, created_ms);
        CREATE INDEX msg_media_created ON msg_media(created_ms);
        CREATE TABLE msg_thumbnail(source BLOB NOT NULL, box TEXT NOT NULL, sha256 BLOB NOT NULL, type TEXT NOT NULL,
          size INTEGER NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL, created_ms INTEGER NOT NULL,
          PRIMARY KEY(source, box)) STRICT, WITHOUT ROWID;
        CREATE INDEX msg_thumbnail_created ON msg_thumbnail(created_ms);
        """
}
