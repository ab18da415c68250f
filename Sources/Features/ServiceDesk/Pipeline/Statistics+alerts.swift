package import Basics
import Messaging
import Storage

/// A rule and where it stands.
struct StandingAlert: Sendable, Hashable {
    var shop: Int64
    var rule: AlertRule
    var machine: AlertMachine
    var value: Double?

    /// As it is stored.
    var state: JSON {
        [
            "state": .string(machine.state.rawValue), "since": .int(machine.since), "told": .int(machine.told),
            "value": value.map(JSON.double) ?? .null,
        ]
    }
}

extension Statistics {
    /// Jobs that bring notices of alerts to an address.
    package static let alertJob = "desk.alert"

    // MARK: Rules

    /// Makes a rule or changes it; one that is changed begins anew.
    package func setAlert(_ rule: AlertRule, of shop: Int64 = Desk.firstShop) async throws {
        try await desk.database.write { context in
            let known = try AlertQueries.alerts(context.connection).filter { $0.shop == shop }
            if let queue = rule.queue,
                try !DeskQueries.queues(of: shop, context.connection).contains(where: { $0.number == queue })
            {
                throw RequestError.notFound("There is no queue \(queue).")
            }
            guard known.count < 200 || known.contains(where: { $0.rule.name == rule.name }) else {
                throw RequestError.tooLarge("At most 200 rules.")
            }
            try AlertQueries.store(StandingAlert(shop: shop, rule: rule, machine: AlertMachine()), in: context)
        }
    }

    /// Removes a rule; its notices stay.
    package func removeAlert(_ name: String, of shop: Int64 = Desk.firstShop) async throws {
        try await desk.database.write { context in
            guard try AlertQueries.remove(name, of: shop, in: context) else {
                throw RequestError.notFound("There is no such alert.")
            }
        }
    }

    /// All rules with where they stand, by name.
    package func alertStates(of shop: Int64 = Desk.firstShop) async throws -> [JSON] {
        try await desk.database.read { try AlertQueries.alerts($0) }.filter { $0.shop == shop }.map { alert in
            var object = alert.rule.json.objectValue ?? [:]
            object["state"] = .string(alert.machine.state.rawValue)
            object["since_ts"] = .int(alert.machine.since)
            object["value"] = alert.value.map(JSON.double) ?? .null
            return .object(object)
        }
    }

    /// What was told, the newest first.
    package func alertNotices(of shop: Int64 = Desk.firstShop, limit: Int) async throws -> [JSON] {
        try await desk.database.read { try AlertQueries.notices(of: shop, limit: limit, $0) }
    }

    // MARK: Looking

    /// Looks at all rules as of the watermark. The new state, its notice and the job that carries it are one
    /// transaction, so that nobody is told twice or not at all.
    package func lookAtAlerts() async throws {
        let time = watermark
        guard time > 0 else { return }
        let alerts = try await desk.database.read { try AlertQueries.alerts($0) }
        guard !alerts.isEmpty else { return }
        let values = try await values(alerts, at: time)
        let changed = zip(alerts, values).compactMap { old, value -> (StandingAlert, AlertMachine.Notice?)? in
            var alert = old
            let notice = alert.machine.look(value, alert.rule, at: time)
            guard alert.machine != old.machine else { return nil }
            alert.value = value
            return (alert, notice)
        }
        guard !changed.isEmpty else { return }
        let rang = try await desk.database.write { context in
            var hasJob = false
            for (alert, notice) in changed {
                // Somebody may have changed the rule meanwhile: the next look is at the new one.
                let now = try AlertQueries.alerts(context.connection).first {
                    $0.shop == alert.shop && $0.rule.name == alert.rule.name
                }
                guard now?.rule == alert.rule else { continue }
                try AlertQueries.store(alert, in: context)
                guard let notice else { continue }
                hasJob = try AlertQueries.tell(notice, alert, at: time, in: context) || hasJob
            }
            return hasJob
        }
        if rang { alertBell.ring() }
    }

    /// The values of rules; nil where there is too little to say anything.
    private func values(_ alerts: [StandingAlert], at time: Int64) async throws -> [Double?] {
        let hours = hours
        let shops = Set(alerts.map(\.shop))
        let scopes = try await desk.database.read { connection in
            Dictionary(uniqueKeysWithValues: try shops.map { ($0, try ShopScope(of: $0, connection)) })
        }
        return try await file.read { connection in
            let queued = try StandingQueries.unresolved(connection).filter { $0.status == .queued }
            let waiting = try scopes.mapValues { try Self.pending(at: time, in: $0, hours, connection) }
            return try alerts.map { alert -> Double? in
                guard let scope = scopes[alert.shop], let pending = waiting[alert.shop] else { return nil }
                let rule = alert.rule
                func fits(_ queue: Int64) -> Bool {
                    rule.queue == nil ? scope.holds(queue: queue) : rule.queue == queue
                }
                switch rule.source {
                case .waiting: return Double(queued.count { fits($0.queue) })
                case .oldestWaiting:
                    let since = queued.filter { fits($0.queue) }.map(\.since).min()
                    return Double(since.map { max(0, time - $0) } ?? 0) / 1_000
                case .mismatch:
                    return try connection.first(
                        "SELECT COUNT(*) FROM stat_day WHERE day > ?1 AND differs <> 0",
                        .integer(time / 86_400_000 - 8)
                    ) { Double($0.int(0)) }
                default: return try Self.value(rule, fits, pending, connection)
                }
            }
        }
    }

    /// The value of a window that can change no more.
    private static func value(
        _ rule: AlertRule, _ fits: (Int64) -> Bool, _ pending: PendingTurns, _ connection: Connection
    ) throws -> Double? {
        let ofTurns = rule.source == .timelyRate || rule.source == .late
        let end = (ofTurns ? pending.finalEnd : pending.time) / 60_000
        let minutes = max(0, end - rule.window)..<end
        func total(_ metric: StatMetric) throws -> Pane {
            var pane = Pane()
            try FactQueries.forEachCell(metric, minutes: minutes, connection) { key, bucket, count, sum in
                if fits(key.dimensions.queue) { pane.add(bucket: bucket, count: count, sum: sum) }
            }
            return pane
        }
        func late() throws -> Int64 {
            let open = pending.late(from: minutes.lowerBound * 60_000, to: end * 60_000)
            return try total(.late).count + Int64(open.count { fits($0.turn.queue) })
        }
        switch rule.source {
        case .timelyRate:
            let replies = TimelyReplies(timely: try total(.timely).count, late: try late())
            return replies.counted < rule.minimum ? nil : replies.share.map { $0 * 100 }
        case .late: return Double(try late())
        case .cardsDead: return Double(try total(.cardDead).count)
        case .waitP90:
            let pane = try total(.wait)
            return pane.count < rule.minimum ? nil : pane.quantile(0.9).map { Double($0) / 1_000 }
        case .rating:
            let pane = try total(.rating)
            return pane.count < rule.minimum || pane.count < 1 ? nil : Double(pane.sum) / Double(pane.count)
        case .waiting, .oldestWaiting, .mismatch: return nil
        }
    }
}
