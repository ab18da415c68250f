public import Imaging
internal import Kernels

/// How near two pictures must be to count as the same one.
///
/// The defaults were measured on 5,756 distinct photographs of clothes: hashes of 64 bits alone bring garments on plain
/// ground together, while both checks agreed on two pairs of that set, both of them real copies.
public struct DuplicateRules: Sendable, Hashable {
    /// Most differing bits of `dHash64` for a candidate.
    public var near = 8
    /// Most differing bits of `dHash256` for its check.
    public var far = 24
    /// Least correlation of the signatures for their check.
    public var correlation = 0.97

    /// The measured rules.
    public init() {}
}

/// What a picture is for the sake of finding its copies.
public struct KnownPicture: Sendable, Hashable {
    /// SHA-256 of the file.
    public var fileDigest: [UInt8]
    /// SHA-256 of the upright pixels.
    public var pixelDigest: [UInt8]
    /// Its hashes.
    public var fingerprint: PictureFingerprint
    /// Whose picture it is; pictures of different sellers are never each other's alias.
    public var seller: String

    /// A picture of the given values.
    public init(fileDigest: [UInt8], pixelDigest: [UInt8], fingerprint: PictureFingerprint, seller: String = "") {
        self.fileDigest = fileDigest
        self.pixelDigest = pixelDigest
        self.fingerprint = fingerprint
        self.seller = seller
    }
}

/// Why two pictures are thought to be one.
public struct DuplicateEvidence: Sendable, Hashable {
    /// What was found to be equal or near.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The files are equal byte by byte.
        case bytes
        /// The upright pixels are equal; what differs is metadata or how they are stored.
        case pixels
        /// All three measures agree.
        case both
        /// The hash is near, and one of two checks agrees.
        case one
    }

    /// What was found.
    public let kind: Kind
    /// How the new picture was mirrored or turned to show it.
    public let view: Orientation
    /// Differing bits of `dHash64`.
    public let near: Int
    /// Differing bits of `dHash256`.
    public let far: Int
    /// Correlation of the signatures.
    public let correlation: Double

    /// Evidence of the given measures.
    public init(kind: Kind, view: Orientation, near: Int, far: Int, correlation: Double) {
        self.kind = kind
        self.view = view
        self.near = near
        self.far = far
        self.correlation = correlation
    }
}

/// What is done about a new picture and one that is known.
public enum DuplicateVerdict: Sendable, Hashable {
    /// One picture: the new one becomes another name of the known one, which can be undone.
    case alias(DuplicateEvidence)
    /// Perhaps one picture: a person decides.
    case review(DuplicateEvidence)
    /// One picture of two sellers: nothing is put away, but the items may be one.
    case sharedBySellers(DuplicateEvidence)
    /// Two pictures.
    case distinct
}

extension DuplicateRules {
    /// Decides about a new picture, given its eight views in the order of `Orientation.allCases`.
    ///
    /// A distance alone decides nothing: `dHash64` proposes, `dHash256` and the signatures judge. Both for it is enough,
    /// one of them asks a person. A picture of a single grey is a copy only of an equal file or equal pixels.
    public func verdict(
        on picture: KnownPicture, views: [PictureFingerprint], against known: KnownPicture
    ) -> DuplicateVerdict {
        guard let evidence = evidence(for: picture, views: views, against: known) else { return .distinct }
        if picture.seller != known.seller { return .sharedBySellers(evidence) }
        return evidence.kind == .one ? .review(evidence) : .alias(evidence)
    }

    private func evidence(
        for picture: KnownPicture, views: [PictureFingerprint], against known: KnownPicture
    ) -> DuplicateEvidence? {
        let measured = zip(Orientation.allCases, views).map { measure($1, as: $0, against: known.fingerprint) }
        guard let upright = measured.first else { return nil }
        if picture.fileDigest == known.fileDigest { return upright.named(.bytes) }
        if picture.pixelDigest == known.pixelDigest { return upright.named(.pixels) }
        return measured.filter { $0.kind != nil }.max { $0.strength < $1.strength }.flatMap { best in
            best.kind.map { best.named($0) }
        }
    }

    private struct Measured {
        let kind: DuplicateEvidence.Kind?
        let view: Orientation
        let near: Int
        let far: Int
        let correlation: Double

        /// Both checks before one, then the nearer.
        var strength: Double { (kind == .both ? 2 : 0) + correlation }

        func named(_ kind: DuplicateEvidence.Kind) -> DuplicateEvidence {
            DuplicateEvidence(kind: kind, view: view, near: near, far: far, correlation: correlation)
        }
    }

    private func measure(
        _ view: PictureFingerprint, as orientation: Orientation, against known: PictureFingerprint
    ) -> Measured {
        let bits = hammingDistance(view.difference64, known.difference64)
        let many = view.difference256.distance(to: known.difference256)
        let likeness = bits <= near ? view.signature.correlation(with: known.signature) : 0
        let checks = [many <= far, likeness > correlation].count { $0 }
        let isBlank = view.signature.isBlank || known.signature.isBlank
        let kinds: [DuplicateEvidence.Kind?] = [nil, .one, .both]
        return Measured(
            kind: bits <= near && !isBlank ? kinds[checks] : nil, view: orientation, near: bits, far: many,
            correlation: likeness)
    }
}
