internal import Basics

/// How long the weight vectors of a classifier's classes are.
///
/// A plain softmax gives classes with many pictures long weights (Guo, Zhang 2017), and so favours them; a normalised
/// head meets every class with a weight of length 1.
package struct ClassWeights: Hashable, Sendable {
    /// The name of the loss.
    package let name: String
    /// The label whose classes it tells apart.
    package let label: String
    /// The length with which each class meets a vector.
    package let norms: [Double]

    /// The classes of the losses of an experiment's last stage, from the file of a run's weights.
    package static func all(of experiment: Experiment, in tensors: [String: HostTensor]) -> [ClassWeights] {
        (experiment.stages.last?.losses ?? []).compactMap { term in
            guard let weight = tensors["losses.\(term.name).weight"], weight.shape.count == 2, weight.shape[1] > 0
            else { return nil }
            let isPlain = term.json["type"]?.stringValue == "softmax"
            let width = weight.shape[1]
            let numbers = isPlain ? weight.doubles : []
            let norms = (0..<weight.shape[0]).map { row in
                guard isPlain else { return 1.0 }
                return numbers[row * width..<(row + 1) * width].reduce(0) { $0 + $1 * $1 }.squareRoot()
            }
            return ClassWeights(name: term.name, label: term.label, norms: norms)
        }
    }

    package init(name: String, label: String, norms: [Double]) {
        (self.name, self.label, self.norms) = (name, label, norms)
    }

    /// The correlation (Pearson) of the logarithm of a class's number of pictures and its norm; nil where all norms or
    /// all sizes are one, or fewer than three classes have pictures.
    package func correlation(sizes: [Int]) -> Double? {
        let pairs = zip(sizes, norms).filter { $0.0 > 0 }.map { (Scalar.log(Double($0)), $1) }
        guard pairs.count > 2 else { return nil }
        let count = Double(pairs.count)
        let (x, y) = (pairs.reduce(0) { $0 + $1.0 } / count, pairs.reduce(0) { $0 + $1.1 } / count)
        var (xx, yy, xy) = (0.0, 0.0, 0.0)
        for (left, right) in pairs {
            (xx, yy) = (xx + (left - x) * (left - x), yy + (right - y) * (right - y))
            xy += (left - x) * (right - y)
        }
        return xx > 1e-12 && yy > 1e-12 ? xy / (xx * yy).squareRoot() : nil
    }
}
