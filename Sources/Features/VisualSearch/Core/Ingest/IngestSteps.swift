/// A piece of work on one picture; each can be done twice with the same outcome.
public enum IngestStep: String, Sendable, Hashable, CaseIterable {
    /// Keep the bytes under their SHA-256.
    case store
    /// Decode, and compute the hashes.
    case fingerprint
    /// Look for pictures it may be a copy of.
    case judge
    /// Find the main object.
    case locate
    /// Tell the category.
    case categorise
    /// Compute the vector.
    case embed
    /// Bring the vector into the index.
    case index
    /// Let searches find it.
    case show
}

/// What happened to a picture.
public enum IngestEvent: Sendable, Hashable {
    /// The program began, or lost track: what is to be done?
    case resumed
    /// The time of a retry may have come.
    case due
    /// A step was done. For ``IngestStep/judge`` its outcome is told by ``judged(_:)``.
    case finished(IngestStep)
    /// The known pictures were looked through for copies.
    case judged(IngestJudgement)
    /// The file is none that can be taken; the code says why.
    case refused(code: String)
    /// A step failed; what is lasting is not tried again.
    case failed(IngestStep, reason: String, isLasting: Bool)
    /// A person looked at the picture beside the known one.
    case decided(isSame: Bool)
    /// A person took an alias back.
    case aliasUndone
    /// A picture that may answer for this one was deleted.
    case keptRemoved(Int64)
    /// A person asks to try a dead picture again.
    case revived
    /// The picture was deleted.
    case removed
}

/// What the search for copies came to.
public enum IngestJudgement: Sendable, Hashable {
    /// No copy is known.
    case unique
    /// Perhaps a copy of a known picture.
    case review(Int64)
    /// A copy of a known picture.
    case alias(Int64)
}

/// What has to be done for a picture.
public enum IngestAction: Sendable, Hashable {
    /// Do a step and tell of its end.
    case run(IngestStep)
    /// Send ``IngestEvent/due`` at a time in milliseconds.
    case wait(until: Int64)
    /// Ask a person whether it is a copy of a known picture.
    case openReview(against: Int64)
    /// Nobody needs to decide any more.
    case closeReview
    /// The known picture answers for it from now on.
    case alias(of: Int64)
    /// It answers for itself again.
    case dropAlias
    /// Remove its entry from the index, if there is one.
    case takeOut
    /// Delete the picture that it replaced.
    case remove(Int64)
    /// Send ``IngestEvent/keptRemoved(_:)`` to all pictures that this one answers for.
    case freeAliases
    /// Give up its bytes when the time of keeping has passed, unless another picture has the same.
    case releaseBlob
    /// Name the fault in the report of the import.
    case report(String)
}

extension IngestPicture.Stage {
    /// The step that leads on; nil at the ends.
    public var nextStep: IngestStep? {
        switch self {
        case .received: .store
        case .stored: .fingerprint
        case .fingerprinted: .judge
        case .cleared: .locate
        case .located: .categorise
        case .categorised: .embed
        case .embedded: .index
        case .indexed: .show
        case .visible, .aliased, .refused, .dead, .removed: nil
        }
    }

    /// Whether the picture is at an end where no search may find it.
    public var hasLeft: Bool {
        switch self {
        case .aliased, .refused, .dead, .removed: true
        default: false
        }
    }
}

extension IngestStep {
    /// The stage before the step.
    var origin: IngestPicture.Stage {
        switch self {
        case .store: .received
        case .fingerprint: .stored
        case .judge: .fingerprinted
        case .locate: .cleared
        case .categorise: .located
        case .embed: .categorised
        case .index: .embedded
        case .show: .indexed
        }
    }

    /// The stage after the step; the one of ``judge`` is decided by its verdict.
    var outcome: IngestPicture.Stage {
        switch self {
        case .store: .stored
        case .fingerprint: .fingerprinted
        case .judge: .cleared
        case .locate: .located
        case .categorise: .categorised
        case .embed: .embedded
        case .index: .indexed
        case .show: .visible
        }
    }

    /// Whether the step may only be done once it is known whether the picture is a copy.
    public var isAfterVerdict: Bool {
        switch self {
        case .store, .fingerprint, .judge: false
        default: true
        }
    }
}

/// Whether an item can be found, judged by its pictures.
public enum ItemStanding: Sendable, Hashable {
    /// At least one picture can be found, or another answers for one.
    case searchable
    /// It is listed, but no search by picture finds it.
    case unsearchable(Reason)

    /// Why no search finds an item.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// It has no picture.
        case noPicture = "no_picture"
        /// Its pictures are still being worked on.
        case inProgress = "in_progress"
        /// All its pictures were refused.
        case refused = "pictures_refused"
        /// Work on its pictures failed.
        case failed = "pictures_failed"
    }

    /// The standing of an item whose pictures have come so far.
    public init(of stages: some Collection<IngestPicture.Stage>) {
        let present = stages.filter { $0 != .removed }
        if present.contains(where: { $0 == .visible || $0 == .aliased }) {
            self = .searchable
        } else if present.contains(where: { $0.nextStep != nil }) {
            self = .unsearchable(.inProgress)
        } else if present.contains(.dead) {
            self = .unsearchable(.failed)
        } else {
            self = .unsearchable(present.isEmpty ? .noPicture : .refused)
        }
    }
}
