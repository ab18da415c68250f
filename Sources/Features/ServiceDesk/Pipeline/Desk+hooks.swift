package import Basics
import Messaging
import Storage

/// Somebody outside who is told of what happens at the desk.
package struct DeskHook: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Every step of a conversation.
        case conversation
        /// What became of a press of a card.
        case card
        /// What a business told.
        case business
        /// A message that somebody is to look at again.
        case review
        /// A customer's opinion.
        case rating
    }
    package var shop: Int64
    package var name: String
    package var url: String
    /// Signs what is sent.
    package var secret: String
    package var kinds: Set<Kind>

    package init(shop: Int64, name: String, url: String, secret: String, kinds: Set<Kind>) {
        self.shop = shop
        self.name = name
        self.url = url
        self.secret = secret
        self.kinds = kinds
    }

    /// As it is shown: never with its secret.
    package var json: JSON {
        [
            "name": .string(name), "url": .string(url),
            "kinds": .array(kinds.map(\.rawValue).sorted().map(JSON.string)),
        ]
    }
}

/// What is to be brought to an address outside.
package struct CourierLetter: Sendable, Hashable {
    package var url: String
    /// The same for every try.
    package var key: String
    package var body: JSON
    /// What it is signed with; nil for notices of alerts.
    package var secret: String?
}

extension Desk {
    static let hookJob = "desk.hook"
    /// The most subscribers.
    package static let mostHooks = 32

    package func hooks(of shop: Int64 = Desk.firstShop) async throws -> [DeskHook] {
        try await database.read { try PolicyQueries.hooks($0).filter { $0.shop == shop } }
    }

    /// Adds a subscriber, or changes one; without a secret a known one keeps its own.
    package func setHook(
        _ name: String, of shop: Int64 = Desk.firstShop, url: String, secret: String?, kinds: Set<DeskHook.Kind>
    ) async throws {
        guard !name.isEmpty, name.utf8.count <= 64 else {
            throw RequestError.invalidParam("A subscriber's name has 1 to 64 bytes.")
        }
        guard url.utf8.count <= 2_048, url.hasPrefix("https://") || url.hasPrefix("http://") else {
            throw RequestError.invalidParam("'url' begins with http:// or https://.")
        }
        if let secret, !(Self.shortestSecret...256).contains(secret.utf8.count) {
            throw RequestError.invalidParam("A secret has \(Self.shortestSecret) to 256 bytes.")
        }
        try await database.write { [self] context in
            let known = try PolicyQueries.hooks(context.connection).filter { $0.shop == shop }
            let old = known.first { $0.name == name }
            guard let secret = secret ?? old?.secret else {
                throw RequestError.missingParam("'secret' is missing: what is sent is signed with it.")
            }
            guard old != nil || known.count < Self.mostHooks else {
                throw RequestError.tooLarge("At most \(Self.mostHooks) subscribers.")
            }
            try PolicyQueries.set(DeskHook(shop: shop, name: name, url: url, secret: secret, kinds: kinds), in: context)
            context.afterCommit { [self] in book.forget() }
        }
    }

    package func removeHook(_ name: String, of shop: Int64 = Desk.firstShop) async throws {
        try await database.write { [self] context in
            guard try PolicyQueries.removeHook(name, of: shop, in: context) else {
                throw RequestError.notFound("There is no such subscriber.")
            }
            context.afterCommit { [self] in book.forget() }
        }
    }

    /// Has something told to all who want to hear of its kind: a job for each, in the transaction of what happened.
    ///
    /// - Parameter key: what names the happening for ever.
    func publish(
        _ kind: DeskHook.Kind, of shop: Int64, key: String, _ body: @autoclosure () -> JSONObject,
        in context: WriteContext
    ) throws {
        let hooks = try subscribers(context.connection).filter { $0.shop == shop && $0.kinds.contains(kind) }
        guard !hooks.isEmpty else { return }
        var told = body()
        told["kind"] = .string(kind.rawValue)
        told["shop"] = .int(shop)
        told["key"] = .string(key)
        told["ts"] = .int(context.now)
        for hook in hooks {
            let input: JSON = [
                "shop": .int(shop), "hook": .string(hook.name), "key": .string(key), "body": .object(told),
            ]
            _ = try Jobs.enqueue(
                JobRequest(
                    kind: Self.hookJob, input: input.encoded(), idempotencyKey: "\(shop) \(hook.name) \(key)",
                    maximumAttempts: 30), in: context)
        }
        context.afterCommit { [self] in courierBell.ring() }
    }

    private func subscribers(_ connection: Connection) throws -> [DeskHook] {
        if let known = book.hooks { return known }
        let hooks = try PolicyQueries.hooks(connection)
        book.hooks = hooks
        return hooks
    }

    /// Tells subscribers of the steps of conversations.
    func publish(_ outcome: DeskOutcome, in context: WriteContext) throws {
        for step in outcome.transitions where !step.reason.isAside {
            let shop = outcome.conversations[step.conversation]?.shop ?? Self.firstShop
            try publish(
                .conversation, of: shop, key: "conversation \(step.conversation) \(step.n)",
                [
                    "conversation": .int(step.conversation), "n": .int(step.n),
                    "from": step.from.map { .string($0.name) } ?? .null, "to": .string(step.to.name),
                    "queue": .int(step.queue), "owner": step.owner.map { .int($0.number) } ?? .null,
                    "reason": .string(step.reason.rawValue),
                ], in: context)
        }
    }
}
