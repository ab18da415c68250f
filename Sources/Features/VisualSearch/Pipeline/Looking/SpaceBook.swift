internal import Synchronization

/// Which models were found to make the vectors that generations hold.
final class SpaceBook: Sendable {
    /// A model, asked about a generation.
    struct Question: Hashable, Sendable {
        let generation: Int64
        let model: String
    }

    private let answers = Mutex<[Question: Bool]>([:])

    /// What was found; nil when nobody has looked.
    subscript(question: Question) -> Bool? {
        get { answers.withLock { $0[question] } }
        set { answers.withLock { $0[question] = newValue } }
    }
}
