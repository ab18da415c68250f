/// The classes that meet the embeddings of one step when there are too many for all of them: those of the labels, and
/// others drawn without replacement (An et al. 2022, section 3.2).
struct ClassSample {
    /// The classes, [k], in the order of their numbers.
    let classes: Tensor
    /// For every label its place among the classes, [n].
    let places: Tensor

    /// A share of the classes, at least those of the labels, drawn from libtorch's generator.
    init(_ labels: Tensor, classes count: Int, share: Double) {
        (classes, places) = withoutGrad {
            let wanted = min(count, max(labels.length(0), Int((share * Double(count)).rounded(.up))))
            let ones = Tensor.ones([labels.length(0)], device: labels.device)
            // Draws lie below 1: the labels' classes, at 2 and more, are always among the largest.
            let draws = Tensor.rand([count], device: labels.device) + 2 * ones.groupSums(labels, count: count)
            let chosen = draws.topK(wanted).indices.sorted().values
            let numbers = Tensor.arange(wanted, device: labels.device)
            return (chosen, numbers.groupSums(chosen, count: count).taking(labels))
        }
    }
}
