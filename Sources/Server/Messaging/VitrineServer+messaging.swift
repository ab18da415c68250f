import Accounts
import Basics
import Messaging

extension VitrineServer {
    /// The routes about rooms and what is said in them.
    func addMessagingRoutes(to routes: inout RouteTable) {
        let messaging = core.messaging
        let presence = presence
        routes.add(
            RoomRoutes(messaging: messaging), SendRoutes(messaging: messaging), HistoryRoutes(messaging: messaging),
            ReceiptRoutes(messaging: messaging), DirectoryRoutes(messaging: messaging),
            ConversationRoutes(messaging: messaging), SearchRoutes(search: core.search),
            AuditRoutes(messaging: messaging, desk: core.desk),
            SyncRoutes(messaging: messaging, userData: core.userData) { session, waits in
                if session.kind == .staff { presence.seen(session.userNumber, waits: waits) }
            })
    }

    /// What conversations need done again and again.
    var messagingChores: [Upkeep.Chore] {
        let messaging = core.messaging
        let search = core.search
        return [
            .init(name: "typing", every: .seconds(1)) { messaging.expireTyping() },
            .init(name: "sweep", every: .seconds(60)) { try await messaging.sweep() },
            .init(name: "retention", every: .seconds(60)) { while try await messaging.purgeStep() {} },
            .init(name: "search", every: .seconds(1)) { try await search.follow() },
            .init(name: "search retention", every: .seconds(60)) { try await search.forgetPurged() },
        ]
    }
}
