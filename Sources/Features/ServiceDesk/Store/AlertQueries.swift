import Basics
import Storage

/// The rows of alert rules and of what was told.
enum AlertQueries {
    static func alerts(_ connection: Connection) throws -> [StandingAlert] {
        try connection.rows("SELECT shop_no, name, rule, state FROM desk_alert ORDER BY shop_no, name") { row in
            guard let rule = try? AlertRule(name: row.text(1), Texts.json(row.text(2))) else {
                throw StorageError(.damaged, "The alert '\(row.text(1))' has no rule that can be read.")
            }
            let state = Texts.json(row.text(3))
            let machine = AlertMachine(
                state: state["state"]?.stringValue.flatMap(AlertMachine.State.init(rawValue:)) ?? .ok,
                since: state["since"]?.intValue ?? 0, told: state["told"]?.intValue ?? 0)
            return StandingAlert(
                shop: row.int(0), rule: rule, machine: machine, value: state["value"]?.doubleValue)
        }
    }

    static func store(_ alert: StandingAlert, in context: WriteContext) throws {
        try context.connection.run(
            """
            INSERT INTO desk_alert(shop_no, name, rule, state) VALUES (?4, ?1, ?2, ?3)
            ON CONFLICT (shop_no, name) DO UPDATE SET rule = ?2, state = ?3
            """, .text(alert.rule.name), .text(Self.text(alert.rule.json)), .text(Self.text(alert.state)),
            .integer(alert.shop))
    }

    /// Removes a rule; whether there was one.
    static func remove(_ name: String, of shop: Int64, in context: WriteContext) throws -> Bool {
        try context.run("DELETE FROM desk_alert WHERE shop_no = ?1 AND name = ?2", .integer(shop), .text(name)) > 0
    }

    /// What was told, the newest first.
    static func notices(of shop: Int64, limit: Int, _ connection: Connection) throws -> [JSON] {
        try connection.rows(
            "SELECT notice_no, body FROM desk_alert_notice WHERE shop_no = ?2 ORDER BY notice_no DESC LIMIT ?1",
            .int(limit), .integer(shop)
        ) { row in
            var object = Texts.json(row.text(1)).objectValue ?? [:]
            object["notice"] = .int(row.int(0))
            return .object(object)
        }
    }

    /// Notes what was told, and asks for it to be brought to the rule's address. Whether there is one.
    static func tell(
        _ notice: AlertMachine.Notice, _ alert: StandingAlert, at time: Int64, in context: WriteContext
    ) throws -> Bool {
        let body: JSON = [
            "shop": .int(alert.shop), "alert": .string(alert.rule.name), "what": .string(notice.rawValue),
            "ts": .int(time),
            "value": alert.value.map(JSON.double) ?? .null, "source": .string(alert.rule.source.rawValue),
            "queue": alert.rule.queue.map(JSON.int) ?? .null, "threshold": .double(alert.rule.threshold),
            "window_minutes": .int(alert.rule.window),
        ]
        try context.connection.run(
            "INSERT INTO desk_alert_notice(shop_no, name, at_ms, body) VALUES (?4, ?1, ?2, ?3)",
            .text(alert.rule.name), .integer(time), .text(Self.text(body)), .integer(alert.shop))
        guard let webhook = alert.rule.webhook else { return false }
        let key = "\(alert.shop) \(alert.rule.name) \(notice.rawValue) \(time)"
        let input: JSON = ["url": .string(webhook), "key": .string(key), "body": body]
        _ = try Jobs.enqueue(
            JobRequest(
                kind: Statistics.alertJob, input: input.encoded(), idempotencyKey: key, maximumAttempts: 30),
            in: context)
        return true
    }

    /// Numbers that are not whole have no canonical form.
    private static func text(_ json: JSON) -> String { String(decoding: json.encoded(), as: UTF8.self) }
}
