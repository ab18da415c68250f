/// Everything an operator may set.
///
/// One row of ``row`` gives the flag, the environment variable, the key of the file, the default and the sentence that
/// `--help`, `vitrine config show` and the documentation say.
package enum Setting: String, CaseIterable, Sendable {
    case data, listen
    case serverName = "server_name"
    case publicURL = "public_url"
    case shopName = "shop_name"
    case registration
    case registrationSharedSecret = "registration_shared_secret"
    case rateLimits = "rate_limits"
    case web
    case trustedProxies = "trusted_proxies"
    case maxConnections = "max_connections"
    case maxConnectionsPerAddress = "max_connections_per_address"
    case maxUploadMebibytes = "max_upload_mib"
    case metricsFrom = "metrics_from"
    case adminContact = "admin_contact"
    case turnURIs = "turn_uris"
    case turnSecret = "turn_secret"
    case logLevel = "log_level"
    case logFormat = "log_format"
    case drainSeconds = "drain_seconds"
    case appServices = "app_services"
    case pushNetworks = "push_networks"
    case agentPollSeconds = "agent_poll_seconds"
    case agentLostSeconds = "agent_lost_seconds"

    /// What a value looks like.
    package enum Kind: Hashable, Sendable {
        /// Any text.
        case text
        /// Text that is not shown.
        case secret
        /// `true` or `false`.
        case bool
        /// A whole number.
        case integer(ClosedRange<Int>)
        /// One of these words.
        case choice([String])
        /// Words with commas between them; an array in the file.
        case list
    }

    /// What is known about a setting.
    package struct Row: Sendable {
        /// What its values look like.
        package let kind: Kind
        /// The value when nobody sets one; nil where there is none.
        package let fallback: String?
        /// What it is for, in one sentence.
        package let help: String
    }

    /// The key in the configuration file.
    package var key: String { rawValue }
    /// The environment variable.
    package var variable: String { "VITRINE_" + rawValue.uppercased() }
    /// The flag of `vitrine serve`.
    package var flag: String {
        self == .rateLimits ? "--no-rate-limits" : "--" + rawValue.replacing("_", with: "-")
    }
}

extension Setting {
    /// The row of the table.
    package var row: Row {
        switch self {
        case .data: Row(kind: .text, fallback: "./data", help: "The folder that holds everything the server stores.")
        case .listen:
            Row(
                kind: .text, fallback: "127.0.0.1:8080",
                help: "Address and port to listen on; port 0 takes any free one.")
        case .serverName:
            Row(
                kind: .text, fallback: nil,
                help: "The name in user and room ids, for ever; the first start writes it into the data folder.")
        case .publicURL:
            Row(
                kind: .text, fallback: nil,
                help: "The address under which clients reach the server, e.g. https://chat.shop.example.")
        case .shopName: Row(kind: .text, fallback: "Vitrine", help: "The name that customers see.")
        case .registration, .registrationSharedSecret: registrationRow
        case .rateLimits:
            Row(
                kind: .bool, fallback: "true",
                help: "Whether rates, quotas and password lengths are limited; off only for load tests.")
        case .web: Row(kind: .text, fallback: nil, help: "The folder of the web pages, if not beside the program.")
        case .metricsFrom:
            Row(kind: .list, fallback: "127.0.0.1,::1", help: "Addresses or networks that may read /metrics.")
        case .trustedProxies, .maxConnections, .maxConnectionsPerAddress: connectionRow
        case .maxUploadMebibytes:
            Row(kind: .integer(1...4_096), fallback: "50", help: "The largest file that may be uploaded, in MiB.")
        case .adminContact:
            Row(kind: .text, fallback: nil, help: "A mail or web address, told to users when they need the operator.")
        case .turnURIs:
            Row(kind: .list, fallback: "", help: "TURN servers for calls, e.g. turn:turn.shop.example:3478.")
        case .turnSecret: Row(kind: .secret, fallback: nil, help: "The secret shared with the TURN servers.")
        case .logLevel:
            Row(
                kind: .choice(["debug", "info", "warning", "error"]), fallback: "info",
                help: "The least important messages that are logged.")
        case .logFormat:
            Row(kind: .choice(["logfmt", "json"]), fallback: "logfmt", help: "The form of the lines of the log.")
        case .drainSeconds:
            Row(
                kind: .integer(1...600), fallback: "10",
                help: "How long a stopping server waits for requests that are running.")
        case .appServices, .pushNetworks: outgoingRow
        case .agentPollSeconds, .agentLostSeconds: agentRow
        }
    }

    private var agentRow: Row {
        self == .agentPollSeconds
            ? Row(
                kind: .integer(1...3_600), fallback: "45",
                help: "How long after its last question an agent's device counts as there.")
            : Row(
                kind: .integer(1...86_400), fallback: "60",
                help: "How long an agent without a device keeps the conversations, in seconds.")
    }

    private var outgoingRow: Row {
        self == .appServices
            ? Row(kind: .list, fallback: "", help: "Registration files of application services (YAML or JSON).")
            : Row(
                kind: .list, fallback: "",
                help: "Private addresses or networks that push gateways may have, e.g. 10.0.0.0/8.")
    }

    private var registrationRow: Row {
        self == .registration
            ? Row(
                kind: .choice(["open", "token", "closed"]), fallback: "closed",
                help: "Who may make an account: anybody, holders of a registration token, or nobody.")
            : Row(
                kind: .secret, fallback: nil,
                help: "Turns on /_synapse/admin/v1/register for holders of this secret (conformance suites).")
    }

    private var connectionRow: Row {
        switch self {
        case .trustedProxies:
            Row(
                kind: .list, fallback: "127.0.0.1,::1",
                help: "Addresses or networks whose X-Forwarded-For is believed; they have no connection limit.")
        case .maxConnections: Row(kind: .integer(1...1_000_000), fallback: "20000", help: "Connections at once.")
        default:
            Row(
                kind: .integer(1...1_000_000), fallback: "500",
                help: "Connections at once from one address that is no trusted proxy.")
        }
    }
}
