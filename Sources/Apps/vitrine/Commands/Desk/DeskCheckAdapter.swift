import ArgumentParser
import Basics
import Foundation
import Server
import ServiceDesk

/// A business behind cards, tried before customers do.
struct DeskCheckAdapter: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-adapter",
        abstract: "Ask a business twice, cut off, at once and wrongly signed, and say what it gets wrong.",
        discussion: """
              vitrine desk check-adapter booking.json --secret SECRET --data slot='Sat 10:00'

            The file holds what PUT /api/v1/desk/adapters/NAME takes as `config`. Every check is a press under a key of \
            its own, so try it where nothing real is booked; {{key}} in a template makes each of them another thing. \
            The exit status is 1 when something fails, else 0.
            """)

    @Argument(help: "A JSON file with the settings of the adapter.") var file: String
    @Option(help: "What both sides sign with.") var secret: String
    @Option(help: "The action that is pressed.") var verb = "check"
    @Option(help: "What the business knows the thing by.") var ref = "check"
    @Option(help: "An input of the card, NAME=VALUE; may be repeated.") var data: [String] = []
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let bytes = try Data(contentsOf: URL(filePath: file))
        var inputs: JSONObject = [:]
        for input in data {
            let parts = input.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { throw Failure("'\(input)' is not NAME=VALUE.") }
            inputs[String(parts[0])] = .string(String(parts[1]))
        }
        let config: AdapterConfig
        do {
            guard let settings = try JSON(parsing: [UInt8](bytes)).objectValue else {
                throw Failure("\(file) holds no JSON object.")
            }
            config = try AdapterConfig(settings["config"]?.objectValue ?? settings)
        } catch {
            throw Failure.explaining(error)
        }
        let press: JSONObject = [
            "card": "$check", "kind": "check", "verb": .string(verb), "ref": .string(ref), "user": "@check:localhost",
            "data": .object(inputs),
        ]
        try DoctorInstallation.report(
            await AdapterKit(config: config, secret: secret, press: press).check(), asJSON: json)
    }
}
