extension VisualSearchSchema {
    /// Articles with their pictures, the terms by which they are found, what things and texts are named by, and what
    /// the titles of a catalogue taught.
    static let articles = """
        CREATE TABLE vis_article(article_no INTEGER PRIMARY KEY, cat_no INTEGER NOT NULL, key TEXT NOT NULL,
          kind TEXT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL, link TEXT NOT NULL, source TEXT NOT NULL,
          category TEXT NOT NULL, updated_ms INTEGER NOT NULL) STRICT;
        CREATE UNIQUE INDEX vis_article_key ON vis_article(cat_no, key);
        CREATE TABLE vis_article_picture(article_no INTEGER NOT NULL, place INTEGER NOT NULL, sha256 BLOB NOT NULL,
          name TEXT NOT NULL, caption TEXT NOT NULL, looked_at INTEGER NOT NULL DEFAULT 0,
          PRIMARY KEY(article_no, place)) STRICT;
        CREATE TABLE vis_article_term(cat_no INTEGER NOT NULL, term TEXT NOT NULL, article_no INTEGER NOT NULL,
          PRIMARY KEY(cat_no, term, article_no)) STRICT;
        CREATE INDEX vis_article_term_article ON vis_article_term(article_no);
        CREATE TABLE vis_article_item(article_no INTEGER NOT NULL, place INTEGER NOT NULL, item_no INTEGER NOT NULL,
          score REAL NOT NULL, is_same INTEGER NOT NULL, PRIMARY KEY(article_no, place, item_no)) STRICT;
        CREATE TABLE vis_entity(item_no INTEGER NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL,
          PRIMARY KEY(item_no, kind, value)) STRICT;
        CREATE TABLE vis_title_model(cat_no INTEGER PRIMARY KEY, revision INTEGER NOT NULL, classifier BLOB NOT NULL,
          figures TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT;
        """

    /// Sites that the operator listed, and their pages.
    static let crawl = """
        CREATE TABLE vis_crawl_source(source_no INTEGER PRIMARY KEY, cat_no INTEGER NOT NULL, address TEXT NOT NULL,
          shop TEXT NOT NULL, made_ms INTEGER NOT NULL, ran_ms INTEGER) STRICT;
        CREATE UNIQUE INDEX vis_crawl_source_address ON vis_crawl_source(cat_no, address);
        CREATE TABLE vis_crawl_page(source_no INTEGER NOT NULL, address TEXT NOT NULL, state TEXT NOT NULL, cause TEXT,
          changed_ms INTEGER NOT NULL, PRIMARY KEY(source_no, address)) STRICT;
        CREATE INDEX vis_crawl_page_state ON vis_crawl_page(source_no, state, address);
        """

    /// What customers looked for in vain: vectors of scans, gaps, things that were asked for, scans that were answered
    /// again, and questions that wait for an item.
    static let wishes = """
        CREATE TABLE vis_scan_vector(scan_no INTEGER PRIMARY KEY, generation_no INTEGER NOT NULL,
          vector BLOB NOT NULL) STRICT;
        CREATE TABLE vis_gap(gap_no INTEGER PRIMARY KEY, cat_no INTEGER NOT NULL, week TEXT NOT NULL,
          category TEXT NOT NULL, scans INTEGER NOT NULL, visitors INTEGER NOT NULL, generation_no INTEGER NOT NULL,
          centre BLOB NOT NULL, samples TEXT NOT NULL, made_ms INTEGER NOT NULL) STRICT;
        CREATE INDEX vis_gap_week ON vis_gap(cat_no, week);
        CREATE TABLE vis_wanted(cat_no INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, asked INTEGER NOT NULL,
          first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, PRIMARY KEY(cat_no, kind, key)) STRICT;
        CREATE TABLE vis_replay(scan_no INTEGER PRIMARY KEY, cat_no INTEGER NOT NULL, revision INTEGER NOT NULL,
          verdict TEXT NOT NULL, style TEXT NOT NULL, score REAL NOT NULL, at_ms INTEGER NOT NULL) STRICT;
        CREATE TABLE vis_watch(watch_no INTEGER PRIMARY KEY, cat_no INTEGER NOT NULL, scan_no INTEGER NOT NULL UNIQUE,
          visitor INTEGER NOT NULL, room TEXT NOT NULL, generation_no INTEGER NOT NULL, vector BLOB NOT NULL,
          least REAL NOT NULL, state TEXT NOT NULL, made_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL,
          item_no INTEGER, picture_no INTEGER, score REAL, answered_ms INTEGER, told_ms INTEGER) STRICT;
        CREATE INDEX vis_watch_catalogue ON vis_watch(cat_no);
        CREATE INDEX vis_watch_visitor ON vis_watch(visitor);
        CREATE INDEX vis_watch_expiry ON vis_watch(expires_ms);
        CREATE TABLE vis_watch_candidate(watch_no INTEGER NOT NULL, picture_no INTEGER NOT NULL,
          similarity REAL NOT NULL, PRIMARY KEY(watch_no, picture_no)) STRICT;
        """
}
