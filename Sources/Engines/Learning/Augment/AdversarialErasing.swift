internal import Imaging
internal import Synchronization

/// For samples by position: where the net looks, as 16 x 16 bytes over the whole picture, rows first.
///
/// The trainer fills it every few epochs; the loader's tasks read it. Between two epochs only, or batches would depend
/// on the moment.
public final class AttentionMaps: Sendable {
    /// Cells along each side.
    public static let side = 16
    private let maps = Mutex<[Int: [UInt8]]>([:])

    /// No maps.
    public init() {}

    /// Sets a sample's map; one of another size is not taken.
    public func set(_ map: [UInt8], of sample: Int) {
        guard map.count == Self.side * Self.side else { return }
        maps.withLock { $0[sample] = map }
    }

    /// A sample's map.
    public func map(of sample: Int) -> [UInt8]? { maps.withLock { $0[sample] } }

    /// How many samples have one.
    public var count: Int { maps.withLock { $0.count } }
}

extension Augmenter {
    /// The erasing by maps among the steps, or among the steps inside them; nil if there is none.
    var adversarial: AdversarialErasing? { Self.adversarial(in: steps) }

    private static func adversarial(in steps: [any Augmentation]) -> AdversarialErasing? {
        for step in steps {
            if let found = step as? AdversarialErasing { return found }
            if let view = step as? MerchantView, let found = adversarial(in: view.item + view.otherwise) {
                return found
            }
        }
        return nil
    }
}

extension AttentionMaps {
    /// The samples that have a map and the maps, for a checkpoint.
    func saved() -> [String: HostTensor] {
        let all = maps.withLock { $0 }.sorted { $0.key < $1.key }
        return [
            "samples": HostTensor(all.map(\.key)),
            "maps": HostTensor(all.flatMap(\.value), shape: [all.count, Self.side * Self.side]),
        ]
    }

    /// The maps that a checkpoint kept, in the place of all others.
    func restore(_ saved: [String: HostTensor]) {
        let (samples, bytes) = (saved["samples"]?.ints ?? [], saved["maps"]?.bytes ?? [])
        let size = Self.side * Self.side
        guard bytes.count == samples.count * size else { return }
        let pairs = samples.enumerated().map { ($1, Array(bytes[$0 * size..<($0 + 1) * size])) }
        maps.withLock { $0 = Dictionary(pairs, uniquingKeysWith: { first, _ in first }) }
    }
}

/// Paints over what the net looks at most, so that it must find something else (after Wei et al. 2017).
struct AdversarialErasing: Augmentation {
    let maps: AttentionMaps
    var probability = 0.3
    /// How strongly a place must be looked at, 0...1.
    var threshold = 0.7
    /// The largest share of the picture that is painted over.
    var most = 0.25
    /// Epochs between two looks at where the net looks.
    var every = 2

    func apply(
        to picture: inout AugmentedPicture, _ random: inout CounterRandom, _ context: AugmentationContext
    ) throws {
        guard random.chance(probability), let map = maps.map(of: context.index) else { return }
        try picture.settle()
        let (width, height) = (picture.target.width, picture.target.height)
        var looks = [UInt8](repeating: 0, count: width * height)
        for y in 0..<height {
            for x in 0..<width {
                guard let place = picture.origin(x: x, y: y), (0..<1).contains(place.x), (0..<1).contains(place.y)
                else { continue }
                let side = Double(AttentionMaps.side)
                looks[y * width + x] = map[Int(place.y * side) * AttentionMaps.side + Int(place.x * side)]
            }
        }
        let bound = Self.bound(looks, atLeast: UInt8(threshold * 255), most: most)
        try picture.erase(.mean, &random) { x, y in Int(looks[y * width + x]) > bound }
    }

    /// The lowest bound, not under `atLeast`, that at most a share of the places is above.
    static func bound(_ looks: [UInt8], atLeast: UInt8, most: Double) -> Int {
        var counts = [Int](repeating: 0, count: 256)
        for look in looks { counts[Int(look)] += 1 }
        var above = 0
        var bound = 255
        while bound > Int(atLeast), above + counts[bound] <= Int(most * Double(looks.count)) {
            above += counts[bound]
            bound -= 1
        }
        return bound
    }
}
