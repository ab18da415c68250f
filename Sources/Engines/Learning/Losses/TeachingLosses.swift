/// KL(p || q) in nats, the mean over rows, of two lists of logits [n, c] at a temperature.
func divergence(_ target: Tensor, _ logits: Tensor, temperature: Double) -> Tensor {
    let (p, q) = ((target / temperature).logSoftmax(1), (logits / temperature).logSoftmax(1))
    return (p.exp() * (p - q)).sum(1).mean()
}

/// Nets that learn from each other's opinions (Zhang et al. 2018, eq. 8).
public struct MutualLoss: Hashable, Sendable {
    /// The temperature at which opinions are compared.
    public let temperature: Double
    /// The factor of the divergence.
    public let weight: Double

    /// A loss.
    public init(temperature: Double = 1, weight: Double = 1) { (self.temperature, self.weight) = (temperature, weight) }

    /// For each net the mean of KL(p_j || p_i) over the others, times the squared temperature, from logits [n, c] each.
    /// The others' opinions carry no gradient.
    public func callAsFunction(_ logits: [Tensor]) -> [Tensor] {
        let scale = weight * temperature * temperature / Double(max(logits.count - 1, 1))
        return logits.enumerated().map { own, mine in
            let terms = logits.enumerated().filter { $0.offset != own }.map {
                divergence($0.element.detached(), mine, temperature: temperature)
            }
            return terms.dropFirst().reduce(terms.first ?? mine.sum() * 0, +) * scale
        }
    }
}

/// A net that learns from a larger one (Hinton et al. 2015).
public struct DistillationLoss: Hashable, Sendable {
    /// The temperature at which opinions are compared.
    public let temperature: Double
    /// a, the share of the teacher.
    public let share: Double

    /// A loss.
    public init(temperature: Double = 4, share: Double = 0.7) { (self.temperature, self.share) = (temperature, share) }

    /// (1 - a) own + a T^2 KL(teacher || student) from logits [n, c] each.
    public func callAsFunction(own: Tensor, student: Tensor, teacher: Tensor) -> Tensor {
        let taught = divergence(teacher.detached(), student, temperature: temperature)
        return (1 - share) * own + (share * temperature * temperature) * taught
    }
}

/// A net that learns a larger one's embeddings: 1 - cos(teacher, A student), the mean over rows.
public final class EmbeddingDistillation: Module {
    /// A, if the dimensions differ.
    @Child public var projection: Linear?

    /// A loss from the student's dimension to the teacher's.
    public init(student: Int, teacher: Int) {
        projection = student == teacher ? nil : Linear(student, teacher, bias: false)
        super.init()
    }

    /// The loss of embeddings [n, d] and [n, e].
    public func callAsFunction(student: Tensor, teacher: Tensor) -> Tensor {
        let own = (projection?(student) ?? student).normalized()
        return 1 - (own * teacher.detached().normalized()).sum(1).mean()
    }
}
