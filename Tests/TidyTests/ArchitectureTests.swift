import Testing

@Suite("The architecture is as it is told")
struct ArchitectureTests {
    @Test("SCAN-051 boxes from labels of whole pictures are not built, and the decision says why")
    func boxes() throws {
        let page = try #require(Repository.file("Documentation/Decisions/0021-boxes-around-whole-things.md"))
        for words in ["are not built", "Weakly supervised boxes", "the whole of it"] {
            #expect(page.text.contains(words), "the decision does not say '\(words)'")
        }
        // Boxes come from people, files and the detector that learned from them: there is no other way in.
        let source = try #require(Repository.file("Sources/Features/VisualSearch/Store/LabelBoxQueries.swift"))
        let kinds = try #require(source.text.split(separator: "enum Source").dropFirst().first)
        let cases = kinds.prefix { $0 != "}" }.split(separator: "\n").map { $0.drop { $0 == " " } }
        #expect(cases.filter { $0.hasPrefix("case ") } == ["case person", "case model", "case imported"])
    }

    @Test("SCAN-018 the four links of visual search and their three piles are told, with parts that exist")
    func links() throws {
        let page = try #require(Repository.file("Documentation/Architecture.md"))
        let sections = page.text.split(separator: "\n## ")
        let section = try #require(sections.first { $0.hasPrefix("The links of visual search") })
        for link in ["request", "ingestion", "retrieval", "training", "Data:", "Algorithms:", "Platform:"] {
            #expect(section.contains(link), "\(link) is not told")
        }
        let sources = Repository.swiftFiles.filter { $0.isUnder("Sources") }
        for type in ["ScanSession", "ScanFlow", "IngestPicture", "GenerationIndex", "SameItemRanking"] {
            #expect(section.contains(type), "\(type) is not told")
            #expect(sources.contains { $0.path.hasSuffix("/\(type).swift") }, "there is no \(type)")
        }
        for place in ["Learning", "Inference", "VectorIndex", "Imaging", "Storage", "Server/VisualSearch"] {
            #expect(section.contains(place), "\(place) is not told")
            #expect(sources.contains { $0.path.contains("/\(place)/") }, "there is no \(place)")
        }
    }
}
