import ArgumentParser
import Foundation
import Server

/// Where a command finds its configuration: all flags of `serve`, and the file.
struct ConfigurationFlags: ParsableArguments {
    @Option(help: "The configuration file, if it is not vitrine.toml in the data folder.")
    var config: String?

    @OptionGroup(title: "Settings") var settings: SettingFlags

    func resolve() throws -> ResolvedSettings {
        try ConfigurationPlaces(file: config, flags: settings.values).resolve()
    }

    func load() throws -> Configuration { try Configuration(resolve()) }
}

/// The same for commands that only need to know which data folder is meant.
struct DataFlags: ParsableArguments {
    @Option(help: .setting(.data)) var data: String?
    @Option(help: "The configuration file, if it is not vitrine.toml in the data folder.")
    var config: String?

    func load() throws -> Configuration {
        let flags = data.map { [Setting.data: $0] } ?? [:]
        return try Configuration(ConfigurationPlaces(file: config, flags: flags).resolve())
    }
}

/// Brings flags, environment and file together.
struct ConfigurationPlaces {
    let file: String?
    let flags: [Setting: String]

    func resolve() throws -> ResolvedSettings {
        let environment = ProcessInfo.processInfo.environment
        return try ResolvedSettings(flags: flags, environment: environment, file: try readFile(environment))
    }

    /// A file that was named must be there; the one in the data folder may be missing.
    private func readFile(_ environment: [String: String]) throws -> ConfigurationFile? {
        if let named = file ?? environment["VITRINE_CONFIG"] { return try TOMLFile.read(named) }
        let folder = flags[.data] ?? environment[Setting.data.variable] ?? Setting.data.row.fallback ?? "."
        let path = folder + "/vitrine.toml"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        return try TOMLFile.read(path)
    }
}
