/// `signature/1`: a 32 x 32 grey picture with its mean taken out, in codes of 8 bits; what two pictures are compared by
/// when their hashes are near.
public struct PictureSignature: Sendable, Hashable {
    /// Values of a signature.
    public static let count = 1024

    /// The codes, rows first: the largest difference from the mean is 127 or -127; all 0 for a picture of one grey.
    public let codes: [Int8]

    /// The signature of an upright picture.
    public init(of image: Image) throws(ImageError) {
        self.init(grid: try PerceptualHash.grid(image, width: 32, height: 32))
    }

    /// The signature of a packed grey picture of 32 x 32.
    init(grid: Image) {
        precondition(grid.bytes.count == Self.count)
        let sum = grid.bytes.reduce(0) { $0 + Int($1) }
        // Times 1,024, so that the mean is whole.
        let differences = grid.bytes.map { Int($0) * Self.count - sum }
        let largest = differences.reduce(0) { max($0, abs($1)) }
        codes = differences.map {
            largest == 0 ? 0 : Int8(clamping: ($0 * 127 + ($0 < 0 ? -largest : largest) / 2) / largest)
        }
    }

    /// A signature of stored codes, or nil when they are not 1,024.
    public init?(codes: [Int8]) {
        guard codes.count == Self.count else { return nil }
        self.codes = codes
    }

    /// Whether the picture shows anything: one of a single grey has nothing to compare.
    public var isBlank: Bool { codes.allSatisfy { $0 == 0 } }

    /// The correlation of two pictures, -1...1; 0 when one of them is of a single grey.
    public func correlation(with other: PictureSignature) -> Double {
        var product = 0
        var mine = 0
        var theirs = 0
        codes.withUnsafeBufferPointer { first in
            other.codes.withUnsafeBufferPointer { second in
                for index in 0..<Self.count {
                    let one = Int(first[index])
                    let two = Int(second[index])
                    product &+= one &* two
                    mine &+= one &* one
                    theirs &+= two &* two
                }
            }
        }
        guard mine > 0, theirs > 0 else { return 0 }
        return Double(product) / (Double(mine) * Double(theirs)).squareRoot()
    }
}
