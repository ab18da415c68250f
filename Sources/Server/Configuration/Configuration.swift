package import Accounts

/// How a server is to run: the settings as values.
package struct Configuration: Sendable {
    /// The data folder.
    package var data: String
    /// The address to listen on.
    package var host: String
    /// The port to listen on; 0 for any.
    package var port: Int
    /// The server name, if the operator gave one.
    package var serverName: String?
    /// The address under which clients reach the server.
    package var publicURL: String?
    /// The name that customers see.
    package var shopName: String
    /// Who may make an account.
    package var registration: RegistrationMode
    /// The secret of the shared-secret registration.
    package var registrationSharedSecret: String?
    /// Whether users and addresses are limited in rate.
    package var hasRateLimits: Bool
    /// The folder of the web pages.
    package var web: String?
    /// The proxies that are believed.
    package var proxies: NetworkList
    /// Who may read the measurements.
    package var metricsReaders: NetworkList
    /// The limits of connections.
    package var connections: ConnectionLimits
    /// The largest upload in bytes.
    package var maximumUploadBytes: Int
    /// A mail or web address of the operator.
    package var adminContact: String?
    /// TURN servers.
    package var turnURIs: [String]
    /// The secret shared with them.
    package var turnSecret: String?
    /// How the log is written.
    package var log: LogOptions
    /// How long a stopping server waits for requests.
    package var drainSeconds: Int
    /// Registration files of application services.
    package var serviceFiles: [String]
    /// Private networks that push gateways may be in.
    package var pushNetworks: NetworkList
    /// How long after its last question an agent's device counts as there.
    package var agentPollSeconds: Int
    /// How long an agent without a device keeps the conversations.
    package var agentLostSeconds: Int

    /// Reads the settings.
    ///
    /// - Throws: ``ConfigurationError`` when a value makes no sense.
    package init(_ settings: ResolvedSettings) throws {
        data = settings.text(.data)
        (host, port) = try Self.address(settings.text(.listen))
        serverName = settings.optional(.serverName)
        if let serverName, !ServerName.isValid(serverName) {
            throw ConfigurationError("'\(serverName)' is no server name; use a host name such as shop.example.")
        }
        publicURL = settings.optional(.publicURL).map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        shopName = settings.text(.shopName)
        registration = RegistrationMode(rawValue: settings.text(.registration)) ?? .closed
        registrationSharedSecret = settings.optional(.registrationSharedSecret)
        hasRateLimits = settings.bool(.rateLimits)
        web = settings.optional(.web)
        proxies = try Self.networks(.trustedProxies, settings)
        metricsReaders = try Self.networks(.metricsFrom, settings)
        connections = ConnectionLimits()
        connections.connections = settings.integer(.maxConnections)
        connections.connectionsPerAddress = settings.integer(.maxConnectionsPerAddress)
        maximumUploadBytes = settings.integer(.maxUploadMebibytes) * 1_048_576
        adminContact = settings.optional(.adminContact)
        turnURIs = settings.list(.turnURIs)
        turnSecret = settings.optional(.turnSecret)
        log = LogOptions(
            level: settings.text(.logLevel), format: LogOptions.Format(rawValue: settings.text(.logFormat)) ?? .logfmt)
        drainSeconds = settings.integer(.drainSeconds)
        serviceFiles = settings.list(.appServices)
        pushNetworks = try Self.networks(.pushNetworks, settings)
        agentPollSeconds = settings.integer(.agentPollSeconds)
        agentLostSeconds = settings.integer(.agentLostSeconds)
    }

    private static func networks(_ setting: Setting, _ settings: ResolvedSettings) throws -> NetworkList {
        guard let list = NetworkList(settings.list(setting)) else {
            throw ConfigurationError("\(setting.key) must hold addresses or networks such as 10.0.0.0/8.")
        }
        return list
    }

    /// `host:port`, `[v6]:port`, `:port` for all interfaces, or a port alone for this machine only.
    private static func address(_ text: String) throws -> (String, Int) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let port = parts.last.flatMap({ UInt16($0) }) else {
            throw ConfigurationError("'\(text)' is no address to listen on; use HOST:PORT, e.g. 127.0.0.1:8080.")
        }
        let host = parts.dropLast().joined(separator: ":")
        if parts.count == 1 { return ("127.0.0.1", Int(port)) }
        if host.isEmpty { return ("0.0.0.0", Int(port)) }
        return (host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host, Int(port))
    }
}
