import Accounts
import Basics

extension Desk {
    /// Rules in which robots are named by their user ids, with their numbers instead.
    ///
    /// - Throws: 422 for a name that is none of a robot of an application service, or of one that works for another shop.
    func withRobots(_ rules: [JSON], of shop: Int64) async throws -> [JSON] {
        let elsewhere = Set(
            try await robots().filter { $0.shop != shop }.compactMap {
                $0.registration["sender_localpart"]?.stringValue
            })
        var found: [JSON] = []
        for (place, rule) in rules.enumerated() {
            guard let name = rule["then"]?["robot"]?.stringValue else {
                found.append(rule)
                continue
            }
            var user: UserRecord?
            if let identifier = try? UserIdentifier(parsing: name), identifier.serverName == accounts.serverName {
                user = try await accounts.user(localpart: identifier.localpart)
            }
            guard let user, user.kind == .robot, !elsewhere.contains(user.identifier.localpart) else {
                throw RequestError(
                    status: 422, code: "M_INVALID_PARAM", message: "Rule \(place): there is no robot '\(name)'.")
            }
            var object = rule.objectValue ?? [:]
            var then = object["then"]?.objectValue ?? [:]
            then["robot"] = .int(user.number)
            object["then"] = .object(then)
            found.append(.object(object))
        }
        return found
    }
}
