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

/// Paints over what the net looks at most, so that it must find something else (after Wei et al. 2017).
struct AdversarialErasing: Augmentation {
    let maps: AttentionMaps
    var probability = 0.3
    /// How strongly a place must be looked at, 0...1.
    var threshold = 0.7
    /// The largest share of the picture that is painted over.
    var most = 0.25

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
