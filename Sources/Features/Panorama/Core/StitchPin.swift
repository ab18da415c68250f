/// Two photos of which a person says that they belong together, and where (PANO-306).
///
/// Four pairs of places or more hold the photos together whatever the checks say; without any, the two are compared more
/// closely than photos that nobody named.
public struct StitchPin: Sendable, Codable, Hashable {
    /// Name of the first photo.
    public var a: String
    /// Name of the second photo.
    public var b: String
    /// x, y in the first photo and x, y in the second, in pixels of the upright photos from their upper left corners.
    public var pairs: [[Double]]

    /// A pin.
    public init(a: String, b: String, pairs: [[Double]]) {
        self.a = a
        self.b = b
        self.pairs = pairs
    }

    /// More pairs than this are not looked at.
    public static let mostPairs = 1000
}

extension StitchPin {
    /// The pairs from the middles in matching pixels; nil when there are too few or one is no place of its photo.
    func matching(_ first: ReadPhoto, _ second: ReadPhoto) -> [Double]? {
        guard (4...Self.mostPairs).contains(pairs.count) else { return nil }
        var out: [Double] = []
        for pair in pairs {
            guard pair.count == 4, pair.allSatisfy(\.isFinite) else { return nil }
            for (photo, at) in [(first, 0), (second, 2)] {
                let (x, y) = (pair[at], pair[at + 1])
                guard photo.width > 0, (-1...Double(photo.width)).contains(x), (-1...Double(photo.height)).contains(y)
                else { return nil }
                out.append((x - Double(photo.width - 1) / 2) / photo.magnification)
                out.append((y - Double(photo.height - 1) / 2) / photo.magnification)
            }
        }
        return out
    }
}
