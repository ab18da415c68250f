/// Moves parameters along their gradients. Subclasses say how, in ``update(_:_:rate:)``.
///
/// The state stands in named tensors, which is what a checkpoint holds.
open class Optimizer {
    /// One parameter and its key.
    public typealias Parameter = (key: String, tensor: Tensor)

    /// The learning rate at factor 1.
    public let learningRate: Double
    /// What a schedule multiplies the learning rate with.
    public var rateFactor = 1.0
    /// How fast parameters that decay shrink.
    public let weightDecay: Double
    /// Steps taken.
    public private(set) var steps = 0

    let parameters: [Parameter]
    private let decays: [Bool]
    private let sizes: [Int]
    private var state: [String: [Tensor]] = [:]

    /// An optimizer of parameters. Without a rule only those of two or more dimensions decay: norms, biases and
    /// temperatures do not.
    public init(
        _ parameters: [Parameter], learningRate: Double, weightDecay: Double,
        decays: (Parameter) -> Bool = { $0.tensor.rank > 1 }
    ) {
        self.parameters = parameters
        self.decays = parameters.map(decays)
        sizes = parameters.map(\.tensor.count)
        (self.learningRate, self.weightDecay) = (learningRate, weightDecay)
    }

    /// The learning rate of the next step.
    public var rate: Double { learningRate * rateFactor }

    /// The keys of the parameters that it moves.
    public var keys: [String] { parameters.map(\.key) }

    /// Moves all parameters that have a gradient.
    public func step() throws {
        try checked {
            withoutGrad {
                steps += 1
                for decaying in [true, false] {
                    let places = parameters.indices.filter {
                        decays[$0] == decaying && parameters[$0].tensor.grad != nil
                    }
                    for part in runs(places) {
                        update(part, part.compactMap { tensor(at: $0).grad }, decay: decaying ? weightDecay : 0)
                    }
                }
            }
        }
    }

    private func tensor(at place: Int) -> Tensor { parameters[place].tensor }

    /// Numbers that one call on lists moves at most: what stays in a core's cache from one operator to the next.
    private static let cached = 1 << 17

    /// The places in runs of small parameters; large ones stand alone.
    private func runs(_ places: [Int]) -> [[Int]] {
        var runs: [[Int]] = []
        var room = 0
        for place in places {
            let size = sizes[place]
            if size > room || runs.isEmpty {
                runs.append([])
                room = Self.cached
            }
            runs[runs.count - 1].append(place)
            room -= size
        }
        return runs
    }

    /// Takes the gradients away.
    public func zeroGrad() {
        for parameter in parameters { parameter.tensor.grad = nil }
    }

    /// Moves the parameters at some places along their gradients; nothing is recorded meanwhile.
    open func update(_ places: [Int], _ gradients: [Tensor], decay: Double) {}

    /// The tensors at some places.
    public func tensors(_ places: [Int]) -> [Tensor] { places.map { parameters[$0].tensor } }

    /// The state of a name at some places; zeros at first.
    public func state(_ name: String, _ places: [Int]) -> [Tensor] {
        let all = state[name] ?? parameters.map { $0.tensor.detached().zerosLike() }
        state[name] = all
        return places.map { all[$0] }
    }

    // MARK: Checkpoints

    private static let stepKey = "step"

    /// The state in Swift's memory: `name.key` for each parameter, and the number of steps.
    public func savedState() -> [String: HostTensor] {
        var saved = [Self.stepKey: HostTensor([steps], shape: [])]
        for (name, tensors) in state {
            for (parameter, tensor) in zip(parameters, tensors) { saved["\(name).\(parameter.key)"] = tensor.host() }
        }
        return saved
    }

    /// The names of the states that the method keeps.
    open var stateNames: [String] { [] }

    /// Goes on from a saved state. Everything must be there, in the right shape; otherwise nothing changes.
    public func restore(_ saved: [String: HostTensor]) throws {
        // Before the first step nothing is kept yet.
        if saved.count == 1, saved[Self.stepKey]?.ints.first == 0 {
            (state, steps) = ([:], 0)
            return
        }
        let wanted = stateNames.flatMap { name in parameters.map { (name, $0, "\(name).\($0.key)") } }
        let missing = wanted.filter { saved[$0.2] == nil }.map(\.2) + (saved[Self.stepKey] == nil ? [Self.stepKey] : [])
        let reshaped = wanted.filter { $0.1.tensor.shape != saved[$0.2]?.shape && saved[$0.2] != nil }.map(\.2)
        guard missing.isEmpty, reshaped.isEmpty, let step = saved[Self.stepKey]?.ints.first, step >= 0 else {
            throw WeightMismatch(missing: missing.sorted(), unused: [], reshaped: reshaped.sorted())
        }
        steps = step
        for name in stateNames {
            for (tensor, parameter) in zip(state(name, Array(parameters.indices)), parameters) {
                if let host = saved["\(name).\(parameter.key)"] {
                    tensor.copyInPlace(Tensor(host, device: tensor.device))
                }
            }
        }
    }
}

/// libtorch's operators on whole lists, in place unless they give something.
enum Each {
    static func sums(_ tensors: [Tensor], _ others: [Tensor], times scale: Double) -> [Tensor] {
        callOp(.eachSumList, [.tensors(tensors), .tensors(others), .double(scale)], results: tensors.count)
    }

    static func multiply(_ tensors: [Tensor], by factor: Double) {
        callOp(.eachMultiplyScalar, [.tensors(tensors), .double(factor)], results: 0)
    }

    static func divide(_ tensors: [Tensor], by factor: Double) {
        callOp(.eachDivideScalar, [.tensors(tensors), .double(factor)], results: 0)
    }

    static func add(_ tensors: [Tensor], _ number: Double) {
        callOp(.eachAddScalar, [.tensors(tensors), .double(number)], results: 0)
    }

    static func add(_ tensors: [Tensor], _ others: [Tensor], times scale: Double) {
        callOp(.eachAddList, [.tensors(tensors), .tensors(others), .double(scale)], results: 0)
    }

    static func addProducts(_ tensors: [Tensor], _ a: [Tensor], _ b: [Tensor], times scale: Double) {
        callOp(.eachAddCMul, [.tensors(tensors), .tensors(a), .tensors(b), .double(scale)], results: 0)
    }

    static func addQuotients(_ tensors: [Tensor], _ a: [Tensor], _ b: [Tensor], times scale: Double) {
        callOp(.eachAddCDiv, [.tensors(tensors), .tensors(a), .tensors(b), .double(scale)], results: 0)
    }

    static func squareRoots(_ tensors: [Tensor]) -> [Tensor] {
        callOp(.eachSqrt, [.tensors(tensors)], results: tensors.count)
    }

    static func norms(_ tensors: [Tensor]) -> [Tensor] {
        callOp(.eachNorm, [.tensors(tensors), .double(2)], results: tensors.count)
    }
}
