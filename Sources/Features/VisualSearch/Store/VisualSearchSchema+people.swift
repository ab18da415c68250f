extension VisualSearchSchema {
    /// What people decide and draw: who has a question before them, every decision with its reasons, boxes with their
    /// history, and the rounds of labelling by a model.
    ///
    /// `vis_decision` and `vis_label_event` only grow: taking something back is one more row. `vis_coverage` counts scans
    /// that were forgotten when their time was over; nobody can be told from it.
    static let people = """
        ALTER TABLE vis_review ADD COLUMN held_by TEXT;
        ALTER TABLE vis_review ADD COLUMN held_until_ms INTEGER;
        CREATE INDEX vis_review_open ON vis_review(cat_no, review_no) WHERE decision IS NULL;
        CREATE TABLE vis_decision(decision_no INTEGER PRIMARY KEY, cat_no INTEGER NOT NULL, review_no INTEGER NOT NULL,
          kind TEXT NOT NULL, act TEXT NOT NULL, by_whom TEXT NOT NULL, why TEXT NOT NULL, took_ms INTEGER,
          is_second INTEGER NOT NULL, at_ms INTEGER NOT NULL) STRICT;
        CREATE INDEX vis_decision_catalogue ON vis_decision(cat_no, decision_no);
        CREATE INDEX vis_decision_review ON vis_decision(review_no);
        CREATE TABLE vis_label_picture(label_no INTEGER PRIMARY KEY, cat_no INTEGER NOT NULL, sha256 BLOB NOT NULL,
          name TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL, picture_no INTEGER,
          is_held_out INTEGER NOT NULL, is_done INTEGER NOT NULL, revision INTEGER NOT NULL, edited_by TEXT NOT NULL,
          edited_ms INTEGER NOT NULL) STRICT;
        CREATE UNIQUE INDEX vis_label_picture_content ON vis_label_picture(cat_no, sha256);
        CREATE TABLE vis_label_box(box_no INTEGER PRIMARY KEY, label_no INTEGER NOT NULL, box_left REAL NOT NULL,
          box_top REAL NOT NULL, box_right REAL NOT NULL, box_bottom REAL NOT NULL, category TEXT NOT NULL,
          source TEXT NOT NULL, model TEXT NOT NULL, score REAL, round_no INTEGER, state TEXT NOT NULL,
          is_audited INTEGER NOT NULL, confirmed_by TEXT, at_ms INTEGER NOT NULL) STRICT;
        CREATE INDEX vis_label_box_picture ON vis_label_box(label_no);
        CREATE INDEX vis_label_box_round ON vis_label_box(round_no) WHERE round_no IS NOT NULL;
        CREATE TABLE vis_label_event(event_no INTEGER PRIMARY KEY, cat_no INTEGER NOT NULL, label_no INTEGER NOT NULL,
          box_no INTEGER NOT NULL, act TEXT NOT NULL, by_whom TEXT NOT NULL, shape TEXT NOT NULL,
          at_ms INTEGER NOT NULL) STRICT;
        CREATE INDEX vis_label_event_picture ON vis_label_event(label_no, event_no);
        CREATE TABLE vis_label_round(round_no INTEGER PRIMARY KEY, cat_no INTEGER NOT NULL, model TEXT NOT NULL,
          state TEXT NOT NULL, precision_held REAL, average_precision REAL, figures TEXT NOT NULL, by_whom TEXT NOT NULL,
          made_ms INTEGER NOT NULL) STRICT;
        CREATE INDEX vis_label_round_catalogue ON vis_label_round(cat_no, round_no);
        CREATE TABLE vis_coverage(cat_no INTEGER NOT NULL, week_day INTEGER NOT NULL, category TEXT NOT NULL,
          scans INTEGER NOT NULL, found INTEGER NOT NULL, was_right INTEGER NOT NULL, was_wrong INTEGER NOT NULL,
          PRIMARY KEY(cat_no, week_day, category)) STRICT;
        """
}
