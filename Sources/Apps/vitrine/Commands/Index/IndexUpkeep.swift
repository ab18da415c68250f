import ArgumentParser
import Basics
import Foundation
import VectorIndex

/// Tells what an index consists of.
struct IndexStats: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Tell what an index consists of, and how good it was when measured.",
        discussion: """
              vitrine index stats shop.index

            Of measurements of recall the last seven are shown.
            """)

    @Argument(help: "The index's folder.") var index: String

    func run() async throws {
        try await explained {
            let opened = try VectorIndex.openForReading(at: index)
            let statistics = opened.statistics
            let schema = opened.schema
            Terminal.say("vectors      \(statistics.vectors), \(statistics.inMemory) of them in no segment yet")
            Terminal.say("schema       \(schema.dimensions) x \(schema.encoding.rawValue), \(schema.metric.rawValue)")
            Terminal.say("files        \(statistics.bytes) bytes")
            Terminal.say("if merged    \(statistics.choice)")
            for segment in statistics.segments {
                Terminal.say(
                    "\(segment.file)    \(segment.kind.rawValue), \(segment.rows) rows, \(segment.removed) removed, "
                        + "\(segment.bytes) bytes, effort \(segment.tunedEffort)")
            }
            if let since = opened.removedSince {
                Terminal.say("removed      bytes of removed vectors are in files, noticed \(IndexTime.text(since))")
            }
            for recall in opened.recallHistory.suffix(7) {
                Terminal.say("recall       \(IndexTime.text(recall.measuredAt)): \(IndexRecall.sentence(recall))")
            }
        }
    }
}

/// Checks the files of an index.
struct IndexVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check every byte of an index: checksums, links that lead nowhere, ids that stand twice.",
        discussion: """
              vitrine index verify shop.index
              vitrine index verify shop.index --absent 4711

            Ends with status 1 when something is wrong. With --absent it also looks whether any file still holds a \
            vector that was removed; `vitrine index compact` takes it out.
            """)

    @Argument(help: "The index's folder.") var index: String
    @Option(help: "An id that no file may hold.") var absent: UInt64?

    func run() async throws {
        let found = VectorIndex.verify(at: index, absent: absent)
        for problem in found.problems { Terminal.say(problem) }
        guard found.problems.isEmpty else { throw ExitCode.failure }
        Terminal.say("\(found.vectors) vectors in \(found.segments) segments, all sound")
    }
}

/// Merges an index into one segment.
struct IndexCompact: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Merge an index into one segment; the space of removed vectors comes back.",
        discussion: "  vitrine index compact shop.index")

    @Argument(help: "The index's folder.") var index: String

    func run() async throws {
        try await explained {
            let opened = try VectorIndex.open(at: index)
            let before = opened.statistics.bytes
            try await opened.compact()
            Terminal.say("\(before) bytes before, \(opened.statistics.bytes) after")
        }
    }
}

/// Does what is due by the clock.
struct IndexMaintain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "maintain",
        abstract: "Do what is due: take the bytes of removed vectors out of all files, measure recall once a night.",
        discussion: """
              vitrine index maintain shop.index

            To be run every hour where no program has the index open. \
            Removed vectors are found by no search; their bytes leave the files 24 hours after they were noticed, which \
            is stored in the index.
            """)

    @Argument(help: "The index's folder.") var index: String
    @Option(help: "Hours after which the bytes of removed vectors leave the files.") var compactAfter = 24

    func run() async throws {
        try await explained {
            let opened = try VectorIndex.open(
                at: index, options: VectorIndexOptions(compactsAfterHours: compactAfter))
            let done = try await opened.maintain(now: SystemWallClock().now())
            if done.compacted { Terminal.say("compacted: no file holds a removed vector any more") }
            if let recall = done.recall { Terminal.say(IndexRecall.sentence(recall)) }
            Terminal.say(done.nextDue.map { "next due \(IndexTime.text($0))" } ?? "nothing is due")
        }
    }
}

/// A time for people to read.
enum IndexTime {
    static func text(_ milliseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000).formatted(.iso8601)
    }
}

/// Measures how many true neighbours an index finds.
struct IndexRecall: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recall",
        abstract: "Measure how many of the true neighbours searches find, and store the figure.",
        discussion: """
              vitrine index recall shop.index --queries queries.npy
              vitrine index recall shop.index

            Without queries, 200 stored vectors are searched for. When the figure is below the target, searches make \
            more effort from then on.
            """)

    @Argument(help: "The index's folder.") var index: String
    @Option(help: "A .npy file of queries.") var queries: String?
    @Option(name: .shortAndLong, help: "How many neighbours.") var k = 10

    func run() async throws {
        try await explained {
            let opened = try VectorIndex.open(at: index)
            let matrix = try queries.map { try NumpyMatrix(path: $0) }
            let rows = matrix.map { matrix in (0..<matrix.rows).map { matrix[$0] } } ?? []
            Terminal.say(Self.sentence(try opened.measureRecall(k: k, queries: rows)))
        }
    }

    static func sentence(_ report: RecallReport) -> String {
        func text(_ share: Double) -> String { String((share * 10_000).rounded() / 10_000) }
        let interval = "\(text(report.interval.lowerBound)) to \(text(report.interval.upperBound))"
        let raised = report.raisedEffort > 0 ? "; searches now use effort \(report.raisedEffort)" : ""
        return
            "recall@\(report.k) \(text(report.recall)) (95 % interval \(interval)) of \(report.queries) queries\(raised)"
    }
}
