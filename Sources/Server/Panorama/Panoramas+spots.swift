import Accounts
import Basics
import Storage

/// Hotspots: each change is one transaction, and what was deleted can be brought back for a day.
extension Panoramas {
    /// Hotspots of one panorama.
    static let mostSpots = 200

    private func changeSpots<Value: Sendable>(
        _ id: String, of session: Session,
        _ body: @escaping @Sendable (PanoramaRow, [Spot], WriteContext) throws -> Value
    ) async throws -> Value {
        try session.requireShop()
        return try await database.write { context in
            guard let row = try PanoramaRows.row(id: id, context.connection), row.owner == session.userNumber,
                row.deleted == nil
            else { throw Self.unknown }
            return try body(row, try SpotRows.list(row.number, context.connection), context)
        }
    }

    /// A tour leads only to panoramas of the same owner.
    private static func check(_ spot: Spot, _ row: PanoramaRow, in context: WriteContext) throws {
        guard let target = spot.panorama else { return }
        guard let other = try PanoramaRows.row(id: target.id, context.connection), other.owner == row.owner,
            other.deleted == nil, other.groups.contains(where: { $0["group"]?.intValue == target.group })
        else {
            throw RequestError.invalidParam("'panorama' and 'group' must be of one of your panoramas that is done.")
        }
    }

    /// Adds a hotspot to a group of a panorama.
    ///
    /// - Returns: Its number.
    func addSpot(_ json: JSONObject, to group: Int64, of id: String, by session: Session) async throws -> Int64 {
        try await changeSpots(id, of: session) { row, spots, context in
            guard spots.count(where: { $0.deleted == nil }) < Self.mostSpots else {
                throw RequestError.invalidParam("A panorama has at most \(Self.mostSpots) hotspots.")
            }
            guard row.groups.contains(where: { $0["group"]?.intValue == group && $0["fovDegrees"] != nil }) else {
                throw RequestError.invalidParam("Hotspots stand in panoramas that are done and have angles.")
            }
            let spot = try Spot(json, number: (spots.map(\.number).max() ?? 0) + 1, group: group)
            try Self.check(spot, row, in: context)
            try SpotRows.put(spot, of: row.number, in: context)
            return spot.number
        }
    }

    /// Says anew where a hotspot stands and leads.
    func setSpot(_ number: Int64, _ json: JSONObject, of id: String, by session: Session) async throws {
        try await changeSpots(id, of: session) { row, spots, context in
            guard let known = spots.first(where: { $0.number == number && $0.deleted == nil }) else {
                throw RequestError.notFound("There is no such hotspot.")
            }
            let spot = try Spot(json, number: number, group: known.group)
            try Self.check(spot, row, in: context)
            try SpotRows.put(spot, of: row.number, in: context)
        }
    }

    /// Hides a hotspot, or brings it back.
    func setSpot(_ number: Int64, isDeleted: Bool, of id: String, by session: Session) async throws {
        try await changeSpots(id, of: session) { row, spots, context in
            guard spots.contains(where: { $0.number == number && ($0.deleted == nil) == isDeleted }) else {
                throw RequestError.notFound("There is no such hotspot.")
            }
            try SpotRows.setDeleted(isDeleted ? context.now : nil, number, of: row.number, in: context)
        }
    }

    /// The hotspots of a group.
    func spots(of row: PanoramaRow, group: Int64) async throws -> [Spot] {
        try await database.read { try SpotRows.list(row.number, $0) }.filter { $0.group == group && $0.deleted == nil }
    }

    /// The rows that hotspots lead to, by id.
    func targets(of spots: [Spot], owner: Int64) async throws -> [String: PanoramaRow] {
        let ids = Set(spots.compactMap { $0.panorama?.id })
        guard !ids.isEmpty else { return [:] }
        return try await database.read { connection in
            var found: [String: PanoramaRow] = [:]
            for id in ids {
                guard let row = try PanoramaRows.row(id: id, connection), row.owner == owner, row.deleted == nil else {
                    continue
                }
                found[id] = row
            }
            return found
        }
    }

    /// Gives every panorama that can be reached from one a link as well: a tour is shared as a whole.
    func shareTour(from row: PanoramaRow, by session: Session, in context: WriteContext) throws {
        var waiting = [row]
        var seen: Set<Int64> = [row.number]
        while let next = waiting.popLast() {
            for spot in try SpotRows.list(next.number, context.connection) where spot.deleted == nil {
                guard let id = spot.panorama?.id, let other = try PanoramaRows.row(id: id, context.connection),
                    other.owner == session.userNumber, other.deleted == nil, seen.insert(other.number).inserted
                else { continue }
                if other.share == nil {
                    try PanoramaRows.set(
                        "share", .text(Base64URL.encode(secureRandomBytes(18))), of: other.number, in: context)
                }
                waiting.append(other)
            }
        }
    }
}
