internal import Basics

/// The terms of one stage's loss, each on its label.
final class LossSum: Module {
    /// Terms under their names.
    struct Named: ModuleTree {
        let modules: [(key: String, module: Module)]
    }

    /// One term with what it looks at.
    struct Part {
        let term: Experiment.Term
        let loss: EmbeddingLoss
    }

    @Child var terms: Named
    let parts: [Part]

    init(_ terms: [Experiment.Term], classes: (String) -> Int, dimension: Int, seed: UInt64) throws {
        parts = try terms.map { term in
            let context = LossContext(classes: max(classes(term.label), 1), dimension: dimension, seed: seed)
            return Part(
                term: term,
                loss: try LossRegistry.make(
                    term.json, context, path: term.path, passed: Experiment.Stage.ownKeys))
        }
        _terms = Child(Named(modules: parts.map { ($0.term.name, $0.loss) }), key: "")
        super.init()
    }

    /// Tells ramps and miners how far the stage is.
    func advance(step: Int, of total: Int) {
        for part in parts { part.loss.advance(step: step, of: total) }
    }

    /// Each term on the rows that have its label; nil where a batch has none.
    func callAsFunction(_ x: Tensor, labels: [String: [Int]]) -> [Tensor?] {
        parts.map { part in
            guard let own = labels[part.term.label] else { return nil }
            let rows = own.indices.filter { own[$0] >= 0 }
            guard !rows.isEmpty else { return nil }
            let chosen = rows.count == own.count ? x : x.taking(Tensor(rows).to(x.device))
            return part.loss(chosen, labels: Tensor(rows.map { own[$0] }).to(x.device))
        }
    }

    /// What the terms counted in their last call, by name.
    var counts: [(key: String, tensor: Tensor)] {
        parts.flatMap { part in
            part.loss.statistics.sorted { $0.key < $1.key }.map { ("\(part.term.name)/\($0.key)", $0.value) }
        }
    }

    /// Whether any term compares rows with each other, so that a batch may not be cut into parts.
    var comparesRows: Bool { parts.contains { $0.loss.comparesRows } }

    /// The opinions of the first classifier among the terms, without its margin: logits [n, classes] and its label.
    func opinion(_ x: Tensor) -> (logits: Tensor, label: String)? {
        for part in parts {
            if let head = part.loss as? MarginHead { return (head.cosines(x) * head.scale, part.term.label) }
            if let head = part.loss as? SoftmaxLoss { return (head.logits(x), part.term.label) }
        }
        return nil
    }
}
