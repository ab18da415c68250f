import ArgumentParser
import Basics
import VisualSearch

/// Sites whose products and pictures are fetched.
struct CrawlCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crawl",
        abstract: "Keep the list of sites that may be asked, and fetch their products.",
        discussion: """
            Only sites on the list are ever asked: for pages that describe a product (schema.org), and for pictures that \
            a feed names by address. Their robots.txt holds; a host gets one request a second at most; addresses of this \
            machine or of private networks are refused unless `push_networks` opens them.

              vitrine crawl add https://shop.example/sitemap.xml --catalogue summer
              vitrine crawl add https://supplier.example/products.xml --shop supplier
              vitrine crawl run 1 --catalogue summer
            """,
        subcommands: [CrawlList.self, CrawlAdd.self, CrawlRemove.self, CrawlGo.self, CrawlRefused.self],
        defaultSubcommand: CrawlList.self)
}

/// Lists the sites.
struct CrawlList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the sites, one a line: number, address, shop, how their pages stand.")

    @OptionGroup var flags: CatalogueFlags

    func run() async throws {
        for source in try await flags.work({ catalogue, _ in try await catalogue.crawlSources() }) {
            let pages = ["done", "waiting", "refused"].map { "\(source.pages[$0] ?? 0) \($0)" }
            Terminal.say("\(source.number)\t\(source.address)\t\(source.shop)\t\(pages.joined(separator: ", "))")
        }
    }
}

/// Lists a site.
struct CrawlAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Put a site on the list.")

    @Argument(help: "Its list of pages (sitemap.xml), a feed of products, or any page of it.") var address: String
    @Option(help: "Whose items these are; the name of the host unless told.") var shop = ""
    @OptionGroup var flags: CatalogueFlags

    func run() async throws {
        let number = try await flags.work(creates: true) { catalogue, _ in
            try await catalogue.addCrawlSource(address, shop: shop)
        }
        Terminal.say("\(number)")
    }
}

/// Takes a site off the list.
struct CrawlRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Take a site off the list; its items stay.")

    @Argument(help: "The number of the site.") var site: Int64
    @OptionGroup var flags: CatalogueFlags

    func run() async throws {
        try await flags.work { catalogue, _ in try await catalogue.removeCrawlSource(site) }
    }
}

/// Fetches the products of a site.
struct CrawlGo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Go through a site; a run that was stopped goes on with the pages that are left.")

    @Argument(help: "The number of the site.") var site: Int64
    @OptionGroup var flags: CatalogueFlags

    func run() async throws {
        let result = try await flags.work { catalogue, jobs in
            let job = try await jobs.requestCrawl(site, into: catalogue.name)
            return try await JobProgress.finish(job, "fetching", jobs)
        }
        if let lines = result["feed"]?["lines"]?.objectValue {
            let counts = ["accepted", "unchanged", "refused"].map { "\(lines[$0]?.intValue ?? 0) \($0)" }
            return Terminal.say("A feed of products: \(counts.joined(separator: ", ")).")
        }
        Terminal.say("\(result["items"]?.intValue ?? 0) items, \(result["refused"]?.intValue ?? 0) pages without one")
    }
}

/// Lists pages without an item.
struct CrawlRefused: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refused", abstract: "List the pages of a site that brought no item, with the reasons.")

    @Argument(help: "The number of the site.") var site: Int64
    @OptionGroup var flags: CatalogueFlags

    func run() async throws {
        for page in try await flags.work({ catalogue, _ in try await catalogue.refusedPages(of: site) }) {
            Terminal.say("\(page.address)\t\(page.cause)")
        }
    }
}
