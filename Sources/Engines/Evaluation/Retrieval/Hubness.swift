/// How unevenly items are found: a few that are near to everything make a retrieval useless.
public enum Hubness {
    /// The skewness of how often each item is among the nearest (Radovanovic, Nanopoulos, Ivanovic 2010).
    ///
    /// 0 if all are found equally often; above 1 there are hubs. Rests on items, which are drawn for the interval. Nil
    /// for no items.
    public static func skewness(of occurrences: [Int], bootstrap: Bootstrap = Bootstrap()) -> Figure? {
        bootstrap.figure(count: occurrences.count) { weights in
            let total = weights.reduce(0, +)
            guard total > 0 else { return nil }
            let mean = zip(weights, occurrences).reduce(0) { $0 + $1.0 * Double($1.1) } / total
            var second = 0.0
            var third = 0.0
            for (weight, count) in zip(weights, occurrences) {
                let distance = Double(count) - mean
                second += weight * distance * distance
                third += weight * distance * distance * distance
            }
            let deviation = (second / total).squareRoot()
            return deviation > 0 ? third / total / (deviation * deviation * deviation) : 0
        }
    }
}
