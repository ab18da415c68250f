import ArgumentParser

/// The program: a server for a shop's conversations, and what its operator needs beside it.
@main
struct Vitrine: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vitrine",
        abstract: "Conversations between a shop and its customers, on a server of your own.",
        discussion: """
            Start a server and open the page it prints:

              vitrine serve --data ./data --registration open

            Make an account for somebody who works in the shop:

              vitrine user create anna --staff

            See what stands in the way when something does not work:

              vitrine doctor

            Every flag of `serve` can also stand in DIR/vitrine.toml or in the environment (VITRINE_LISTEN=…). Flags \
            win over the environment, the environment over the file; `vitrine config show` tells what holds and why.
            """,
        version: Version.text,
        subcommands: [
            Serve.self, UserCommand.self, Doctor.self, BackupCommand.self, RestoreCommand.self, ConfigCommand.self,
            ImagesCommand.self, HashCommand.self, DedupCommand.self, IndexCommand.self, ModelsCommand.self,
            CatalogueCommand.self, ScanCommand.self, SkuCommand.self, LabelsCommand.self, CalibrateCommand.self,
            EvalCommand.self, ArticlesCommand.self, GapsCommand.self, CrawlCommand.self, StitchCommand.self,
            StitchAuditCommand.self, StitchRingsCommand.self, StitchBenchCommand.self, StitchWorldsCommand.self,
            StitchStudyCommand.self, StabiliseCommand.self,
            StitchWorkerCommand.self, ModelWorkerCommand.self, DeskCommand.self,
        ])

    static func main() async {
        if CommandLine.arguments.dropFirst().first == StitchCommand.configuration.commandName {
            StitchCommand.prepareHeap()
        }
        await main(nil)
    }
}

/// The version of the program.
enum Version {
    static let text = "0.1.0"
}
