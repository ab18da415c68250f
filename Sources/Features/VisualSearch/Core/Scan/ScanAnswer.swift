/// What a scan answers: what was seen, what it is thought to be, what the shop has, and how that was found out.
public struct ScanAnswer: Sendable, Hashable {
    /// One style with who sells it.
    public struct Group: Sendable, Hashable {
        /// The style, or the SKU where nothing was merged.
        public var style: String
        /// The cosine of its best picture to the query.
        public var score: Double
        /// How likely it is the very item; nil where nobody has measured, or it is not the best.
        public var probability: Double?
        /// Its offers in the order in which a person compares them.
        public var offers: [ScanOffer]

        /// A style.
        public init(style: String, score: Double, probability: Double? = nil, offers: [ScanOffer] = []) {
            self.style = style
            self.score = score
            self.probability = probability
            self.offers = offers
        }
    }

    /// A text about the thing.
    public struct Article: Sendable, Hashable {
        /// The article.
        public var id: String
        /// Its title.
        public var title: String
        /// Where it can be read.
        public var url: String
        /// Who wrote it.
        public var source: String
        /// How much it is about the thing; 3 and more name its model, or its brand with its type.
        public var score: Double
        /// What of the thing it names.
        public var reason: String

        /// An article.
        public init(id: String, title: String, url: String, source: String, score: Double = 0, reason: String = "") {
            self.id = id
            self.title = title
            self.url = url
            self.source = source
            self.score = score
            self.reason = reason
        }
    }

    /// How long a stage took.
    public struct Timing: Sendable, Hashable {
        /// The stage.
        public var stage: String
        /// Milliseconds.
        public var milliseconds: Double

        /// A stage's time.
        public init(stage: String, milliseconds: Double) {
            self.stage = stage
            self.milliseconds = milliseconds
        }
    }

    /// What the picture is thought to show.
    public struct Category: Sendable, Hashable {
        /// The likeliest ones, at most three.
        public var final: [CategoryVote.Share]
        /// What the detector said.
        public var detector: [CategoryVote.Share]
        /// What the neighbours said.
        public var votes: [CategoryVote.Share]

        /// The three sides of a category.
        public init(
            final: [CategoryVote.Share] = [], detector: [CategoryVote.Share] = [], votes: [CategoryVote.Share] = []
        ) {
            self.final = final
            self.detector = detector
            self.votes = votes
        }
    }

    /// The scan.
    public var id: String
    /// All objects, the most certain first.
    public var boxes: [Detection] = []
    /// The part that was searched.
    public var chosen: UnitBox = .full
    /// How that part was chosen.
    public var source: ObjectChoice.Source = .full
    /// What it is thought to be.
    public var category = Category()
    /// What it came to.
    public var verdict: Verdict = .nothing(.indexEmpty)
    /// Why it came to no more; nil when the very item was found.
    public var reason: ScanReason?
    /// The very item; empty unless the verdict says so.
    public var groups: [Group] = []
    /// What is only like it.
    public var similar: [Group] = []
    /// Entries that explain the thing.
    public var encyclopedia: [Article] = []
    /// News and articles about it.
    public var articles: [Article] = []
    /// The digits of the bar code that was read in the picture.
    public var barcode: String?
    /// What the QR code in the picture says.
    public var qr: String?
    /// What each stage took.
    public var timings: [Timing] = []
    /// The model and index that answered.
    public var generation = ""

    /// An answer that says nothing yet.
    public init(id: String) { self.id = id }
}
