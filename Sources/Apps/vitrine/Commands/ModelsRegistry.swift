import ArgumentParser
import Basics
import Foundation
import Inference
import Server
import Storage

/// The registry of models, on a data folder without a server.
extension ModelsCommand {
    /// Adds a model.
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Scan a model, try it in a cage and add it to the registry.",
            discussion: """
                  vitrine models import item-embed.onnx --manifest item-embed.json --data ./data

                A model runs in a process without files and network unless --in-process says that its maker is trusted; \
                what a manifest says about that is passed over.
                """)

        @Argument(help: "The model, a file that ends in .onnx.") var file: String
        @Option(help: "Its manifest.") var manifest: String
        @Flag(help: "Run it inside the server: for models of one's own.") var inProcess = false
        @OptionGroup var data: DataFlags

        func run() async throws {
            let text = try ModelsCommand.read(manifest, atMost: 256 << 10)
            let bytes = try ModelsCommand.read(file, atMost: ModelScan.Limits().bytes)
            let isCaged = !inProcess
            let line = try await Offline.work(try data.load()) { core in
                let writer = try await core.blobs.makeWriter(limit: Int64(bytes.count))
                try await writer.write(bytes)
                let key = try await core.models.add(
                    manifest: text, writer, isCaged: isCaged, by: "the command line")
                await core.models.tryOut(key)
                guard let entry = try await core.models.registry()[key] else { throw Failure("\(key) is gone.") }
                return ModelsCommand.line(entry)
            }
            Terminal.say(line)
        }
    }

    /// Lists versions.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List models and their versions.")

        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var data: DataFlags

        func run() async throws {
            let json = json
            let lines = try await Offline.work(try data.load()) { core in
                let entries = try await core.models.registry().all
                if json { return [JSON.array(entries.map { .object(core.models.summary($0)) }).text] }
                return entries.map(ModelsCommand.line)
            }
            for line in lines { Terminal.say(line) }
        }
    }

    /// Lets a version serve.
    struct Activate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "activate",
            abstract: "Let a version serve its role.",
            discussion: """
                A version replaces another one only if an evaluation showed that it is not worse (POST \
                /api/v1/models/ID/versions/VERSION/evaluate). --override does it all the same, and stays on record.

                  vitrine models activate item-embed 1.0.2
                """)

        @Argument(help: "The model's name.") var id: String
        @Argument(help: "The version.") var version: String
        @Option(help: "Activate without the gate, for this reason.") var override: String?
        @OptionGroup var data: DataFlags

        func run() async throws {
            let key = ModelKey(id: id, version: version)
            let reason = override
            let activation = try await Offline.work(try data.load()) { core in
                try await core.models.activate(key, override: reason, by: "the command line").activation
            }
            let previous = activation.previous.map { ", instead of \($0)" } ?? ""
            Terminal.say("\(activation.active) is active\(previous).")
        }
    }

    /// Lets the version serve that did before.
    struct RollBack: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rollback",
            abstract: "Let the version serve that did before the active one.",
            discussion: "  vitrine models rollback item-embedder")

        @Argument(help: "The role.") var role: String
        @OptionGroup var data: DataFlags

        func run() async throws {
            guard let role = ModelRole(rawValue: role) else {
                throw Failure(
                    "There is no role '\(self.role)'. Roles: \(ModelRole.allCases.map(\.rawValue).joined(separator: ", "))."
                )
            }
            let activation = try await Offline.work(try data.load()) { core in
                try await core.models.rollBack(role, by: "the command line")
            }
            Terminal.say("\(activation.active) is active again.")
        }
    }

    /// `item-embed 1.0.2<TAB>item-embedder<TAB>staged<TAB>…`
    static func line(_ entry: ModelEntry) -> String {
        [entry.key.description, entry.role.rawValue, entry.state.rawValue, entry.reason].joined(separator: "\t")
    }

    static func read(_ path: String, atMost limit: Int) throws -> [UInt8] {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw Failure("\(path) cannot be read. Is the name right?")
        }
        let data = try handle.read(upToCount: limit + 1) ?? Data()
        return [UInt8](data)
    }
}
