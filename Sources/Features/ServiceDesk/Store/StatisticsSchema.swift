package import Storage

/// The tables of statistics, in a file of their own: everything in them can be made again from the log.
///
/// No text of a message is in them. `stat_room` holds how each room stands, so that a page of the log is applied in one
/// transaction with the position up to which it was read.
package enum StatisticsSchema {
    package static let migrations: [Migration] = [
        Migration("statistics-1") { connection in try connection.script(first) },
        Migration("statistics-2") { connection in try connection.script(second) },
    ]

    private static let first = """
        CREATE TABLE stat_room(room_no INTEGER PRIMARY KEY, conv_no INTEGER NOT NULL, n INTEGER NOT NULL,
          status INTEGER NOT NULL, since_ms INTEGER NOT NULL, opened_ms INTEGER NOT NULL, agent_no INTEGER NOT NULL,
          queue_no INTEGER NOT NULL, scene TEXT NOT NULL, handled_ms INTEGER NOT NULL, flags INTEGER NOT NULL,
          any_pos INTEGER, any_ms INTEGER, any_first INTEGER, any_queue INTEGER, any_scene TEXT, any_limit INTEGER,
          human_pos INTEGER, human_ms INTEGER, human_first INTEGER, human_queue INTEGER, human_scene TEXT,
          human_limit INTEGER) STRICT;
        CREATE INDEX stat_room_open ON stat_room(room_no) WHERE status <> 6;
        CREATE INDEX stat_room_turn ON stat_room(human_ms) WHERE human_ms IS NOT NULL;
        CREATE TABLE stat_queue(queue_no INTEGER PRIMARY KEY, target_ms INTEGER NOT NULL, hours TEXT) STRICT;
        CREATE TABLE stat_turn(start_ms INTEGER NOT NULL, class INTEGER NOT NULL, start_pos INTEGER NOT NULL,
          room_no INTEGER NOT NULL, conv_no INTEGER NOT NULL, first INTEGER NOT NULL, queue_no INTEGER NOT NULL,
          scene TEXT NOT NULL, limit_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL, answered INTEGER NOT NULL,
          agent_no INTEGER NOT NULL, waited_ms INTEGER NOT NULL,
          PRIMARY KEY(start_ms, class, start_pos)) STRICT, WITHOUT ROWID;
        CREATE TABLE stat_span(to_ms INTEGER NOT NULL, conv_no INTEGER NOT NULL, n INTEGER NOT NULL,
          status INTEGER NOT NULL, from_ms INTEGER NOT NULL, queue_no INTEGER NOT NULL, agent_no INTEGER NOT NULL,
          scene TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY(to_ms, conv_no, n)) STRICT, WITHOUT ROWID;
        CREATE TABLE stat_pane(metric INTEGER NOT NULL, minute INTEGER NOT NULL, queue_no INTEGER NOT NULL,
          agent_no INTEGER NOT NULL, scene TEXT NOT NULL, bucket INTEGER NOT NULL, count INTEGER NOT NULL,
          sum INTEGER NOT NULL, PRIMARY KEY(metric, minute, queue_no, agent_no, scene, bucket)) STRICT, WITHOUT ROWID;
        CREATE TABLE stat_day(day INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, pos INTEGER NOT NULL,
          differs INTEGER NOT NULL, result TEXT NOT NULL) STRICT;
        """

    /// Who is there. Nothing is to be read again for it: what it follows from was first written down with this version.
    private static let second = """
        CREATE TABLE stat_agent(agent_no INTEGER PRIMARY KEY, status INTEGER NOT NULL,
          since_ms INTEGER NOT NULL) STRICT;
        """

    /// Empties everything that follows from the log.
    static func empty(_ context: WriteContext) throws {
        for table in ["stat_room", "stat_queue", "stat_turn", "stat_span", "stat_pane", "stat_agent"] {
            try context.connection.run("DELETE FROM \(table)")
        }
    }
}
