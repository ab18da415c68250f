import Accounts
import Basics
import Messaging

extension Desk {
    /// Rules in which robots are named by their user ids or numbers, with their numbers.
    ///
    /// - Throws: 422 for a name that is none of a robot of an application service, or of one that works for another shop.
    func withRobots(_ rules: [JSON], of shop: Int64) async throws -> [JSON] {
        let elsewhere = Set(
            try await robots().filter { $0.shop != shop }.compactMap {
                $0.registration["sender_localpart"]?.stringValue
            })
        var found: [JSON] = []
        for (place, rule) in rules.enumerated() {
            guard let named = rule["then"]?["robot"], !named.isNull else {
                found.append(rule)
                continue
            }
            let name = named.stringValue ?? named.intValue.map(String.init) ?? ""
            var user: UserRecord?
            if let number = named.intValue {
                user = try await accounts.user(number: number)
            } else if let identifier = try? UserIdentifier(parsing: name), identifier.serverName == accounts.serverName
            {
                user = try await accounts.user(localpart: identifier.localpart)
            }
            guard let user, user.kind == .robot, !MessagingEngine.isShop(user),
                !elsewhere.contains(user.identifier.localpart)
            else {
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
