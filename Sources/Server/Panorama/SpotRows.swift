import Basics
import Storage

/// The hotspots of panoramas: places that lead to another panorama, an item or words (PANO-316).
enum SpotRows {
    static let script = """
        CREATE TABLE panorama_spot(panorama INTEGER NOT NULL, n INTEGER NOT NULL, g INTEGER NOT NULL, yaw REAL NOT NULL,
            pitch REAL NOT NULL, kind TEXT NOT NULL, label TEXT NOT NULL, target TEXT NOT NULL, deleted_ms INTEGER,
            PRIMARY KEY(panorama, n)) STRICT;
        """

    private static let columns = "n, g, yaw, pitch, kind, label, target, deleted_ms"

    static func list(_ panorama: Int64, _ connection: Connection) throws -> [Spot] {
        try connection.rows(
            "SELECT \(columns) FROM panorama_spot WHERE panorama = ?1 ORDER BY n", .integer(panorama)
        ) { row in
            Spot(
                number: row.int(0), group: row.int(1), yaw: row.real(2), pitch: row.real(3),
                kind: Spot.Kind(rawValue: row.text(4)) ?? .text, label: row.text(5), target: row.text(6),
                deleted: row.intOrNil(7))
        }
    }

    static func put(_ spot: Spot, of panorama: Int64, in context: WriteContext) throws {
        try context.run(
            """
            INSERT INTO panorama_spot(panorama, \(columns)) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, NULL)
            ON CONFLICT(panorama, n) DO UPDATE SET yaw = ?4, pitch = ?5, kind = ?6, label = ?7, target = ?8
            """, .integer(panorama), .integer(spot.number), .integer(spot.group), .real(spot.yaw), .real(spot.pitch),
            .text(spot.kind.rawValue), .text(spot.label), .text(spot.target))
    }

    static func setDeleted(_ moment: Int64?, _ number: Int64, of panorama: Int64, in context: WriteContext) throws {
        try context.run(
            "UPDATE panorama_spot SET deleted_ms = ?3 WHERE panorama = ?1 AND n = ?2", .integer(panorama),
            .integer(number), moment.map { .integer($0) } ?? .null)
    }

    static func purge(of panorama: Int64, in context: WriteContext) throws {
        try context.run("DELETE FROM panorama_spot WHERE panorama = ?1", .integer(panorama))
    }

    static func purge(deletedBefore moment: Int64, in context: WriteContext) throws {
        try context.run("DELETE FROM panorama_spot WHERE deleted_ms < ?1", .integer(moment))
    }
}

/// A place in a panorama that leads somewhere.
struct Spot: Sendable, Hashable {
    /// Where it leads.
    enum Kind: String, Sendable {
        case panorama, item, text
    }

    let number: Int64
    let group: Int64
    /// Degrees to the right of the panorama's middle.
    let yaw: Double
    /// Degrees up.
    let pitch: Double
    let kind: Kind
    let label: String
    /// `id/group` of a panorama, the SKU of an item, or the words.
    let target: String
    var deleted: Int64?

    /// Reads `{yaw, pitch, kind, label, panorama, group, item, text}`.
    ///
    /// - Throws: 400 that names the field.
    init(_ json: JSONObject, number: Int64, group: Int64) throws(RequestError) {
        guard let yaw = json["yaw"]?.doubleValue, (-360...360).contains(yaw) else {
            throw .invalidParam("'yaw' must be a number from -360 to 360, degrees to the right of the middle.")
        }
        guard let pitch = json["pitch"]?.doubleValue, (-90...90).contains(pitch) else {
            throw .invalidParam("'pitch' must be a number from -90 to 90, degrees up.")
        }
        guard let kind = json["kind"]?.stringValue.flatMap(Kind.init) else {
            throw .invalidParam("'kind' must be panorama, item or text.")
        }
        let label = json["label"]?.stringValue ?? ""
        guard (1...120).contains(label.count) else { throw .invalidParam("'label' must have 1 to 120 characters.") }
        switch kind {
        case .panorama:
            guard let id = json["panorama"]?.stringValue, !id.isEmpty, id.count < 60, !id.contains("/") else {
                throw .invalidParam("'panorama' must be the id of one of your panoramas.")
            }
            target = "\(id)/\(json["group"]?.intValue ?? 1)"
        case .item:
            guard let sku = json["item"]?.stringValue, (1...200).contains(sku.count) else {
                throw .invalidParam("'item' must be the SKU of an item.")
            }
            target = sku
        case .text:
            guard let words = json["text"]?.stringValue, (1...2_000).contains(words.count) else {
                throw .invalidParam("'text' must have 1 to 2000 characters.")
            }
            target = words
        }
        (self.number, self.group, self.yaw, self.pitch) = (number, group, yaw, pitch)
        (self.kind, self.label) = (kind, label)
    }

    init(
        number: Int64, group: Int64, yaw: Double, pitch: Double, kind: Kind, label: String, target: String,
        deleted: Int64?
    ) {
        (self.number, self.group, self.yaw, self.pitch) = (number, group, yaw, pitch)
        (self.kind, self.label, self.target, self.deleted) = (kind, label, target, deleted)
    }

    /// The panorama it leads to, and which of its groups.
    var panorama: (id: String, group: Int64)? {
        let parts = target.split(separator: "/")
        guard kind == .panorama, parts.count == 2, let group = Int64(parts[1]) else { return nil }
        return (String(parts[0]), group)
    }

    /// As it was said.
    var json: JSONObject {
        var out: JSONObject = [
            "spot": .int(number), "yaw": .double(yaw), "pitch": .double(pitch), "kind": .string(kind.rawValue),
            "label": .string(label),
        ]
        switch kind {
        case .panorama:
            out["panorama"] = .string(panorama?.id ?? "")
            out["group"] = .int(panorama?.group ?? 1)
        case .item: out["item"] = .string(target)
        case .text: out["text"] = .string(target)
        }
        return out
    }
}
