import Messaging

extension VitrineServer {
    /// The routes about users, their sessions and what belongs to them alone.
    func addAccountRoutes(to routes: inout RouteTable) {
        let accounts = core.accounts
        let userData = core.userData
        routes.add(
            DiscoveryRoutes(publicURL: configuration.publicURL, contact: configuration.adminContact),
            LoginRoutes(accounts: accounts), RegisterRoutes(accounts: accounts, desk: core.desk),
            AccountRoutes(
                accounts: accounts, turn: TurnServer(uris: configuration.turnURIs, secret: configuration.turnSecret)),
            DeviceRoutes(accounts: accounts),
            ProfileRoutes(accounts: accounts, userData: userData, desk: core.desk),
            AccountDataRoutes(messaging: core.messaging, userData: userData),
            PushRoutes(accounts: accounts, userData: userData, gateways: configuration.pushNetworks),
            ServiceRoutes(services: services, http: outgoing),
            NotificationRoutes(list: NotificationList(engine: core.messaging, userData: userData)),
            KeyRoutes(accounts: accounts, userData: userData),
            KeyBackupRoutes(userData: userData), PresenceRoutes(accounts: accounts, userData: userData),
            AdminRoutes(accounts: accounts),
            UserAdminRoutes(accounts: accounts), RegistrationTokenRoutes(accounts: accounts))
    }
}
