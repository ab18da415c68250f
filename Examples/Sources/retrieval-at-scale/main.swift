// Measures retrieval among many random vectors, and says what it took.
//   swift run -c release --package-path Examples retrieval-at-scale 60000
// Benchmarks/peers/retrieval.py runs it beside NumPy.
import Basics
import Evaluation
import Foundation

func randomVectors(_ count: Int, seed: UInt64) throws -> LabelledVectors {
    var random = SeededRandom(seed: seed)
    return try LabelledVectors(
        values: (0..<count * 128).map { _ in Float(Int64(bitPattern: random.next()) >> 40) / 8_388_608 },
        dimension: 128, labels: (0..<count).map { _ in Int(random.next() % UInt64(max(1, count / 10))) })
}

let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 2_000
do {
    let queries = try randomVectors(count, seed: 1)
    let gallery = try randomVectors(count, seed: 2)
    let begin = clock()
    let report = try Retrieval().report(queries: queries, gallery: gallery)
    print("seconds of processor \(Double(clock() - begin) / 1e6)")
    print("recall@10 \(report.recall(10)?.text ?? "-")")
    print("mAP \(report.meanAveragePrecision?.text ?? "-")")
    let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    for line in status?.split(separator: "\n") ?? [] where line.hasPrefix("VmHWM") { print(line) }
} catch {
    print("cannot measure: \(error)")
    exit(1)
}
