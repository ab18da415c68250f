import Foundation

/// What speaks for a model of motion: the misfit of all pairs and a price for each parameter (Torr 1998).
///
/// The dimension of the structure is the same for all models here and left out.
package enum ModelEvidence {
    /// Pixels of noise at the matching size.
    package static let sigma = 1.0
    /// Rotation wins when it is this near to the best.
    package static let tie = 1.03

    /// Σ min(e²/σ², 4) + k ln(4N); lower is better.
    package static func score(errors: [Double], parameters: Int) -> Double {
        let misfit = errors.reduce(0.0) { $0 + min($1 * $1 / (sigma * sigma), 4) }
        return misfit + Double(parameters) * log(4 * Double(max(1, errors.count)))
    }
}
