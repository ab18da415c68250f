import Accounts
import Basics
import Messaging
import Storage
import VisualSearch

/// Counts addresses that customers send to the shop and that the catalogue does not have: what people ask for by a link is
/// worth buying in. Follows the log of messages; each message counts once.
struct SentLinks: Sendable {
    let catalogues: Catalogues
    let messaging: MessagingEngine

    private static let consumer = "sent-links"
    private static let page = 200

    /// Reads what was said since the last call; the first call begins with what is said from then on.
    func count() async throws {
        let database = messaging.database
        guard let start = try await database.read({ try ConsumerOffset.position(of: Self.consumer, $0) }) else {
            let position = messaging.position
            return try await database.write { try ConsumerOffset.set(Self.consumer, position, in: $0) }
        }
        var (position, end) = (start, messaging.position)
        while position < end {
            let after = position
            let events = try await database.read { [queries = messaging.events] connection in
                try queries.log(after: after, limit: Self.page, in: connection)
            }
            let through = events.count < Self.page ? end : events.last?.pos ?? end
            try await count(events, after: after, through: through)
            position = through
            end = messaging.position
        }
    }

    private func count(_ events: [StoredEvent], after: Int64, through: Int64) async throws {
        var links: [(sender: Int64, room: RoomNumber, address: String)] = []
        for event in events where event.type == EventType.message && event.redactedBy == nil {
            let content = event.contentObject
            // A card shows what the catalogue has.
            guard content[WatchMessages.key] == nil else { continue }
            let addresses = SentAddresses.all(in: content["body"]?.stringValue ?? "")
            links += addresses.map { (event.sender, event.room, $0) }
        }
        // What people write to each other is nobody's business.
        let rooms = try await messaging.serviceRooms(among: Set(links.map(\.room)))
        links.removeAll { !rooms.contains($0.room) }
        // A page without a link costs no commit until there are many of them.
        guard !links.isEmpty || through - after > 1_000 else { return }
        let senders = try await messaging.accounts.users(numbers: Set(links.map(\.sender)))
        let names = try await catalogues.names()
        let name = names.contains(CatalogueAccess.firstName) ? CatalogueAccess.firstName : names.first
        let catalogue = if let name { try await catalogues.catalogue(name) } else { Catalogue?.none }
        let own = messaging.serverName
        try await messaging.database.write { [links] context in
            // A page that was taken already, by whatever way, is not counted again.
            guard try ConsumerOffset.position(of: Self.consumer, context.connection) == after else { return }
            for link in links where senders[link.sender].map({ Self.isCustomer($0.kind) }) ?? false {
                // Pages of this shop are no goods that it lacks.
                guard !link.address.contains("://\(own)/") else { continue }
                try catalogue?.want(.link, link.address, in: context)
            }
            try ConsumerOffset.set(Self.consumer, through, in: context)
        }
    }

    private static func isCustomer(_ kind: UserKind) -> Bool {
        switch kind {
        case .member, .visitor, .guest: true
        case .staff, .robot: false
        }
    }
}
