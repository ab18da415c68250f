package import Storage

/// The tables of the service desk.
///
/// Their constraints hold what dispatch promises in the file itself: an unresolved conversation has an owner or waits,
/// has a deadline, and is the only one of its person, topic and shop. `desk_transition.pos` is drawn from the one log
/// that messages are numbered by.
package enum DeskSchema {
    package static let migrations: [Migration] = [
        Migration("desk-1") { connection in try connection.script(first) }, CardQueries.migration,
        WorkQueries.migration,
        Migration("desk-4") { connection in try connection.script(third) }, SetupQueries.migration,
        ProfileQueries.migration,
        Migration("desk-5") { connection in try connection.script(fifth) }, PresenceQueries.migration,
        ShopQueries.migration,
    ]

    /// What statistics need from the log so that reading it again gives the same numbers: the entrance and the settings
    /// as they were, and opinions at their place.
    private static let third = """
        ALTER TABLE desk_transition ADD COLUMN scene TEXT;
        CREATE TABLE desk_rating(pos INTEGER PRIMARY KEY, conv_no INTEGER NOT NULL, stars INTEGER NOT NULL,
          at_ms INTEGER NOT NULL, before_stars INTEGER, before_ms INTEGER, queue_no INTEGER NOT NULL,
          agent_no INTEGER NOT NULL, scene TEXT NOT NULL) STRICT;
        CREATE INDEX desk_rating_conv ON desk_rating(conv_no, pos);
        CREATE TABLE desk_queue_change(pos INTEGER PRIMARY KEY, queue_no INTEGER NOT NULL, target_ms INTEGER NOT NULL,
          hours TEXT, at_ms INTEGER NOT NULL) STRICT;
        CREATE TABLE desk_alert(name TEXT PRIMARY KEY, rule TEXT NOT NULL, state TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE desk_alert_notice(notice_no INTEGER PRIMARY KEY, name TEXT NOT NULL, at_ms INTEGER NOT NULL,
          body TEXT NOT NULL) STRICT;
        """

    /// What rules know of visitors, what is looked at again, what businesses have told, and who is told of it.
    private static let fifth = """
        ALTER TABLE desk_scene ADD COLUMN label TEXT;
        ALTER TABLE desk_note ADD COLUMN whispered_to INTEGER;
        CREATE TABLE desk_policy(shop_no INTEGER NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
          by_no INTEGER NOT NULL, at_ms INTEGER NOT NULL, PRIMARY KEY(shop_no, name)) STRICT, WITHOUT ROWID;
        CREATE TABLE desk_greeting(user_no INTEGER NOT NULL, at_ms INTEGER NOT NULL, scene_no INTEGER NOT NULL,
          text TEXT NOT NULL, conv_no INTEGER, PRIMARY KEY(user_no, at_ms)) STRICT, WITHOUT ROWID;
        CREATE TABLE desk_flag(flag_no INTEGER PRIMARY KEY, conv_no INTEGER NOT NULL, room_no INTEGER, seq INTEGER,
          user_no INTEGER NOT NULL, found TEXT NOT NULL, at_ms INTEGER NOT NULL, state INTEGER NOT NULL DEFAULT 0,
          by_no INTEGER, note TEXT, done_ms INTEGER) STRICT;
        CREATE INDEX desk_flag_conv ON desk_flag(conv_no, flag_no);
        CREATE TABLE desk_business(pos INTEGER PRIMARY KEY, adapter TEXT NOT NULL, what TEXT NOT NULL,
          user_no INTEGER, conv_no INTEGER, text TEXT, at_ms INTEGER NOT NULL,
          happened_ms INTEGER NOT NULL) STRICT;
        CREATE INDEX desk_business_user ON desk_business(user_no, pos) WHERE user_no IS NOT NULL;
        CREATE INDEX desk_business_conv ON desk_business(conv_no, pos) WHERE conv_no IS NOT NULL;
        CREATE TABLE desk_hook(name TEXT PRIMARY KEY, url TEXT NOT NULL, secret TEXT NOT NULL, kinds TEXT NOT NULL,
          at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE desk_draft(draft_no INTEGER PRIMARY KEY, conv_no INTEGER NOT NULL, robot_no INTEGER NOT NULL,
          text TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT;
        CREATE INDEX desk_draft_conv ON desk_draft(conv_no, draft_no);
        """

    private static let first = """
        CREATE TABLE desk_shop(shop_no INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
          default_queue INTEGER NOT NULL) STRICT;
        CREATE TABLE desk_person(person_no INTEGER PRIMARY KEY, merged_into INTEGER, created_ms INTEGER NOT NULL,
          profile TEXT NOT NULL) STRICT;
        CREATE TABLE desk_person_user(user_no INTEGER PRIMARY KEY, person_no INTEGER NOT NULL,
          since_ms INTEGER NOT NULL, anonymous INTEGER NOT NULL) STRICT;
        CREATE INDEX desk_person_user_person ON desk_person_user(person_no);
        CREATE TABLE desk_merge(merge_no INTEGER PRIMARY KEY, user_no INTEGER NOT NULL, from_person INTEGER NOT NULL,
          to_person INTEGER NOT NULL, by_no INTEGER NOT NULL, evidence TEXT NOT NULL, at_ms INTEGER NOT NULL,
          undone_ms INTEGER, reason TEXT) STRICT;
        CREATE INDEX desk_merge_person ON desk_merge(to_person);
        CREATE TABLE desk_scene(scene_no INTEGER PRIMARY KEY, token_hash BLOB NOT NULL UNIQUE,
          shop_no INTEGER NOT NULL, user_no INTEGER NOT NULL, entry TEXT NOT NULL, item TEXT, params TEXT NOT NULL,
          language TEXT, intent INTEGER, created_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL) STRICT;
        CREATE INDEX desk_scene_user ON desk_scene(user_no, scene_no);
        CREATE TABLE desk_rule(shop_no INTEGER NOT NULL, position INTEGER NOT NULL, rule TEXT NOT NULL,
          PRIMARY KEY(shop_no, position)) STRICT, WITHOUT ROWID;
        CREATE TABLE desk_queue(queue_no INTEGER PRIMARY KEY, shop_no INTEGER NOT NULL, name TEXT NOT NULL,
          mode INTEGER NOT NULL, policy INTEGER NOT NULL, offset_ms INTEGER NOT NULL, target_ms INTEGER NOT NULL,
          hours TEXT, overflow_no INTEGER, active INTEGER NOT NULL, UNIQUE(shop_no, name)) STRICT;
        CREATE TABLE desk_agent(user_no INTEGER PRIMARY KEY, status INTEGER NOT NULL, capacity INTEGER NOT NULL,
          skills TEXT NOT NULL, hours TEXT, supervisor INTEGER NOT NULL DEFAULT 0,
          load INTEGER NOT NULL DEFAULT 0 CHECK(load >= 0), last_assigned INTEGER NOT NULL DEFAULT 0,
          misses INTEGER NOT NULL DEFAULT 0, lost_ms INTEGER) STRICT;
        CREATE TABLE desk_roster(queue_no INTEGER NOT NULL, user_no INTEGER NOT NULL,
          PRIMARY KEY(queue_no, user_no)) STRICT, WITHOUT ROWID;
        CREATE INDEX desk_roster_user ON desk_roster(user_no);
        CREATE TABLE desk_conversation(conv_no INTEGER PRIMARY KEY, room_no INTEGER NOT NULL, shop_no INTEGER NOT NULL,
          topic TEXT NOT NULL, person_no INTEGER NOT NULL, user_no INTEGER NOT NULL, scene_no INTEGER,
          queue_no INTEGER NOT NULL, status INTEGER NOT NULL, owner_kind INTEGER, owner_no INTEGER,
          priority INTEGER NOT NULL, skills TEXT NOT NULL, enqueued_ms INTEGER NOT NULL, deadline_ms INTEGER,
          deadline_kind INTEGER, prefer_no INTEGER, hold_ms INTEGER NOT NULL, exclusions TEXT NOT NULL,
          n INTEGER NOT NULL, opened_ms INTEGER NOT NULL, resolved_ms INTEGER, successor_no INTEGER,
          answered INTEGER NOT NULL, robot_run INTEGER NOT NULL, rating INTEGER,
          CHECK((status = 6) = (owner_no IS NULL AND deadline_ms IS NULL)),
          CHECK(status <> 1 OR owner_no IS NULL), CHECK(status IN (1, 6) OR owner_no IS NOT NULL)) STRICT;
        CREATE UNIQUE INDEX desk_conversation_one ON desk_conversation(shop_no, person_no, topic) WHERE status <> 6;
        CREATE INDEX desk_conversation_room ON desk_conversation(room_no, conv_no);
        CREATE INDEX desk_conversation_user ON desk_conversation(user_no, conv_no);
        CREATE INDEX desk_conversation_open ON desk_conversation(conv_no) WHERE status <> 6;
        CREATE TABLE desk_transition(conv_no INTEGER NOT NULL, n INTEGER NOT NULL, pos INTEGER NOT NULL UNIQUE,
          from_status INTEGER, to_status INTEGER NOT NULL, owner_kind INTEGER, owner_no INTEGER,
          queue_no INTEGER NOT NULL, reason TEXT NOT NULL, by_no INTEGER, why TEXT, at_ms INTEGER NOT NULL,
          PRIMARY KEY(conv_no, n)) STRICT, WITHOUT ROWID;
        CREATE TABLE desk_note(note_no INTEGER PRIMARY KEY, conv_no INTEGER NOT NULL, author_no INTEGER NOT NULL,
          at_ms INTEGER NOT NULL, text TEXT NOT NULL) STRICT;
        CREATE INDEX desk_note_conv ON desk_note(conv_no, note_no);
        """
}
