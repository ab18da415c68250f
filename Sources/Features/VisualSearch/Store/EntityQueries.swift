internal import Basics
import Storage

/// Reads and writes of `vis_entity`, what items are named by, and of `vis_title_model`.
enum EntityQueries {
    /// What an item is named by: its own columns first, then what was found in its title.
    static func entities(of item: CatalogueItem, _ connection: Connection) throws -> [TitleEntity] {
        var entities = columns(of: item.draft).flatMap { kind, values in
            values.map { TitleEntity(kind: kind, text: $0, range: 0..<0) }
        }
        try connection.forEach(
            "SELECT kind, value FROM vis_entity WHERE item_no = ?1 ORDER BY kind, value", .integer(item.number)
        ) { row in
            if let kind = EntityKind(rawValue: row.text(0)) {
                entities.append(TitleEntity(kind: kind, text: row.text(1), range: 0..<0))
            }
            return true
        }
        return entities
    }

    /// The columns of an item that name it, by kind.
    static func columns(of draft: ItemDraft) -> [EntityKind: [String]] {
        var columns: [EntityKind: [String]] = [:]
        for (name, value) in draft.attributes {
            let known = name.lowercased() == "color" ? EntityKind.colour : EntityKind(rawValue: name.lowercased())
            guard let kind = known, let text = value.stringValue ?? value.intValue.map({ String($0) }),
                !text.isEmpty, text.utf8.count <= 200
            else { continue }
            columns[kind, default: []].append(text)
        }
        return columns
    }

    static func replace(_ entities: [TitleEntity], of item: Int64, in context: WriteContext) throws {
        try context.run("DELETE FROM vis_entity WHERE item_no = ?1", .integer(item))
        for entity in entities {
            try context.run(
                """
                INSERT INTO vis_entity(item_no, kind, value) VALUES (?1, ?2, ?3)
                ON CONFLICT (item_no, kind, value) DO NOTHING
                """, .integer(item), .text(entity.kind.rawValue), .text(entity.text))
        }
    }

    /// Forgets items that are gone for good.
    static func forgetStrangers(in context: WriteContext) throws {
        try context.run("DELETE FROM vis_entity WHERE item_no NOT IN (SELECT item_no FROM vis_item)")
    }

    // MARK: What titles taught

    static func keep(
        classifier: [UInt8], figures: String, revision: Int64, of catalogue: Int64, in context: WriteContext
    ) throws {
        try context.run(
            """
            INSERT INTO vis_title_model(cat_no, revision, classifier, figures, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (cat_no) DO UPDATE SET revision = excluded.revision, classifier = excluded.classifier,
              figures = excluded.figures, at_ms = excluded.at_ms
            """, .integer(catalogue), .integer(revision), .blob(classifier), .text(figures), .integer(context.now))
    }

    static func model(
        of catalogue: Int64, _ connection: Connection
    ) throws -> (revision: Int64, classifier: [UInt8], figures: [UInt8], at: Int64)? {
        try connection.first(
            "SELECT revision, classifier, figures, at_ms FROM vis_title_model WHERE cat_no = ?1", .integer(catalogue)
        ) { ($0.int(0), $0.blob(1), $0.bytesOfText(2), $0.int(3)) }
    }

    /// The newest change of a catalogue's items; 0 when it is empty.
    static func revision(of catalogue: Int64, _ connection: Connection) throws -> Int64 {
        try connection.first(
            "SELECT COALESCE(MAX(revision), 0) FROM vis_item WHERE cat_no = ?1", .integer(catalogue)
        ) { $0.int(0) } ?? 0
    }
}
