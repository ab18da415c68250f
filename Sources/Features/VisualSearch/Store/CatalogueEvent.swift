import Basics
import Storage

/// A change of a catalogue as it stands in the outbox: what indexes and others have to look at again.
///
/// Events say what changed and not how: who follows them reads the tables as they are by then, so an event that is
/// dealt with twice does no harm.
public enum CatalogueEvent: Sendable, Hashable {
    /// A picture became searchable, changed or went.
    case picture(Int64)
    /// An item's words, price, stock or category changed, or it went.
    case item(Int64)
    /// Everything that was removed in one step; what is brought back is named one by one.
    case removal(Int64)

    /// The topic of all of them.
    public static let topic = "catalogue"

    var payload: JSON {
        switch self {
        case .picture(let number): ["picture": .int(number)]
        case .item(let number): ["item": .int(number)]
        case .removal(let number): ["removal": .int(number)]
        }
    }

    /// The event of an outbox entry, and the catalogue's number; nil for entries of others.
    static func read(_ entry: OutboxEntry) -> (catalogue: Int64, event: CatalogueEvent)? {
        guard entry.topic == topic, let catalogue = Int64(entry.key), let json = try? JSON(parsing: entry.payload)
        else { return nil }
        if let number = json["picture"]?.intValue { return (catalogue, .picture(number)) }
        if let number = json["item"]?.intValue { return (catalogue, .item(number)) }
        if let number = json["removal"]?.intValue { return (catalogue, .removal(number)) }
        return nil
    }

    func append(to catalogue: Int64, in context: WriteContext) throws {
        try Outbox.append(topic: Self.topic, key: String(catalogue), payload: payload.encoded(), in: context)
    }

    /// The pictures that have to be looked at again.
    func pictures(_ connection: Connection) throws -> [Int64] {
        switch self {
        case .picture(let number): return [number]
        case .item(let number):
            return try connection.rows("SELECT picture_no FROM vis_picture WHERE item_no = ?1", .integer(number)) {
                $0.int(0)
            }
        case .removal(let number):
            return try connection.rows(
                """
                SELECT picture_no FROM vis_picture WHERE removal_no = ?1
                UNION SELECT p.picture_no FROM vis_picture p JOIN vis_item i ON i.item_no = p.item_no
                WHERE i.removal_no = ?1
                """, .integer(number)
            ) { $0.int(0) }
        }
    }
}
