/// What somebody asks a scan for.
public struct ScanRequest: Sendable, Hashable {
    /// Which part of the picture.
    public var box: BoxRequest
    /// The category, if a person named it.
    public var category: String?
    /// How many styles the answer holds.
    public var limit: Int
    /// The currency of the shop.
    public var currency: String?

    /// Most styles of an answer.
    public static let maximumLimit = 50

    /// A request; the limit is brought into 1 to 50.
    public init(box: BoxRequest = .automatic, category: String? = nil, limit: Int = 20, currency: String? = nil) {
        self.box = box
        self.category = category
        self.limit = min(max(limit, 1), Self.maximumLimit)
        self.currency = currency
    }
}

/// What serves a scan: the calibration, the categories and the rules of the parts.
public struct ScanSetting: Sendable, Hashable {
    /// The model and index.
    public var generation: String
    /// What its scores mean; nil when nobody has measured.
    public var calibration: ScanCalibration?
    /// All categories of the catalogue.
    public var categories: [String]
    /// How categories are judged.
    public var vote = CategoryVote.Rules()
    /// Whether anything looks for objects.
    public var hasFinder = true
    /// How objects are chosen.
    public var objects = ObjectChoice.Rules()
    /// How frames are joined.
    public var frames = FrameFusion.Rules()
    /// How many candidates are asked from the index.
    public var candidates = 100

    /// A setting.
    public init(generation: String, calibration: ScanCalibration? = nil, categories: [String]) {
        self.generation = generation
        self.calibration = calibration
        self.categories = categories
    }
}

/// A stage of a scan, as its times are told.
public enum ScanStage: String, Sendable, Hashable, CaseIterable {
    /// Reading the pictures.
    case decode
    /// Looking for a bar code.
    case barcode
    /// Looking for objects.
    case locate
    /// Computing vectors.
    case embed
    /// Asking the neighbours of all categories.
    case vote
    /// Searching the chosen categories.
    case search
    /// Collecting offers and articles.
    case describe
}

/// A picture that was read.
public struct ScanPicture: Sendable, Hashable {
    /// Variance of its Laplacian.
    public var sharpness: Double
    /// Whether it is of one colour.
    public var isBlank: Bool

    /// A picture.
    public init(sharpness: Double, isBlank: Bool = false) {
        self.sharpness = sharpness
        self.isBlank = isBlank
    }
}

/// What a search in the index came to.
public struct ScanFindings: Sendable, Hashable {
    /// The nearest pictures.
    public var candidates: [ScanCandidate]
    /// Entries of the whole index.
    public var indexCount: Int
    /// Entries that pass the filter.
    public var passingCount: Int
    /// Whether every part answered.
    public var isComplete: Bool

    /// Findings.
    public init(
        candidates: [ScanCandidate], indexCount: Int, passingCount: Int? = nil, isComplete: Bool = true
    ) {
        self.candidates = candidates
        self.indexCount = indexCount
        self.passingCount = passingCount ?? indexCount
        self.isComplete = isComplete
    }
}

/// What is known of styles beyond their pictures.
public struct ScanDescription: Sendable, Hashable {
    /// Offers by style.
    public var offers: [String: [ScanOffer]]
    /// Entries that explain the thing.
    public var encyclopedia: [ScanAnswer.Article]
    /// News and articles.
    public var articles: [ScanAnswer.Article]

    /// A description.
    public init(
        offers: [String: [ScanOffer]] = [:], encyclopedia: [ScanAnswer.Article] = [],
        articles: [ScanAnswer.Article] = []
    ) {
        self.offers = offers
        self.encyclopedia = encyclopedia
        self.articles = articles
    }
}

/// What happens to a scan. Answers carry the round that they belong to: a late answer to an older box is not heard.
public enum ScanEvent: Sendable, Hashable {
    /// It begins.
    case began
    /// The pictures were read, one value a frame.
    case decoded([ScanPicture])
    /// Codes were looked for: the digits of a bar code, or what a QR code says; and the styles that it leads to.
    case barcode(code: String?, qr: String? = nil, styles: [String])
    /// Objects were looked for, one list a frame.
    case located([[Detection]])
    /// Vectors were computed, one a frame that was asked for; and what the model takes the first one for, if it says,
    /// and how undecided it is.
    case embedded(round: Int, [[Float]], categories: [String: Double] = [:], doubt: Double = 0)
    /// The nearest pictures of all categories.
    case voted(round: Int, [CategoryVote.Neighbour])
    /// The chosen categories were searched.
    case found(round: Int, ScanFindings)
    /// Offers and articles were collected.
    case described(round: Int, ScanDescription)
    /// No model can serve.
    case modelMissing
    /// A person chose another part of the picture.
    case boxChanged(BoxRequest)
    /// A person corrected the category; nil gives it back to the vote.
    case categoryChanged(String?)
}

/// What a scan needs done.
public enum ScanAction: Sendable, Hashable {
    /// Read the pictures.
    case decode
    /// Look for a bar code in them.
    case readBarcode
    /// Look for objects in each.
    case locate
    /// Compute the vectors of parts of frames.
    case embed(round: Int, [Part])
    /// Ask the nearest pictures of all categories.
    case vote(round: Int, vector: [Float], count: Int)
    /// Search some categories, and all others too unless a person named them, under the filter of the request.
    case search(round: Int, vector: [Float], categories: [String], isOnly: Bool, count: Int)
    /// Collect offers of styles, best first, and articles.
    case describe(round: Int, styles: [String], category: String?)
    /// The scan is answered; it can still be asked about another part.
    case answer(ScanAnswer)

    /// A part of a frame.
    public struct Part: Sendable, Hashable {
        /// The frame's place.
        public var frame: Int
        /// The part of it.
        public var box: UnitBox

        /// A part.
        public init(frame: Int, box: UnitBox) {
            self.frame = frame
            self.box = box
        }
    }
}
