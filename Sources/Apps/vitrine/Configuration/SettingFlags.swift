import ArgumentParser
import Server

extension ArgumentHelp {
    /// The sentence of the settings' table, with the words that are allowed and the default.
    static func setting(_ setting: Setting) -> ArgumentHelp {
        let row = setting.row
        var text = row.help
        if case .choice(let words) = row.kind { text += " One of: \(words.joined(separator: ", "))." }
        if let fallback = row.fallback, !fallback.isEmpty { text += " (default: \(fallback))" }
        return ArgumentHelp(stringLiteral: text)
    }
}

/// The flags of every setting, in one group for the commands that need a configuration.
///
/// A test holds this group and ``Setting`` together.
struct SettingFlags: ParsableArguments {
    @Option(help: .setting(.data)) var data: String?
    @Option(help: .setting(.listen)) var listen: String?
    @Option(help: .setting(.serverName)) var serverName: String?
    @Option(name: .customLong("public-url"), help: .setting(.publicURL)) var publicURL: String?
    @Option(help: .setting(.shopName)) var shopName: String?
    @Option(help: .setting(.registration)) var registration: String?
    @Option(help: .setting(.registrationSharedSecret)) var registrationSharedSecret: String?
    @Flag(help: "Lift the limits of rate for users and addresses, for tests and measurements.")
    var noRateLimits = false
    @Option(help: .setting(.web)) var web: String?
    @Option(help: .setting(.trustedProxies)) var trustedProxies: String?
    @Option(help: .setting(.maxConnections)) var maxConnections: String?
    @Option(help: .setting(.maxConnectionsPerAddress)) var maxConnectionsPerAddress: String?
    @Option(name: .customLong("max-upload-mib"), help: .setting(.maxUploadMebibytes)) var maxUploadMebibytes: String?
    @Option(help: .setting(.metricsFrom)) var metricsFrom: String?
    @Option(help: .setting(.adminContact)) var adminContact: String?
    @Option(name: .customLong("turn-uris"), help: .setting(.turnURIs)) var turnURIs: String?
    @Option(help: .setting(.turnSecret)) var turnSecret: String?
    @Option(help: .setting(.logLevel)) var logLevel: String?
    @Option(help: .setting(.logFormat)) var logFormat: String?
    @Option(help: .setting(.drainSeconds)) var drainSeconds: String?
    @Option(help: .setting(.appServices)) var appServices: String?
    @Option(help: .setting(.pushNetworks)) var pushNetworks: String?
    @Option(help: .setting(.agentPollSeconds)) var agentPollSeconds: String?
    @Option(help: .setting(.agentLostSeconds)) var agentLostSeconds: String?

    private func value(of setting: Setting) -> String? {
        switch setting {
        case .data: data
        case .listen: listen
        case .serverName: serverName
        case .publicURL: publicURL
        case .shopName: shopName
        case .registration: registration
        case .registrationSharedSecret: registrationSharedSecret
        case .rateLimits: noRateLimits ? "false" : nil
        case .web: web
        case .trustedProxies: trustedProxies
        case .maxConnections: maxConnections
        case .maxConnectionsPerAddress: maxConnectionsPerAddress
        case .maxUploadMebibytes: maxUploadMebibytes
        case .metricsFrom: metricsFrom
        case .adminContact: adminContact
        case .turnURIs: turnURIs
        case .turnSecret: turnSecret
        case .logLevel: logLevel
        case .logFormat: logFormat
        case .drainSeconds: drainSeconds
        case .appServices: appServices
        case .pushNetworks: pushNetworks
        case .agentPollSeconds: agentPollSeconds
        case .agentLostSeconds: agentLostSeconds
        }
    }

    /// The settings that were given as flags.
    var values: [Setting: String] {
        var values: [Setting: String] = [:]
        for setting in Setting.allCases { values[setting] = value(of: setting) }
        return values
    }
}
