import ArgumentParser
import Basics
import Foundation
import Kernels
import VectorIndex

/// Measures an index on the owner's vectors.
struct IndexBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Build an index with default settings and measure speed and recall at several efforts.",
        discussion: """
              vitrine index bench --vectors base.npy --queries queries.npy -k 10 --json rows.json

            A row an effort: the index, processor seconds of building, memory and file in MiB, recall against exact \
            search, and queries a second of processor time, one query a call, one thread, best of three passes. Built \
            by a process of its own, so that memory is that of searching alone.
            """)

    @Option(help: "A .npy file of vectors.") var vectors: String
    @Option(help: "A .npy file of queries.") var queries: String
    @Option(name: .shortAndLong, help: "How many neighbours.") var k = 10
    @Option(help: "Write the rows as JSON to this file too.") var json: String?
    @Option(help: "Keep the index in this folder, which must not hold one yet.") var keep: String?
    @Option(help: "Measure filters that pass these percentages of the vectors instead, such as 50,10,1,0.1.")
    var filters: String?
    @OptionGroup var flags: IndexBuildFlags

    func run() async throws {
        try await explained { try measure() }
    }

    private func measure() throws {
        let folder = keep ?? NSTemporaryDirectory() + "/vitrine-bench-\(getpid())"
        defer { if keep == nil { try? FileManager.default.removeItem(atPath: folder) } }
        let seconds = try build(folder)
        let matrix = try NumpyMatrix(path: queries)
        let rows = (0..<matrix.rows).map { matrix[$0] }
        if let filters { return try measure(filters, rows, folder) }
        let truth = try ExactNeighbours(metric: flags.metric, k: k).find(rows, in: try NumpyMatrix(path: vectors))
        let before = Self.residentBytes()
        let index = try VectorIndex.openForReading(at: folder)
        _ = try found(index, rows, effort: nil)
        let resident = Self.residentBytes() - before
        let statistics = index.statistics
        var report: [JSON] = []
        for effort in efforts(statistics) {
            let (ids, rate) = try timed(index, rows, effort: effort)
            let recall = Self.recall(ids, truth)
            let row: JSON = [
                "index": .string("vitrine \(statistics.segments.map(\.kind.rawValue).joined(separator: "+"))"),
                "build_cpu_s": Self.number(seconds, 2), "rss_mb": Self.number(Double(resident) / 1_048_576, 1),
                "file_mb": Self.number(Double(statistics.bytes) / 1_048_576, 1), "effort": .int(Int64(effort)),
                "recall": Self.number(recall, 4), "qps": Self.number(rate, 0), "k": .int(Int64(k)),
            ]
            Terminal.say(row.text)
            report.append(row)
        }
        if let json { try Data(JSON.array(report).encoded()).write(to: URL(filePath: json)) }
    }

    private func measure(_ filters: String, _ rows: [[Float]], _ folder: String) throws {
        let shares = filters.split(separator: ",").compactMap { Double($0) }.map { $0 / 100 }
        guard !shares.isEmpty, shares.allSatisfy({ $0 > 0 && $0 <= 1 }) else {
            throw Failure("\(filters) are no percentages; 50,10,1,0.1 are.")
        }
        let bench = FilterBench(
            index: try VectorIndex.openForReading(at: folder), queries: rows, k: k,
            matrix: try NumpyMatrix(path: vectors), exact: ExactNeighbours(metric: flags.metric, k: k))
        let report = try bench.rows(shares: shares)
        for row in report { Terminal.say(row.text) }
        if let json { try Data(JSON.array(report).encoded()).write(to: URL(filePath: json)) }
    }

    // MARK: Building

    /// Builds in a process of its own; returns its processor seconds.
    private func build(_ folder: String) throws -> Double {
        let child = Process()
        child.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        child.arguments = ["index", "build", vectors, "--to", folder] + buildArguments
        child.standardOutput = FileHandle.nullDevice
        let before = Self.childSeconds()
        try child.run()
        child.waitUntilExit()
        guard child.terminationStatus == 0 else { throw Failure("Building failed.") }
        return Self.childSeconds() - before
    }

    private var buildArguments: [String] {
        var arguments = ["--metric", flags.metric.rawValue, "--encoding", flags.encoding.rawValue]
        if let kind = flags.kind { arguments += ["--kind", kind.rawValue] }
        arguments += ["--seed", "\(flags.seed)", "--degree", "\(flags.degree)"]
        arguments += ["--ground-degree", "\(flags.groundDegree)", "--build-effort", "\(flags.buildEffort)"]
        if filters != nil { arguments.append("--spread-prices") }
        return arguments + ["--target-recall", "\(flags.targetRecall)"]
    }

    private static func childSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
        let times = [usage.ru_utime, usage.ru_stime]
        return times.reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
    }

    // MARK: Searching

    private func efforts(_ statistics: VectorIndexStatistics) -> [Int] {
        switch statistics.segments.first?.kind {
        case .ivf: [4, 8, 12, 16, 24, 32, 48, 64, 96]
        case .hnsw: [10, 12, 14, 16, 18, 20, 24, 28, 32, 40, 56, 80, 120, 180, 260, 400]
        default: [1]
        }
    }

    private func found(_ index: VectorIndex, _ rows: [[Float]], effort: Int?) throws -> [[VectorHit]] {
        var all: [[VectorHit]] = []
        all.reserveCapacity(rows.count)
        for row in rows { all.append(try index.search(row, k: k, effort: effort)) }
        return all
    }

    private func timed(_ index: VectorIndex, _ rows: [[Float]], effort: Int) throws -> (ids: [[UInt64]], rate: Double) {
        var best = Double.infinity
        var hits: [[VectorHit]] = []
        for _ in 0..<3 {
            let started = Self.processSeconds()
            hits = try found(index, rows, effort: effort)
            best = min(best, Self.processSeconds() - started)
        }
        return (hits.map { $0.map(\.id) }, Double(rows.count) / max(best, 1e-9))
    }

    static func recall(_ found: [[UInt64]], _ truth: [[UInt64]]) -> Double {
        let total = truth.reduce(0) { $0 + $1.count }
        let hits = zip(found, truth).reduce(0) { $0 + Set($1.0).intersection($1.1).count }
        return total > 0 ? Double(hits) / Double(total) : 1
    }

    // MARK: The process

    static func processSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func residentBytes() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(getpagesize())
    }

    static func number(_ value: Double, _ digits: Int) -> JSON {
        let scale = pow(10, Double(digits))
        return digits == 0 ? .int(Int64(value.rounded())) : .double((value * scale).rounded() / scale)
    }
}
