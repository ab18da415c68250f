public import Storage

/// The tables of catalogues: items, their pictures, what was found out about them, and what people decided.
///
/// SQL is the truth: indexes of vectors follow the outbox and are built again from these tables when they are lost.
/// `vis_pending` is the queue of pictures on their way to being searchable; its rows leave it again.
public enum VisualSearchSchema {
    /// The steps of the schema, in order.
    public static let migrations = [
        Migration("visual-search-1") { connection in try connection.script(first) },
        Migration("visual-search-2") { connection in try connection.script(second) },
        Migration("visual-search-switches") { connection in try connection.script(switches) },
        Migration("visual-search-articles") { connection in try connection.script(articles) },
        Migration("visual-search-wishes") { connection in try connection.script(wishes) },
        Migration("visual-search-crawl") { connection in try connection.script(crawl) },
        Migration("visual-search-people-1") { connection in try connection.script(people) },
        Migration("visual-search-names") { connection in try connection.script(names) },
        Migration("visual-search-feeds") { connection in
            try connection.script("ALTER TABLE vis_crawl_source ADD COLUMN is_feed INTEGER NOT NULL DEFAULT 0;")
        },
        Migration("visual-search-verticals") { connection in
            try connection.script(
                """
                CREATE TABLE vis_vertical(cat_no INTEGER PRIMARY KEY, manifest TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT;
                """)
        },
    ]

    /// Scans belong to somebody, and can be asked again with what was wished for.
    private static let second = """
        ALTER TABLE vis_scan ADD COLUMN visitor INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE vis_scan ADD COLUMN wish TEXT NOT NULL DEFAULT '{}';
        CREATE INDEX vis_scan_catalogue ON vis_scan(cat_no, scan_no);
        CREATE INDEX vis_feedback_verdict ON vis_feedback(verdict, scan_no);
        """

    /// Items are asked for by their SKU alone, and by the link that a QR code on a shelf says.
    private static let names = """
        CREATE INDEX vis_item_name ON vis_item(cat_no, sku);
        CREATE INDEX vis_item_link ON vis_item(cat_no, link);
        """

    /// Which space was to answer instead of which, and whether the gate let it.
    private static let switches = """
        CREATE TABLE vis_switch(switch_no INTEGER PRIMARY KEY, cat_no INTEGER NOT NULL, from_no INTEGER NOT NULL,
          to_no INTEGER NOT NULL, done INTEGER NOT NULL, reason TEXT NOT NULL, override TEXT, at_ms INTEGER NOT NULL) STRICT;
        CREATE INDEX vis_switch_catalogue ON vis_switch(cat_no, switch_no);
        """

