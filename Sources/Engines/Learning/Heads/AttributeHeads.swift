/// Linear classifiers on an embedding, one for each question, by name.
public final class AttributeHeads: Module {
    /// The classifiers in the order of the options.
    @Child public var layers: [Linear]
    /// The questions.
    public let options: [HeadOptions]

    /// Classifiers of vectors of a dimension.
    public init(_ options: [HeadOptions], dimension: Int) {
        _layers = Child(options.map { Linear(dimension, $0.classes) }, key: "")
        self.options = options
        super.init()
    }

    /// The logits [n, classes] of vectors [n, d], by the questions' names.
    public func callAsFunction(_ x: Tensor) -> [String: Tensor] {
        Dictionary(zip(options, layers).map { ($0.name, $1(x)) }, uniquingKeysWith: { first, _ in first })
    }

    /// The loss of every question by its name; labels that are missing (-1) count nothing.
    ///
    /// Labels are [n] for a categorical question and [n, values] for a binary one, i64. A question without labels here
    /// is left out.
    public func losses(_ logits: [String: Tensor], labels: [String: Tensor]) -> [String: Tensor] {
        var losses: [String: Tensor] = [:]
        for head in options {
            guard let found = logits[head.name], let wanted = labels[head.name] else { continue }
            losses[head.name] =
                head.kind == .categorical
                ? AttributeLoss.categorical(found, targets: wanted) : AttributeLoss.binary(found, targets: wanted)
        }
        return losses
    }

    /// For every question how many of the labels that are there were answered right, and how many there are.
    public func hits(
        _ logits: [String: Tensor], labels: [String: Tensor]
    ) -> [String: (right: Int, of: Int)] {
        var hits: [String: (right: Int, of: Int)] = [:]
        for head in options {
            guard let found = logits[head.name]?.detached(), let wanted = labels[head.name] else { continue }
            let answers = head.kind == .categorical ? found.argmax(1) : found.isAtLeast(0).to(.int64)
            let known = wanted.isAtLeast(0)
            let right = answers.equals(wanted).and(known)
            hits[head.name] = (Int(right.to(.float32).sum().item()), Int(known.to(.float32).sum().item()))
        }
        return hits
    }
}
