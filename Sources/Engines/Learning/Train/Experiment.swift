package import Basics
package import Foundation

/// What a training run does: the content of its JSON file, checked.
///
/// Every choice is by name: which pictures, which net, which sum of losses, how batches are drawn and how the weights
/// move. `stages` runs several in a row on the same weights.
public struct Experiment: Sendable {
    /// The name that the run's folder begins with.
    public var name: String
    /// Where every draw begins: weights, order, augmentation, mining.
    public var seed: UInt64
    /// Where tensors live.
    public var device: Device
    /// Threads inside one operator.
    public var threads: Int
    /// The numbers that matrix products and convolutions compute with.
    public var precision: Precision
    /// What the loss is multiplied with at the beginning, against gradients below the smallest number; nil for not at all.
    public var lossScale: Double?
    /// The net, as its own reader understands it.
    package var model: JSONObject
    /// The pictures, as their readers understand them.
    package var sources: [JSONObject]
    /// Pictures of grounds that things are put on, as a source; nil for drawn ones only.
    package var backgrounds: JSONObject?
    /// How sources are split where they do not say it themselves.
    package var split: JSONObject?
    /// Tasks that read pictures, and how much they may keep decoded.
    public var loading: Loading
    /// What is trained one after another.
    public var stages: [Stage]
    /// What is measured, when, and which figure decides.
    public var evaluation: Evaluation
    /// When the state is kept.
    public var checkpoints: Checkpoints
    /// A net whose opinion is learnt.
    public var teacher: Teacher?
    /// A second net that learns beside the first, each from the other.
    package var mutual: Mutual?
    /// Weights to begin with: a safetensors file.
    public var initial: String?
    /// The configuration as it was read; paths in it are relative to its file.
    package var json: JSONObject

    /// Whether a detector is trained; else it is an embedder.
    package var isDetector: Bool { model["kind"]?.stringValue == ModelSettings.Kind.detector.rawValue }

    /// The label that evaluation is about.
    package var firstLabel: String { evaluation.label ?? stages.first?.losses.first?.label ?? "label" }

