internal import Basics
internal import Evaluation

/// How well SKUs that are one style are found, on splits that are planted: the pictures of each item are dealt to two SKUs.
public struct MergeMeasure: Sendable {
    private let pictures: [SeenPicture]
    private let seed: UInt64
    private let rules: MergeRules

    /// Pictures of items that are parted.
    public init(_ pictures: [SeenPicture], seed: UInt64 = 7, rules: MergeRules = MergeRules()) {
        self.pictures = pictures
        self.seed = seed
        self.rules = rules
    }

    /// For each threshold how many proposals are right, and how many of the parted items come together.
    ///
    /// - Throws: ``EvaluationError`` when no item has six pictures.
    public func report() throws -> MeasureReport {
        let hasFloor = pictures.allSatisfy { !$0.floor.isEmpty }
        let model = try rounds(\.vector)
        let floor = hasFloor ? try rounds(\.floor) : nil
        var rows: [MeasureReport.Row] = []
        for (place, threshold) in rules.thresholds.sorted(by: >).enumerated() {
            let sides = [("model", model)] + (floor.map { [("floor/1", $0)] } ?? [])
            func row(_ name: String, _ figure: (Found) -> Figure) -> MeasureReport.Row {
                .init(
                    "\(name) down to \(threshold)",
                    Dictionary(uniqueKeysWithValues: sides.map { ($0.0, figure($0.1.rounds[place])) }))
            }
            rows.append(
                row("proposals right") {
                    Figure(value: $0.proposed == 0 ? 1 : Double($0.right) / Double($0.proposed), count: $0.proposed)
                })
            rows.append(
                row("parted items found") { Figure(value: Double($0.right) / Double(model.items), count: model.items) })
        }
        return MeasureReport(
            "Parted items: \(model.items) items dealt to \(2 * model.items) SKUs, \(model.others) left whole",
            facts: [("voters", .int(Int64(rules.voters))), ("seed", .int(Int64(seed)))],
            columns: hasFloor ? ["model", "floor/1"] : ["model"], rows: rows)
    }

    private struct Found {
        var proposed = 0
        var right = 0
    }

    private struct Outcome {
        let items: Int
        let others: Int
        /// Down to each threshold, all rounds until there together.
        let rounds: [Found]
    }

    /// Two thirds of the items are parted, one third stays whole and must not be joined to anything.
    private func rounds(_ vector: KeyPath<SeenPicture, [Float]>) throws -> Outcome {
        let byLabel = Dictionary(grouping: pictures.indices) { pictures[$0].file.label }
        let labels = byLabel.keys.filter { byLabel[$0, default: []].count >= 6 }.sorted()
        guard !labels.isEmpty else { throw EvaluationError("No item has six pictures: nothing can be parted.") }
        var random = SeededRandom(seed: seed)
        var places: [Int] = []
        var owners: [Int] = []
        var styles: [Int] = []
        var parted = 0
        for (number, label) in labels.enumerated() {
            let isParted = number % 3 != 2
            parted += isParted ? 1 : 0
            let first = styles.count
            styles += isParted ? [number, number] : [number]
            for (turn, place) in byLabel[label, default: []].shuffled(using: &random).enumerated() {
                places.append(place)
                owners.append(isParted ? first + turn % 2 : first)
            }
        }
        guard let vectors = UnitVectors(places.map { pictures[$0][keyPath: vector] }) else {
            throw EvaluationError("A picture has a vector without a direction.")
        }
        var merge = ConfusionMerge(
            subjects: styles.indices.map { MergeSubject(sku: "\($0)") }, owners: owners, vectors: vectors, rules: rules)
        var found = Found()
        var rounds: [Found] = []
        for threshold in rules.thresholds.sorted(by: >) {
            var isOpen = true
            while isOpen {
                isOpen = false
                for proposal in merge.proposals(threshold: threshold) {
                    let isRight = Set((proposal.left + proposal.right).map { styles[$0] }).count == 1
                    found.proposed += 1
                    found.right += isRight ? 1 : 0
                    // A person who looks says yes to the right ones.
                    if isRight { isOpen = merge.accept(proposal) || isOpen } else { merge.refuse(proposal) }
                }
            }
            rounds.append(found)
        }
        return Outcome(items: parted, others: labels.count - parted, rounds: rounds)
    }
}