    private static let first = """
        CREATE TABLE vis_catalogue(cat_no INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_ms INTEGER NOT NULL,
          serving_no INTEGER, previous_no INTEGER) STRICT;
        CREATE TABLE vis_category(category_no INTEGER PRIMARY KEY, cat_no INTEGER NOT NULL, ordinal INTEGER NOT NULL,
          name TEXT NOT NULL, top_no INTEGER) STRICT;
        CREATE UNIQUE INDEX vis_category_name ON vis_category(cat_no, name);
        CREATE TABLE vis_shop(shop_no INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE vis_item(item_no INTEGER PRIMARY KEY, cat_no INTEGER NOT NULL, shop_no INTEGER NOT NULL,
          sku TEXT NOT NULL, title TEXT NOT NULL, category_no INTEGER NOT NULL, attributes TEXT NOT NULL,
          price INTEGER, currency TEXT NOT NULL, stock INTEGER, link TEXT NOT NULL, revision INTEGER NOT NULL,
          updated_ms INTEGER NOT NULL, removal_no INTEGER, code TEXT) STRICT;
        CREATE UNIQUE INDEX vis_item_sku ON vis_item(cat_no, shop_no, sku);
        CREATE INDEX vis_item_code ON vis_item(cat_no, code) WHERE code IS NOT NULL;
        CREATE INDEX vis_item_catalogue ON vis_item(cat_no, item_no);
        CREATE INDEX vis_item_removal ON vis_item(removal_no) WHERE removal_no IS NOT NULL;
        CREATE TABLE vis_picture(picture_no INTEGER PRIMARY KEY, cat_no INTEGER NOT NULL, item_no INTEGER NOT NULL,
          place INTEGER NOT NULL, sha256 BLOB NOT NULL, name TEXT NOT NULL, bytes INTEGER NOT NULL,
          width INTEGER NOT NULL, height INTEGER NOT NULL, sharpness REAL, state INTEGER NOT NULL, alias_of INTEGER,
          replaces INTEGER, problem TEXT, dead_at TEXT, added_ms INTEGER NOT NULL, removal_no INTEGER) STRICT;
        CREATE UNIQUE INDEX vis_picture_item ON vis_picture(item_no, sha256);
        CREATE INDEX vis_picture_catalogue ON vis_picture(cat_no, picture_no);
        CREATE INDEX vis_picture_alias ON vis_picture(alias_of) WHERE alias_of IS NOT NULL;
        CREATE INDEX vis_picture_removal ON vis_picture(removal_no) WHERE removal_no IS NOT NULL;
        CREATE TABLE vis_pending(picture_no INTEGER PRIMARY KEY, cat_no INTEGER NOT NULL,
          attempts INTEGER NOT NULL, due_ms INTEGER) STRICT;
        CREATE TABLE vis_fingerprint(picture_no INTEGER PRIMARY KEY, cat_no INTEGER NOT NULL, version INTEGER NOT NULL,
          pixels BLOB NOT NULL, near INTEGER NOT NULL, far BLOB NOT NULL, signature BLOB NOT NULL) STRICT;
        CREATE INDEX vis_fingerprint_catalogue ON vis_fingerprint(cat_no, picture_no);
        CREATE TABLE vis_box(box_no INTEGER PRIMARY KEY, picture_no INTEGER NOT NULL, x INTEGER NOT NULL,
          y INTEGER NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL, label TEXT NOT NULL,
          source TEXT NOT NULL, model TEXT NOT NULL, score REAL NOT NULL, at_ms INTEGER NOT NULL) STRICT;
        CREATE INDEX vis_box_picture ON vis_box(picture_no);
        CREATE TABLE vis_generation(generation_no INTEGER PRIMARY KEY, cat_no INTEGER NOT NULL, space TEXT NOT NULL,
          dimensions INTEGER NOT NULL, state INTEGER NOT NULL, made_ms INTEGER NOT NULL,
          changed_ms INTEGER NOT NULL) STRICT;
        CREATE INDEX vis_generation_catalogue ON vis_generation(cat_no, generation_no);
        CREATE TABLE vis_embedding(generation_no INTEGER NOT NULL, picture_no INTEGER NOT NULL, vector BLOB NOT NULL,
          PRIMARY KEY(generation_no, picture_no)) STRICT;
        CREATE INDEX vis_embedding_picture ON vis_embedding(picture_no);
        CREATE TABLE vis_group(group_no INTEGER PRIMARY KEY, cat_no INTEGER NOT NULL, made_ms INTEGER NOT NULL) STRICT;
        CREATE TABLE vis_member(item_no INTEGER PRIMARY KEY, group_no INTEGER NOT NULL, since_ms INTEGER NOT NULL,
          by_whom TEXT NOT NULL) STRICT;
        CREATE INDEX vis_member_group ON vis_member(group_no);
        CREATE TABLE vis_removal(removal_no INTEGER PRIMARY KEY, cat_no INTEGER NOT NULL, kind TEXT NOT NULL,
          subject TEXT NOT NULL, by_whom TEXT NOT NULL, made_ms INTEGER NOT NULL, undone_ms INTEGER) STRICT;
        CREATE INDEX vis_removal_catalogue ON vis_removal(cat_no, removal_no);
        CREATE TABLE vis_review(review_no INTEGER PRIMARY KEY, cat_no INTEGER NOT NULL, kind TEXT NOT NULL,
          subject INTEGER NOT NULL, other INTEGER NOT NULL, score REAL NOT NULL, evidence TEXT NOT NULL,
          made_ms INTEGER NOT NULL, decision TEXT, by_whom TEXT, decided_ms INTEGER, effect TEXT) STRICT;
        CREATE UNIQUE INDEX vis_review_subject ON vis_review(cat_no, kind, subject, other);
        CREATE TABLE vis_import(job_no INTEGER PRIMARY KEY, cat_no INTEGER NOT NULL, source TEXT NOT NULL,
          made_ms INTEGER NOT NULL) STRICT;
        CREATE TABLE vis_import_line(job_no INTEGER NOT NULL, line INTEGER NOT NULL, sku TEXT NOT NULL,
          outcome TEXT NOT NULL, cause TEXT, item_no INTEGER, PRIMARY KEY(job_no, line)) STRICT;
        CREATE TABLE vis_import_picture(job_no INTEGER NOT NULL, line INTEGER NOT NULL, place INTEGER NOT NULL,
          name TEXT NOT NULL, outcome TEXT NOT NULL, cause TEXT, picture_no INTEGER, other_no INTEGER,
          PRIMARY KEY(job_no, line, place)) STRICT;
        CREATE TABLE vis_scan(scan_no INTEGER PRIMARY KEY, cat_no INTEGER NOT NULL, id TEXT NOT NULL UNIQUE,
          sha256 BLOB NOT NULL, answer TEXT NOT NULL, generation_no INTEGER NOT NULL, at_ms INTEGER NOT NULL,
          expires_ms INTEGER NOT NULL) STRICT;
        CREATE INDEX vis_scan_expiry ON vis_scan(expires_ms);
        CREATE TABLE vis_feedback(scan_no INTEGER PRIMARY KEY, verdict TEXT NOT NULL, sku TEXT, category TEXT,
          at_ms INTEGER NOT NULL) STRICT;
        CREATE TABLE vis_calibration(generation_no INTEGER NOT NULL, category TEXT NOT NULL, fit TEXT NOT NULL,
          figures TEXT NOT NULL, at_ms INTEGER NOT NULL, PRIMARY KEY(generation_no, category)) STRICT;
        """
}
