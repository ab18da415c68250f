import ArgumentParser

/// A flag whose number must lie in a range; told before anything is read.
func require<Number: Comparable>(_ flag: String, _ value: Number, in range: ClosedRange<Number>) throws {
    guard range.contains(value) else {
        throw ValidationError("\(flag): a number from \(range.lowerBound) to \(range.upperBound)")
    }
}
