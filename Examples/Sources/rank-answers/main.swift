// Tells NDCG@5 of a table of scores: one line a pair, `query product score`, and a JSON file of the right products.
//   swift run --package-path Examples rank-answers scores.txt answers.json [a | b THRESHOLD]
// The last words repeat two tricks of a contest (KDD Cup 2020) whose lists were drawn so that a product rarely stands in
// two of them: a puts pairs last that are not the product's best, b keeps only products with one clearly best query.
// Both look at the other queries' lists, which no shop has: the plain figure is the one that means something.
import Basics
import Evaluation
import Foundation

func answers(scores path: String, right: [Int: Set<Int>]) throws -> [ScoredAnswer] {
    try String(contentsOf: URL(filePath: path), encoding: .utf8).split(separator: "\n").compactMap { line in
        let words = line.split { $0 == "\t" || $0 == " " }
        guard words.count >= 3, let query = Int(words[0]), let product = Int(words[1]), let score = Double(words[2])
        else { return nil }
        return ScoredAnswer(
            query: query, product: product, score: score, isRelevant: right[query]?.contains(product) == true)
    }
}

func bestTwo(_ answers: [ScoredAnswer]) -> [Int: (best: Double, second: Double)] {
    Dictionary(grouping: answers, by: \.product).mapValues { pairs in
        let scores = pairs.map(\.score).sorted(by: >)
        return (scores[0], scores.count > 1 ? scores[1] : -.infinity)
    }
}

func ruleA(_ answers: [ScoredAnswer]) -> [ScoredAnswer] {
    let best = bestTwo(answers)
    return answers.map { answer in
        let isBest = (best[answer.product]?.best ?? answer.score) - answer.score < 1e-5
        let score = isBest ? answer.score : answer.score - 10
        return ScoredAnswer(
            query: answer.query, product: answer.product, score: score, isRelevant: answer.isRelevant)
    }
}

func ruleB(_ answers: [ScoredAnswer], _ threshold: Double) -> [ScoredAnswer] {
    let best = bestTwo(answers)
    let kept = answers.filter { answer in
        guard let (first, second) = best[answer.product] else { return true }
        return first - second >= threshold && answer.score == first
    }
    let counts = Dictionary(grouping: kept, by: \.query).mapValues(\.count)
    // A query left with fewer than five keeps its list as it was.
    return kept.filter { counts[$0.query, default: 0] >= 5 } + answers.filter { counts[$0.query, default: 0] < 5 }
}

guard CommandLine.arguments.count >= 3 else {
    print("usage: rank-answers SCORES ANSWERS [a | b THRESHOLD]")
    exit(2)
}

do {
    let json = try JSON(parsing: [UInt8](Data(contentsOf: URL(filePath: CommandLine.arguments[2]))))
    var right: [Int: Set<Int>] = [:]
    for (query, products) in json.objectValue ?? JSONObject() {
        if let query = Int(query) {
            right[query] = Set((products.arrayValue ?? []).compactMap(\.intValue).map(Int.init))
        }
    }
    var table = try answers(scores: CommandLine.arguments[1], right: right)
    let rest = CommandLine.arguments.dropFirst(3)
    if rest.first == "a" { table = ruleA(table) }
    if rest.first == "b" { table = ruleB(table, rest.dropFirst().first.flatMap { Double($0) } ?? 0.92) }
    let ranked = RankedAnswers(table, relevant: right.mapValues(\.count))
    print("NDCG@5 \(ranked.figure()?.text ?? "of no query"), \(ranked.withoutAnswer) queries without an answer")
} catch {
    print("cannot rank: \(error)")
    exit(1)
}
