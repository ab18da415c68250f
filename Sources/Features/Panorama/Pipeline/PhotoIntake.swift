package import Imaging
package import Kernels

/// What is known of a photo before it is compared.
package struct ReadPhoto: Sendable {
    /// Its points; nil where it is left out from the start.
    package let points: PhotoPoints?
    /// Full-size pixels a matching pixel.
    package let magnification: Double
    /// Upright width at full size.
    package let width: Int
    /// Upright height at full size.
    package let height: Int
    /// Focal length in matching pixels that its EXIF tells.
    package let focalHint: Double?
    /// The camera body that its EXIF names.
    package let body: String?
    /// Equal for equal files.
    package let fingerprint: UInt64
    /// Why it is left out.
    package let refusal: PhotoReason?
}

/// Reads photos: head, size, points. Nothing a file holds can do more than have it refused.
package struct PhotoIntake: Sendable {
    /// Limits of a photo: 100 megapixels, 50 MB.
    package static let limits: ImageLimits = {
        var limits = ImageLimits()
        limits.maximumBytes = 50_000_000
        limits.maximumPixels = 100_000_000
        return limits
    }()
    /// Fewest pixels.
    private static let leastPixels = 50_000
    /// Fewest points.
    private static let leastPoints = 20

    /// Where matching pixels come from: a photo has at most 0.6 million of them, however large it is.
    static func matchingScale(width: Int, height: Int) -> Double {
        min(1, (600_000 / (Double(width) * Double(height))).squareRoot())
    }

    /// Reads one photo and finds its points.
    package static func read(_ photo: StitchPhoto, detector: PointDetector = PointDetector()) -> ReadPhoto {
        let look = PointLook(contrast: detector.contrast, normalisesShape: detector.normalisesShape)
        return read(photo, detector: detector, looks: [look])[0] ?? refused(.notReadable)
    }

    /// Reads one photo and finds its points in several ways, as `PointDetector` does; one refusal for all of them where
    /// it cannot be read.
    ///
    /// - Parameters:
    ///   - looks: At least one.
    ///   - most: As many points of each are taken; nil for the detector's limit.
    package static func read(
        _ photo: StitchPhoto, detector: PointDetector, looks: [PointLook], most: Int? = nil
    ) -> [ReadPhoto?] {
        guard let bytes = try? photo.load(), bytes.count <= limits.maximumBytes,
            let probe = try? ImageProbe.read(bytes)
        else { return [refused(.notReadable)] }
        let (width, height) = (probe.uprightWidth, probe.uprightHeight)
        let print = UInt64(bytes.count) << 32 | UInt64(CRC32C.of(bytes.span.bytes))
        guard width * height >= leastPixels else { return [refused(.tooSmall, print)] }
        let size = PointDetector.size(probe.width, probe.height, megapixels: detector.megapixels)
        var options = ImageDecodeOptions(limits: limits, damage: .acceptUpTo(blankPercent: 10))
        options.minimumSize = ImageSize(width: size.width, height: size.height)
        options.convertsColours = false
        let scale = matchingScale(width: width, height: height)
        guard let decoded = try? Image.decode(bytes, options: options).image else {
            return [refused(.notReadable, print)]
        }
        let cells = MaskCells(photo.mask)
        if let cells, cells.excludedShare > 0.95 { return [refused(.masked, print)] }
        let image = cells?.greyed(decoded) ?? decoded
        let inMatching = Double(width) / Double(image.width) * scale
        guard let sets = try? detector.points(of: image, scale: inMatching, looks: looks, most: most) else {
            return [refused(.notReadable, print)]
        }
        return sets.map { found in
            guard let found else { return nil }
            let points = cells.map { found.kept(outside: $0) } ?? found
            return ReadPhoto(
                points: points, magnification: 1 / scale, width: width, height: height,
                focalHint: focal(probe.exif, width: width, height: height).map { $0 * scale }, body: body(probe.exif),
                fingerprint: print,
                refusal: points.count < leastPoints ? .noTexture : nil)
        }
    }

    /// The light of a photo at the size its points stand in, 0...1.
    package static func plane(_ photo: StitchPhoto, like points: PhotoPoints) -> WeightedPlane? {
        guard let bytes = try? photo.load(), let probe = try? ImageProbe.read(bytes) else { return nil }
        let image = decode(
            photo, width: probe.uprightWidth, height: probe.uprightHeight,
            share: points.width / Double(max(1, probe.uprightWidth)))
        return image.flatMap { plane($0, like: points) }
    }

    /// The same from pixels of any size.
    package static func plane(_ image: Image, like points: PhotoPoints) -> WeightedPlane? {
        let (width, height) = (Int(points.width.rounded()), Int(points.height.rounded()))
        guard width > 0, height > 0, let grey = try? image.converted(to: .gray8).resized(width: width, height: height)
        else { return nil }
        return WeightedPlane(width: width, height: height, values: grey.floats().values)
    }

    private static func refused(_ reason: PhotoReason, _ fingerprint: UInt64 = 0) -> ReadPhoto {
        ReadPhoto(
            points: nil, magnification: 1, width: 0, height: 0, focalHint: nil, body: nil, fingerprint: fingerprint,
            refusal: reason)
    }

    /// Full-size pixels, by the diagonal of 35 mm film or else by the pixels of the sensor; absurd values are nobody's lens.
    package static func focal(_ exif: ExifFields, width: Int, height: Int) -> Double? {
        let diagonal = (Double(width) * Double(width) + Double(height) * Double(height)).squareRoot()
        if let millimetres = exif.focalLength35, millimetres >= 5, millimetres <= 2000 {
            return millimetres / 43.267 * diagonal
        }
        guard let millimetres = exif.focalLength, let density = exif.focalPlanePixelsPerMillimetre else { return nil }
        // Resolution is told for the picture as it was stored first; it may be smaller now.
        let shrunk = exif.pixelWidth.map { Double(max(width, height)) / Double(max($0, exif.pixelHeight ?? 0)) } ?? 1
        let focal = millimetres * density * shrunk
        return (0.1 * diagonal...50 * diagonal).contains(focal) ? focal : nil
    }

    private static func body(_ exif: ExifFields) -> String? {
        let names = [exif.make, exif.model].compactMap { $0 }
        return names.isEmpty ? nil : names.joined(separator: " ")
    }

    /// Decodes a photo upright in colours or grey, at least so large a share of its full size.
    package static func decode(_ photo: StitchPhoto, width: Int, height: Int, share: Double) -> Image? {
        guard let bytes = try? photo.load(), let probe = try? ImageProbe.read(bytes),
            probe.uprightWidth == width, probe.uprightHeight == height
        else { return nil }
        var options = ImageDecodeOptions(limits: limits, damage: .acceptUpTo(blankPercent: 10))
        let wanted = (
            max(1, Int(Double(width) * min(1, share))), max(1, Int(Double(height) * min(1, share)))
        )
        let swaps = probe.orientation.swapsSides
        options.minimumSize = ImageSize(
            width: swaps ? wanted.1 : wanted.0, height: swaps ? wanted.0 : wanted.1)
        guard let decoded = try? Image.decode(bytes, options: options).image.flattened() else { return nil }
        let image = MaskCells(photo.mask)?.greyed(decoded) ?? decoded
        guard image.width > wanted.0 * 5 / 4 else { return image }
        return (try? image.resized(width: wanted.0, height: wanted.1)) ?? image
    }
}
