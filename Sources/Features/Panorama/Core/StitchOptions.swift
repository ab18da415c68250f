/// What the user may say about a stitch; every part has a default that suits most.
public struct StitchOptions: Sendable, Hashable {
    /// The motion model, or the one with the best evidence.
    public var model = ModelChoice.auto
    /// The surface; nil for the one that suits the angles.
    public var surface: Surface?
    /// Whether the picture is cut to the largest rectangle without empty pixels.
    public var crops = true
    /// How each pixel gets its photo.
    public var selection = SelectionMethod.cut
    /// What cuts ask for besides seams that are not seen; `painted` areas are pixels of the small canvas.
    public var objective = ImageObjective.seams
    /// How chosen pixels become one picture.
    public var blend = BlendMethod.bands
    /// How photos of different light are made even.
    public var tone = ToneMethod.auto
    /// Whether photos of one place at several exposures (by their EXIF times) are fused before all else.
    public var fusesBrackets = true
    /// Memory that the job may take, in MiB: the size of the result follows from it.
    public var memoryMebibytes = 512
    /// Most pixels of a result in millions.
    public var megapixels = 100.0
    /// Whether a small picture is enough (1.5 megapixels).
    public var isPreview = false
    /// Whether the levels between those of 8 bits are kept as well, for files of 16 bits and of light; the result is
    /// smaller in the same memory.
    public var keepsDepth = false
    /// Whether each photo as it lies in the panorama will be asked for; the result is smaller in the same memory.
    public var keepsLayers = false
    /// What is made least when the cameras of a group are solved together.
    public var bundle = BundleObjective.pairsInRaySpace
    /// Whether places of points are found anew by brightness before the cameras are solved once more.
    public var refines = false
    /// Whether photos are bent a little where they do not meet: parallax of some pixels.
    public var alignsLocally = false
    /// Whether photos come in the order they were taken (by name), so that not all pairs need comparing.
    public var isOrdered = false
    /// Photos of which a person says that they belong together.
    public var pins: [StitchPin] = []
    /// Things that are to be kept or removed; numbers are those of the same photos stitched without wishes.
    public var things: [StitchThing] = []
    /// What points are told apart by: `patch` is quick and does for photos of one size and light, say for a preview.
    public var code = PointCode.gradients
    /// No more photos than this.
    public var photoLimit = 200

    /// The usual options.
    public init() {}
}

/// How photos of different light are made even. All of them begin with a gain a channel and a common fall-off of light.
public enum ToneMethod: String, Sendable, Codable, CaseIterable {
    /// `splines` where gains leave steps of over 2 %, else nothing more.
    case auto
    /// Nothing more.
    case gains
    /// A parabola a block of 32 x 32 pixels (Uyttendaele, Eden and Szeliski 2001).
    case blocks
    /// Gains that change over each photo so that steps along seams vanish (Szeliski, Uyttendaele and Steedly 2011).
    case splines
}

/// What a stitch is doing.
public enum StitchStage: String, Sendable, Codable, CaseIterable {
    /// Points are looked for.
    case detect
    /// Photos are compared.
    case match
    /// Photos that nothing connects are tried again with more effort.
    case retry
    /// Cameras are found.
    case solve
    /// Tone and seams.
    case select
    /// The picture is drawn.
    case blend
}

/// How far a stitch is.
public struct StitchProgress: Sendable, Hashable {
    /// What is being done.
    public let stage: StitchStage
    /// Parts of it that are done.
    public let done: Int
    /// Parts of it in all.
    public let of: Int
}

/// A photo to stitch: its name and how its bytes are read, more than once if need be.
public struct StitchPhoto: Sendable {
    /// The name that verdicts use.
    public let name: String
    /// Equal for equal files and only for those, e.g. a SHA-256; without it no stage of the photo is kept.
    public let identity: String?
    /// What of it must not be used, and what must be.
    public let mask: StitchMask?
    /// Reads the file.
    public let load: @Sendable () throws -> [UInt8]

    /// A photo of the given name.
    public init(
        name: String, identity: String? = nil, mask: StitchMask? = nil, load: @escaping @Sendable () throws -> [UInt8]
    ) {
        self.name = name
        self.identity = identity
        self.mask = mask
        self.load = load
    }

    /// A photo whose file is already in memory.
    public init(name: String, bytes: [UInt8]) { self.init(name: name) { bytes } }
}
