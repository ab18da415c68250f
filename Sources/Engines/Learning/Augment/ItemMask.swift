internal import Imaging

/// Where the item is in a picture: a grey picture of the same size, 255 on the item.
enum ItemMask: String, CaseIterable, Sendable {
    /// Plain ground if there is one, else the colours of the middle against those of the border.
    case auto
    /// What is cut off from the border by another colour; for pictures on plain ground.
    case plain
    /// Colours that are more common in the middle than at the border.
    case colour
    /// The largest box of the sample.
    case box

    /// Shares of the picture that an item on plain ground may have.
    static let shares = 0.15...0.85

    /// The mask with soft edges; nil if the picture shows no item in this way.
    func find(in image: Image, boxes: [LabelledBox]) throws -> Image? {
        let mask: [UInt8]? =
            switch self {
            case .plain: PlainGround.mask(of: image)
            case .colour: try ColourModel.mask(of: image)
            case .box: Self.mask(of: boxes, image)
            case .auto: try PlainGround.mask(of: image) ?? ColourModel.mask(of: image)
            }
        guard let mask else { return nil }
        let side = Double(max(image.width, image.height))
        return try Image(width: image.width, height: image.height, format: .gray8, bytes: mask)
            .gaussianBlurred(sigma: max(0.5, side / 160))
    }

    private static func mask(of boxes: [LabelledBox], _ image: Image) -> [UInt8]? {
        guard let box = boxes.filter({ !$0.isIgnored }).max(by: { $0.area < $1.area }) else { return nil }
        return (0..<image.pixelCount).map { at in
            let (x, y) = (Float(at % image.width) + 0.5, Float(at / image.width) + 0.5)
            return x > box.left && x < box.right && y > box.top && y < box.bottom ? 255 : 0
        }
    }
}

/// The ground of a picture is what can be reached from its border over colours like the border's.
enum PlainGround {
    /// How far a channel may be from the border's middle colour.
    static let tolerance = 32

    /// 255 where the picture is not ground; nil if the border is not plain, or the rest too small or too large.
    static func mask(of image: Image) -> [UInt8]? {
        let (width, height) = (image.width, image.height)
        guard image.format == .rgb8, width > 2, height > 2 else { return nil }
        let border = self.border(width, height)
        return image.withPixels { pixels -> [UInt8]? in
            let colour = (0..<3).map { channel -> Int in
                let values = border.map { Int(pixels[$0.y * image.stride + 3 * $0.x + channel]) }.sorted()
                return values[values.count / 2]
            }
            func isGround(_ x: Int, _ y: Int) -> Bool {
                let at = y * image.stride + 3 * x
                return (0..<3).allSatisfy { abs(Int(pixels[at + $0]) - colour[$0]) <= tolerance }
            }
            let seeds = border.filter { isGround($0.x, $0.y) }
            guard seeds.count * 10 >= border.count * 8 else { return nil }
            var mask = [UInt8](repeating: 255, count: width * height)
            var open: [Int] = []
            for seed in seeds where mask[seed.y * width + seed.x] == 255 {
                mask[seed.y * width + seed.x] = 0
                open.append(seed.y * width + seed.x)
            }
            while let at = open.popLast() {
                let (x, y) = (at % width, at / width)
                for (nextX, nextY) in [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)]
                where nextX >= 0 && nextX < width && nextY >= 0 && nextY < height
                    && mask[nextY * width + nextX] == 255 && isGround(nextX, nextY)
                {
                    mask[nextY * width + nextX] = 0
                    open.append(nextY * width + nextX)
                }
            }
            let share = Double(mask.count { $0 == 255 }) / Double(mask.count)
            return ItemMask.shares.contains(share) ? mask : nil
        }
    }

    private static func border(_ width: Int, _ height: Int) -> [(x: Int, y: Int)] {
        (0..<width).flatMap { [($0, 0), ($0, height - 1)] } + (1..<(height - 1)).flatMap { [(0, $0), (width - 1, $0)] }
    }
}

/// Two histograms of colours, of the border and of the middle, tell for each pixel how likely it belongs to the item
/// (the ratio of histograms of Swain and Ballard 1991, with a guess that items stand in the middle).
enum ColourModel {
    /// Shares of the picture that an item may have.
    static let shares = 0.08...0.9
    /// The largest share of colours that the middle may have in common with the border.
    static let mostCommon: Float = 0.8

    /// 0...255, the chance of the item at each pixel; nil if the middle does not differ from the border.
    static func mask(of image: Image) throws -> [UInt8]? {
        let (width, height) = (image.width, image.height)
        guard image.format == .rgb8, width > 7, height > 7 else { return nil }
        var inner = [Float](repeating: 0.25, count: 4096)
        var outer = inner
        let bins = image.withPixels { pixels in
            (0..<(width * height)).map { at -> Int in
                let from = at / width * image.stride + 3 * (at % width)
                return Int(pixels[from] >> 4) << 8 | Int(pixels[from + 1] >> 4) << 4 | Int(pixels[from + 2] >> 4)
            }
        }
        let distances = (0..<(width * height)).map { at in distance(at % width, at / width, width, height) }
        var counts: (inner: Float, outer: Float) = (1024, 1024)
        for (bin, distance) in zip(bins, distances) {
            if distance < 0.35 {
                inner[bin] += 1
                counts.inner += 1
            } else if distance > 0.85 {
                outer[bin] += 1
                counts.outer += 1
            }
        }
        // The share of colours that both have: of one ground without an item it is nearly 1.
        let common = zip(inner, outer).reduce(Float(0)) { sum, pair in
            sum + min((pair.0 - 0.25) / max(1, counts.inner - 1024), (pair.1 - 0.25) / max(1, counts.outer - 1024))
        }
        guard common < mostCommon else { return nil }
        let chances = zip(bins, distances).map { bin, distance -> UInt8 in
            let item = inner[bin] / counts.inner * max(0.02, 1 - distance)
            let ground = outer[bin] / counts.outer * max(0.02, distance)
            return UInt8(255 * item / (item + ground))
        }
        // Neighbours agree: the chance is smoothed and then brought towards yes and no.
        let side = Double(max(width, height))
        let smooth = try Image(width: width, height: height, format: .gray8, bytes: chances)
            .gaussianBlurred(sigma: max(0.5, side / 50))
        let mask = smooth.bytes.prefix(width * height).map { UInt8(clamping: (Int($0) - 96) * 4) }
        let share = Double(mask.count { $0 > 127 }) / Double(mask.count)
        return shares.contains(share) ? mask : nil
    }

    /// From 0 in the middle to 1 at the border, by the farther of the two axes.
    private static func distance(_ x: Int, _ y: Int, _ width: Int, _ height: Int) -> Float {
        max(
            abs(2 * (Float(x) + 0.5) / Float(width) - 1), abs(2 * (Float(y) + 0.5) / Float(height) - 1))
    }
}
