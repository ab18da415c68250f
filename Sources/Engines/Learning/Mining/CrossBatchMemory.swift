/// The last embeddings of past batches, as further partners of a batch's anchors (Wang X. et al. 2020).
///
/// They carry no gradient. The memory stays empty for the first steps, in which embeddings still move too fast.
public final class CrossBatchMemory {
    /// How many embeddings are kept.
    public let capacity: Int
    /// Batches that are let pass first.
    public let startsAfter: Int
    /// What it holds, and how many batches it saw.
    struct State {
        var parts: [(embeddings: Tensor, labels: Tensor)] = []
        var seen = 0
    }

    var state = State()
    private var parts: [(embeddings: Tensor, labels: Tensor)] {
        get { state.parts }
        set { state.parts = newValue }
    }
    private var seen: Int {
        get { state.seen }
        set { state.seen = newValue }
    }

    /// An empty memory.
    public init(capacity: Int = 4096, startsAfter: Int = 1000) {
        (self.capacity, self.startsAfter) = (capacity, startsAfter)
    }

    /// How many embeddings are there.
    public var count: Int { parts.reduce(0) { $0 + $1.labels.length(0) } }

    /// The embeddings [m, d], of length 1, and their labels [m], oldest first; nil while there are none.
    public var contents: (embeddings: Tensor, labels: Tensor)? {
        guard !parts.isEmpty else { return nil }
        return (.concatenated(parts.map(\.embeddings)), .concatenated(parts.map(\.labels)))
    }

    /// Keeps a batch, and lets the oldest ones go.
    public func append(_ x: Tensor, labels: Tensor) {
        seen += 1
        guard seen > startsAfter, capacity > 0 else { return }
        withoutGrad { parts.append((x.detached().normalized(), labels)) }
        while count > capacity, let first = parts.first {
            let excess = count - capacity
            let length = first.labels.length(0)
            if excess >= length {
                parts.removeFirst()
            } else {
                parts[0] = (first.embeddings[excess..<length], first.labels[excess..<length])
            }
        }
    }

    // MARK: Checkpoints

    /// What a checkpoint keeps: embeddings, labels, and how many batches were seen.
    func savedState() -> [String: HostTensor] {
        var saved = ["seen": HostTensor([seen], shape: [])]
        for (place, part) in parts.enumerated() {
            saved["\(place).embeddings"] = part.embeddings.host()
            saved["\(place).labels"] = part.labels.host()
        }
        return saved
    }

    /// Goes on from what was kept.
    func restore(_ saved: [String: HostTensor], device: Device = .cpu) {
        seen = saved["seen"]?.ints.first ?? 0
        parts = []
        while let embeddings = saved["\(parts.count).embeddings"], let labels = saved["\(parts.count).labels"] {
            parts.append((Tensor(embeddings, device: device), Tensor(labels, device: device)))
        }
    }
}
