extension Tensor {
    /// The part at an index of the first dimension, which goes away.
    public subscript(index: Int) -> Tensor { selected(0, index) }

    /// The part of a range of the first dimension.
    public subscript(range: Range<Int>) -> Tensor { sliced(0, range) }

    /// The part at an index of a dimension, which goes away.
    public func selected(_ axis: Int, _ index: Int) -> Tensor {
        callOp(.select, .tensor(self), .int(axis), .int(index))
    }

    /// The part of a range of a dimension; what lies outside is left out.
    public func sliced(_ axis: Int, _ range: Range<Int>) -> Tensor {
        callOp(.slice, .tensor(self), .int(axis), .int(range.lowerBound), .int(range.upperBound))
    }

    /// The parts at the indices (i64, one dimension) of a dimension, in their order.
    public func taking(_ indices: Tensor, axis: Int = 0) -> Tensor {
        callOp(.indexSelect, .tensor(self), .int(axis), .tensor(indices))
    }

    /// For every place of `indices` (i64, same rank) the element that it names along a dimension.
    public func gathered(_ axis: Int, _ indices: Tensor) -> Tensor {
        callOp(.gather, .tensor(self), .int(axis), .tensor(indices))
    }

    /// From every row [n, m] the element that its index [n] names: [n].
    public func picked(_ indices: Tensor) -> Tensor {
        gathered(1, indices.expandingAxis(1)).droppingAxis(1)
    }

    /// The rows [n, m] with another element [n] in the place that each row's index [n] names.
    public func replacing(_ indices: Tensor, with values: Tensor) -> Tensor {
        callOp(
            .scatter, .tensor(self), .int(1), .tensor(indices.expandingAxis(1)), .tensor(values.expandingAxis(1)))
    }

    /// The sums, by group, of rows [n, d] with group numbers [n] below `count`: [count, d].
    public func groupSums(_ groups: Tensor, count: Int) -> Tensor {
        let zeros = Tensor.zeros([count] + shape.dropFirst(), dtype: dtype, device: device)
        return callOp(.indexAdd, .tensor(zeros), .int(0), .tensor(groups), .tensor(self))
    }

    /// For integers [n] below `count` the rows [n, count] with a one at each and zeros elsewhere (i64).
    public func oneHot(_ count: Int) -> Tensor { callOp(.oneHot, .tensor(self), .int(count)) }

    /// Where a matrix is not zero: its row numbers and its column numbers, in row order.
    public func nonzeroPairs() -> (rows: Tensor, columns: Tensor) {
        let found = callOp(.nonzero, .tensor(self))
        return (found.selected(1, 0), found.selected(1, 1))
    }

    /// The `count` largest elements along a dimension, largest first, and where they stand.
    public func topK(_ count: Int, axis: Int = -1) -> (values: Tensor, indices: Tensor) {
        let found = callOp(.topK, [.tensor(self), .int(count), .int(axis)], results: 2)
        return (found[0], found[1])
    }

    /// The elements in order along a dimension, and where they stood.
    public func sorted(axis: Int = -1, descending: Bool = false) -> (values: Tensor, indices: Tensor) {
        let found = callOp(.sort, [.tensor(self), .int(axis), .bool(descending)], results: 2)
        return (found[0], found[1])
    }

    /// The matrix with zeros below the given diagonal (0 the main one, 1 the one above it).
    public func upperTriangle(_ diagonal: Int = 0) -> Tensor {
        callOp(.triu, .tensor(self), .int(diagonal))
    }
}
