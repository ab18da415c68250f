import Accounts
import TestSupport
import Testing

@testable import Server

@Suite("Flags win over the environment, the environment over the file, the file over defaults")
struct ConfigurationTests {
    private func settings(
        flags: [Setting: String] = [:], environment: [String: String] = [:], file: [String: String]? = nil
    ) throws -> ResolvedSettings {
        try ResolvedSettings(
            flags: flags, environment: environment, file: try file.map { try ConfigurationFile($0, path: "v.toml") })
    }

    @Test(
        "each source wins over those below it", arguments: Setting.allCases)
    func precedence(setting: Setting) throws {
        let values = Self.values(of: setting)
        let file = [setting.key: values[0]]
        let environment = [setting.variable: values[1]]
        #expect(try settings()[setting] == .init(value: setting.row.fallback, source: .fallback))
        #expect(try settings(file: file)[setting] == .init(value: values[0], source: .file("v.toml")))
        #expect(
            try settings(environment: environment, file: file)[setting] == .init(value: values[1], source: .environment)
        )
        #expect(
            try settings(flags: [setting: values[2]], environment: environment, file: file)[setting]
                == .init(value: values[2], source: .flag))
    }

    private static func values(of setting: Setting) -> [String] {
        switch setting.row.kind {
        case .bool: ["false", "true", "false"]
        case .integer(let range): ["\(range.lowerBound)", "\(range.upperBound)", "\(range.lowerBound + 1)"]
        case .choice(let words): [words[0], words[words.count - 1], words[0]]
        case .text, .secret, .list: ["one", "two", "three"]
        }
    }

    @Test(
        "values that make no sense are refused, naming the place",
        arguments: [
            (Setting.registration, "opne", "Did you mean 'open'?"), (.maxConnections, "many", "whole number"),
            (.maxConnections, "0", "from 1 to"), (.rateLimits, "yes", "true or false"), (.data, "", "empty"),
            (.logLevel, "loud", "one of debug"),
        ])
    func nonsense(setting: Setting, value: String, expected: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try settings(environment: [setting.variable: value])
        }
        #expect(error?.description.contains(expected) == true)
        #expect(error?.description.contains(setting.variable) == true)
    }

    @Test("an unknown key or variable is refused, naming the nearest one")
    func unknown() {
        let key = #expect(throws: ConfigurationError.self) { try settings(file: ["lisen": "x"]) }
        #expect(key?.description == "v.toml has an unknown key 'lisen'. Did you mean 'listen'?")
        let variable = #expect(throws: ConfigurationError.self) { try settings(environment: ["VITRINE_WEBB": "x"]) }
        #expect(variable?.description.contains("Did you mean 'VITRINE_WEB'?") == true)
        let far = #expect(throws: ConfigurationError.self) { try settings(file: ["completely_different": "x"]) }
        #expect(far?.description == "v.toml has an unknown key 'completely_different'.")
    }

    @Test(
        "addresses to listen on",
        arguments: [
            ("127.0.0.1:8080", "127.0.0.1", 8080), ("[::1]:80", "::1", 80), (":443", "0.0.0.0", 443),
            ("9000", "127.0.0.1", 9000), ("localhost:0", "localhost", 0),
        ])
    func listen(text: String, host: String, port: Int) throws {
        let configuration = try Configuration(settings(flags: [.listen: text]))
        #expect(configuration.host == host)
        #expect(configuration.port == port)
    }

    @Test("values that only make no sense together with their meaning are refused")
    func meaning() {
        for (setting, value) in [
            (Setting.listen, "nowhere"), (.listen, "a:99999"), (.serverName, "not a name"), (.trustedProxies, "proxy"),
        ] {
            #expect(throws: ConfigurationError.self, "\(setting)") {
                try Configuration(settings(flags: [setting: value]))
            }
        }
    }

    @Test("settings become values")
    func values() throws {
        let configuration = try Configuration(
            settings(flags: [
                .registration: "token", .maxUploadMebibytes: "7", .turnURIs: "turn:a, turn:b", .rateLimits: "false",
                .publicURL: "https://chat.shop.example/",
            ]))
        #expect(configuration.registration == .token)
        #expect(configuration.maximumUploadBytes == 7 * 1_048_576)
        #expect(configuration.turnURIs == ["turn:a", "turn:b"])
        #expect(!configuration.hasRateLimits)
        #expect(configuration.publicURL == "https://chat.shop.example")
    }

    @Test("secrets are not shown")
    func secrets() throws {
        let table = try settings(flags: [.registrationSharedSecret: "hunter2"]).table
        #expect(!table.contains("hunter2"))
        #expect(table.contains("(set)"))
    }
}
