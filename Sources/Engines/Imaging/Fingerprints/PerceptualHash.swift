public import Kernels

extension Hash256 {
    /// A hash of four words; here the first bits stand in the first word, highest first.
    public init(_ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64) {
        self.init([first, second, third, fourth])
    }

    /// How many bits differ.
    public func distance(to other: Hash256) -> Int { hammingDistance(self, other) }

    /// The hash in 64 hexadecimal digits.
    public var hexadecimal: String { words.indices.map { PerceptualHash.hexadecimal(words[$0]) }.joined() }
}

/// Hashes that stay near each other when a picture is compressed again, scaled, brightened or slightly blurred.
///
/// All start from upright grey (77 R + 150 G + 29 B + 128) / 256 and exact area averages in whole numbers, so a picture
/// has the same hash on every machine. `version` is part of a stored value: a change of definition changes it.
public enum PerceptualHash {
    /// The version of every definition here.
    public static let version = 1

    /// `dHash64/1`: means of 9 x 8 areas; a bit is set where the right one of two neighbours is brighter. Rows first.
    public static func dHash64(_ image: Image) throws(ImageError) -> UInt64 {
        differences(try grid(image, width: 9, height: 8))[0]
    }

    /// `dHash256/1`: the same over 17 x 16 areas.
    public static func dHash256(_ image: Image) throws(ImageError) -> Hash256 {
        let words = differences(try grid(image, width: 17, height: 16))
        return Hash256(words[0], words[1], words[2], words[3])
    }

    /// `aHash64/1`: means of 8 x 8 areas; a bit is set where the area is brighter than the mean of all 64.
    public static func aHash64(_ image: Image) throws(ImageError) -> UInt64 {
        let means = try grid(image, width: 8, height: 8).bytes
        let sum = means.reduce(0) { $0 + Int($1) }
        return means.reduce(0) { $0 << 1 | (Int($1) * 64 > sum ? 1 : 0) }
    }

    /// `pHash64/1`: the 8 x 8 lowest frequencies of the orthonormal DCT-II of 32 x 32 areas; a bit is set where one is
    /// above the median of the 63 without the constant (Zauner 2010).
    public static func pHash64(_ image: Image) throws(ImageError) -> UInt64 {
        let low = CosineTransform.lowest(try grid(image, width: 32, height: 32).bytes)
        let median = low.dropFirst().sorted()[31]
        return low.reduce(0) { $0 << 1 | ($1 > median ? 1 : 0) }
    }

    /// Sixteen hexadecimal digits.
    public static func hexadecimal(_ hash: UInt64) -> String {
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Grey means of areas; pictures smaller than the grid are enlarged first.
    static func grid(_ image: Image, width: Int, height: Int) throws(ImageError) -> Image {
        let grey = image.converted(to: .gray8)
        return try grey.resized(width: width, height: height, by: .area)
    }

    /// Bits of a packed grid of one more column than bits a row.
    static func differences(_ grid: Image) -> [UInt64] {
        var words: [UInt64] = []
        var word: UInt64 = 0
        var count = 0
        for y in 0..<grid.height {
            for x in 1..<grid.width {
                let isBrighter = grid.bytes[y * grid.stride + x] > grid.bytes[y * grid.stride + x - 1]
                word = word << 1 | (isBrighter ? 1 : 0)
                count += 1
                if count % 64 == 0 {
                    words.append(word)
                    word = 0
                }
            }
        }
        return words
    }
}