    /// Lets paths begin at a folder.
    package mutating func resolve(_ base: URL) {
        func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : base.appending(path: path).path }
        initial = initial.map(absolute)
        if let file = teacher?.embeddings { teacher?.embeddings = absolute(file) }
    }

    /// What products are computed with.
    public enum Precision: String, CaseIterable, Sendable {
        /// 32-bit floats.
        case float32 = "f32"
        /// bfloat16 in products and convolutions, 32 bits elsewhere.
        case bfloat16 = "bf16"
        /// Half precision in products and convolutions, 32 bits elsewhere, and a loss that is scaled.
        case float16 = "fp16"

        /// What products compute in where that is not 32 bits.
        var narrow: DType? {
            switch self {
            case .float32: nil
            case .bfloat16: .bfloat16
            case .float16: .float16
            }
        }

        /// Runs a body in it.
        func computing<Result>(_ body: () throws -> Result) rethrows -> Result {
            try narrow.map { try mixedPrecision($0, body) } ?? body()
        }
    }

    /// How pictures reach the trainer.
    public struct Loading: Hashable, Sendable {
        /// Tasks that decode and augment; nil for one less than there are cores.
        public var tasks: Int?
        /// How many MiB of decoded pictures may be kept.
        public var cacheMebibytes: Int
        /// How much larger than the net's side pictures are kept for augmentations that look closer, 1 to 4.
        public var reserve: Double
    }

    /// One part of a training, with its own losses, rates and length.
    public struct Stage: Hashable, Sendable {
        /// What logs call it.
        public var name: String
        /// How often it goes through the pictures.
        public var epochs: Int
        /// The sides of the pictures, each for a number of epochs; empty for the net's own side throughout.
        public var sides: [Side]
        /// How a batch is drawn.
        public var batch: Batch
        /// The terms whose weighted sum falls.
        package var losses: [Term]
        /// How pictures are changed, as the augmentation's reader understands it.
        package var augment: [JSON]
        /// What moves the weights.
        public var optimizer: Method
        /// How the rate goes over the stage.
        public var schedule: Course
        /// The length to which gradients are cut.
        public var clip: Double
        /// The largest share of the past in the average of the weights; 0 for no average.
        public var average: Double
        /// Prefixes of keys that stand still.
        public var frozen: [String]
    }

    /// Pictures of a side for a number of epochs.
    public struct Side: Hashable, Sendable {
        /// How many epochs.
        public var epochs: Int
        /// Pixels.
        public var side: Int
    }

    /// How a batch is drawn.
    public struct Batch: Hashable, Sendable {
        /// How the samples of an epoch are ordered.
        public enum Order: String, CaseIterable, Sendable {
            /// P labels with K samples each.
            case byLabels = "PK"
            /// Every sample once, in drawn order.
            case shuffled = "shuffle"
            /// Drawn so that rare labels come more often than they are.
            case balanced
            /// Drawn so that pictures with a large loss at their last visit come more often.
            case hard
            /// Drawn so that rows near the queries of the test come more often.
            case queryTargeted
        }
        /// How the samples of an epoch are ordered.
        public var sampler: Order
        /// Whether a batch holds rows of all sources; else each batch is of one, where sources have weights.
        public var mixesSources: Bool
        /// P: labels a batch, when it is drawn by labels.
        public var labels: Int
        /// K: samples of each.
        public var perLabel: Int
        /// The label by which P x K batches are drawn; nil for that of the first loss.
        public var label: String?
        /// Samples a batch.
        public var size: Int
        /// In how many parts a batch goes through the net.
        public var parts: Int
        /// Whether blocks are computed again on the way back instead of kept: less memory, a third more work.
        public var recomputes: Bool
        /// How weights of `hard` rise with the loss, and what share of the mean loss easy pictures keep.
        public var hardness: Hardness
        /// How often rows near a test query come, and how many are near one.
        public var targeting: Targeting

        /// How `hard` weighs losses.
        public struct Hardness: Hashable, Sendable {
            /// The exponent of the weight.
            public var power: Double
            /// What is added to a loss, in mean losses.
            public var floor: Double
        }

        /// How `queryTargeted` weighs rows.
        public struct Targeting: Hashable, Sendable {
            /// What is added to the weight of a row, which is 1 without it.
            public var copies: Double
            /// Rows that a query without rows of its own reaches, by shared words.
            public var nearest: Int
        }
    }

    /// One term of the loss.
    package struct Term: Hashable, Sendable {
        /// What logs call it.
        package var name: String
        /// The label it looks at.
        package var label: String
        /// Its factor; nil follows the trend of its validation loss.
        package var weight: Double?
        /// Where it stands in the file.
        package var path: String
        /// The loss, as the registry reads it.
        package var json: JSONObject
    }

    /// What moves the weights.
    public struct Method: Hashable, Sendable {
        /// Its name.
        public enum Kind: String, CaseIterable, Sendable {
            /// ``AdamW``, ``Adam`` or ``SGD``.
            case adamw, adam, sgd
        }
        /// Its name.
        public var kind: Kind
        /// The largest learning rate.
        public var rate: Double
        /// What the rate of the losses' own weights is multiplied with.
        public var headFactor: Double
        /// How fast weights shrink; norms and biases do not.
        public var weightDecay: Double
        /// The momentum of ``SGD``.
        public var momentum: Double
        /// Whether it looks ahead.
        public var isNesterov: Bool
        /// The two betas of ``Adam``.
        public var betas: [Double]
    }

    /// How the rate goes over a stage.
    public enum Course: Hashable, Sendable {
        /// By the step.
        case planned(Schedule)
        /// Down when the evaluated figure stands still.
        case plateau(factor: Double, patience: Int)
    }

    /// What is measured, when, and which figure decides.
    public struct Evaluation: Hashable, Sendable {
        /// Epochs between evaluations; 0 for none.
        public var every: Int
        /// What is asked of the held-out pictures.
        public var protocolName: String
        /// The figure that decides; higher is better.
        public var metric: String
        /// The label that makes two pictures the same thing; nil for that of the first loss.
        public var label: String?
        /// The source of the pictures that are asked with; nil for all held-out ones.
        public var queries: String?
        /// The source of the pictures that are searched, none of which is learnt from.
        public var gallery: String?
        /// The source of pictures that stand in the gallery too and are never what is asked for; nil for none.
        public var strangers: String?
        /// Evaluations without a better figure after which it is over; nil for none.
        public var patience: Int?
    }

    /// When the state is kept.
    public struct Checkpoints: Hashable, Sendable {
        /// Steps between checkpoints.
        public var everySteps: Int
        /// How many stay.
        public var kept: Int
    }

    /// A net whose embeddings are learnt.
    public struct Teacher: Hashable, Sendable {
        /// A safetensors file with embeddings `[n, d]` under `embeddings` and the pictures' paths in its metadata.
        public var embeddings: String
        /// The factor of 1 - cos.
        public var weight: Double
    }

    /// A second net.
    package struct Mutual: Hashable, Sendable {
        /// The net, as its reader understands it.
        package var model: JSONObject
        /// The factor of the divergence.
        package var weight: Double
        /// The temperature at which opinions are compared.
        package var temperature: Double
    }
}
