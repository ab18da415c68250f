import ArgumentParser
import Basics
import Foundation
import VisualSearch

/// Texts about things.
struct ArticlesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "articles",
        abstract: "Keep articles and entries of an encyclopaedia beside a catalogue.",
        discussion: """
            A scan whose thing is named by an article shows it, with the reason; each has a page: /a/NUMBER.

              vitrine articles import texts/ --catalogue summer
              vitrine articles link --catalogue summer
            """,
        subcommands: [ArticlesImport.self, ArticlesList.self, ArticlesDelete.self, ArticlesLink.self])
}

/// Brings texts in.
struct ArticlesImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Bring in a folder or zip of Markdown and HTML files, a table or lines of JSON.",
        discussion: """
            Markdown may begin with fields between two lines of ---:

              kind: encyclopedia        (or article, which is the default)
              category: shoes           (only beside things of this category)
              source: The museum
              link: https://museum.example/boots

            Tables and lines of JSON have key, kind, title, body (Markdown), link, source, category and pictures. \
            Pictures are files beside the text. The same import again changes nothing.
            """)

    @Argument(help: "The folder or file.") var source: String
    @OptionGroup var flags: CatalogueFlags
    @Flag(help: "Only say what would be refused; nothing is stored.") var dryRun = false
    @Flag(help: "Write one JSON object instead of lines.") var json = false

    func run() async throws {
        let path = URL(fileURLWithPath: source).standardizedFileURL.path
        let result = try await flags.work(creates: true) { catalogue, jobs in
            if dryRun { return try await catalogue.dryRunArticles(path) }
            let job = try await jobs.requestArticles(path, into: catalogue.name)
            return try await JobProgress.finish(job, "importing", jobs)
        }
        if json { return Terminal.say(result.text) }
        for fault in result["faults"]?.arrayValue ?? [] {
            Terminal.warn("\(fault["where"]?.stringValue ?? ""): \(fault["cause"]?.stringValue ?? "")")
        }
        let counts = ["accepted", "unchanged", "refused"].map { "\(result[$0]?.intValue ?? 0) \($0)" }
        Terminal.say("\(dryRun ? "Would be: " : "")\(counts.joined(separator: ", "))")
    }
}

/// Lists texts.
struct ArticlesList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the articles, one a line.")

    @OptionGroup var flags: CatalogueFlags

    func run() async throws {
        try await flags.work { catalogue, _ in
            var last: Int64 = 0
            while true {
                let page = try await catalogue.articles(after: last, limit: 500)
                for article in page {
                    let draft = article.draft
                    Terminal.say(
                        "\(article.number)\t\(draft.kind.rawValue)\t\(draft.title)\t\(article.pictures.count) pictures")
                }
                guard let end = page.last else { return }
                last = end.number
            }
        }
    }
}

/// Takes a text out.
struct ArticlesDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "delete", abstract: "Take an article out for good.")

    @Argument(help: "Its number.") var number: Int64
    @OptionGroup var flags: CatalogueFlags

    func run() async throws {
        try await flags.work { catalogue, _ in try await catalogue.removeArticle(number) }
    }
}

/// Looks at the pictures of texts.
struct ArticlesLink: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link", abstract: "Look for the items that the pictures of articles show.")

    @OptionGroup var flags: CatalogueFlags

    func run() async throws {
        let result = try await flags.work { catalogue, jobs in
            try await JobProgress.finish(try await jobs.requestLinks(of: catalogue.name), "looking", jobs)
        }
        Terminal.say(
            "\(result["pictures"]?.intValue ?? 0) pictures looked at, \(result["with_items"]?.intValue ?? 0) show items"
        )
    }
}
