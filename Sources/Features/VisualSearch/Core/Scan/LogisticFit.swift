internal import Foundation

/// Logistic regression by Newton's method with halved steps (Platt 1999; Lin, Lin, Weng 2007).
struct LogisticFit {
    /// One weight a column.
    let weights: [Double]
    /// What is added.
    let bias: Double

    /// Keeps weights finite where a column parts the labels entirely; the bias is free.
    private static let ridge = 1e-3
    private static let rounds = 50

    /// Fits rows of equal length. Instead of 0 and 1 the targets are Platt's, drawn in by the number of examples, so
    /// that few examples do not give certainty.
    init(rows: [[Double]], labels: [Bool]) {
        let positive = Double(labels.count { $0 })
        let negative = Double(labels.count) - positive
        let high = (positive + 1) / (positive + 2)
        let low = 1 / (negative + 2)
        let problem = Problem(rows: rows.map { $0 + [1] }, targets: labels.map { $0 ? high : low }, ridge: Self.ridge)
        var solution = [Double](repeating: 0, count: (rows.first?.count ?? 0) + 1)
        var loss = problem.loss(solution)
        for _ in 0..<Self.rounds {
            guard let step = problem.newtonStep(solution) else { break }
            guard let next = problem.descend(from: solution, loss: loss, along: step) else { break }
            let gain = loss - next.loss
            (solution, loss) = (next.solution, next.loss)
            if gain < 1e-12 * max(1, loss) { break }
        }
        weights = Array(solution.dropLast())
        bias = solution.last ?? 0
    }

    /// What a row comes to before it is made a probability.
    func activation(_ row: [Double]) -> Double { zip(weights, row).reduce(bias) { $0 + $1.0 * $1.1 } }

    static func sigmoid(_ value: Double) -> Double {
        if value >= 0 { return 1 / (1 + exp(-value)) }
        let power = exp(value)
        return power / (1 + power)
    }

    /// The loss with its first and second derivatives.
    struct Problem {
        let rows: [[Double]]
        let targets: [Double]
        let ridge: Double

        private func activation(_ row: [Double], _ solution: [Double]) -> Double {
            zip(row, solution).reduce(0) { $0 + $1.0 * $1.1 }
        }

        /// Cross-entropy plus the ridge on all but the last value.
        func loss(_ solution: [Double]) -> Double {
            let penalty = solution.dropLast().reduce(0) { $0 + $1 * $1 } * ridge / 2
            return zip(rows, targets).reduce(penalty) { sum, example in
                let value = activation(example.0, solution)
                // log(1 + e^v) without overflow.
                let soft = value > 0 ? value + log1p(exp(-value)) : log1p(exp(value))
                return sum + soft - example.1 * value
            }
        }

        func gradient(_ solution: [Double]) -> [Double] {
            var gradient = solution.dropLast().map { $0 * ridge } + [0]
            for (row, target) in zip(rows, targets) {
                let error = sigmoid(activation(row, solution)) - target
                for at in row.indices { gradient[at] += error * row[at] }
            }
            return gradient
        }

        private func curvature(_ solution: [Double]) -> [[Double]] {
            let size = solution.count
            var matrix = [[Double]](repeating: [Double](repeating: 0, count: size), count: size)
            for row in rows {
                let p = sigmoid(activation(row, solution))
                let weight = p * (1 - p)
                for a in 0..<size { for b in 0...a { matrix[a][b] += weight * row[a] * row[b] } }
            }
            for a in 0..<size {
                // A hair on the bias too: all activations can be so large that the curvature vanishes.
                matrix[a][a] += a + 1 < size ? ridge : 1e-9
                for b in 0..<a { matrix[b][a] = matrix[a][b] }
            }
            return matrix
        }

        func newtonStep(_ solution: [Double]) -> [Double]? {
            Self.solve(curvature(solution), gradient(solution))
        }

        /// Goes the step, or a half, a quarter ... of it until the loss falls.
        func descend(from start: [Double], loss: Double, along step: [Double]) -> (solution: [Double], loss: Double)? {
            var length = 1.0
            while length > 1e-9 {
                let next = zip(start, step).map { $0 - length * $1 }
                let reached = self.loss(next)
                if reached < loss { return (next, reached) }
                length /= 2
            }
            return nil
        }

        /// Solves a symmetric positive system by Cholesky's method; nil when it is none.
        static func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double]? {
            let size = right.count
            var lower = matrix
            for column in 0..<size {
                for row in column..<size {
                    var sum = matrix[row][column]
                    for at in 0..<column { sum -= lower[row][at] * lower[column][at] }
                    guard row > column else {
                        guard sum > 0, sum.isFinite else { return nil }
                        lower[row][column] = sum.squareRoot()
                        continue
                    }
                    lower[row][column] = sum / lower[column][column]
                }
            }
            var forward = right
            for row in 0..<size {
                for at in 0..<row { forward[row] -= lower[row][at] * forward[at] }
                forward[row] /= lower[row][row]
            }
            for row in (0..<size).reversed() {
                for at in (row + 1)..<max(size, row + 1) { forward[row] -= lower[at][row] * forward[at] }
                forward[row] /= lower[row][row]
            }
            return forward
        }
    }
}
