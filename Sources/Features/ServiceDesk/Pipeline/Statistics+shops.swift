import Storage

/// Which of the numbers are one shop's. A queue is of one shop for ever, so that the shop is a dimension of every number
/// that names a queue; what names an agent alone is of every shop that the agent works in.
struct ShopScope: Sendable {
    /// nil where the server has one shop: then everything is that shop's.
    private let queues: Set<Int64>?
    private let agents: Set<Int64>
    /// What names neither queue nor agent is counted in the first shop.
    private let isFirst: Bool

    init(of shop: Int64, _ connection: Connection) throws {
        isFirst = shop == Desk.firstShop
        guard try ShopQueries.names(connection).contains(where: { $0.number != Desk.firstShop }) else {
            (queues, agents) = (nil, [])
            return
        }
        queues = Set(try DeskQueries.queues(of: shop, connection).map(\.number))
        agents = Set(try ShopQueries.members(of: shop, connection).map(\.user))
    }

    var isWhole: Bool { queues == nil }

    func holds(queue: Int64) -> Bool {
        guard let queues else { return true }
        return queue == 0 ? isFirst : queues.contains(queue)
    }

    func holds(agent: Int64) -> Bool { isWhole || agents.contains(agent) }

    func holds(_ dimensions: Dimensions) -> Bool {
        dimensions.queue == 0 && dimensions.agent != 0 ? holds(agent: dimensions.agent) : holds(queue: dimensions.queue)
    }
}

extension Statistics {
    func scope(of shop: Int64) async throws -> ShopScope {
        try await desk.database.read { try ShopScope(of: shop, $0) }
    }
}
