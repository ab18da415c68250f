internal import Kernels

/// What was done about a picture's colour profile.
public enum ColourOutcome: Sendable, Hashable {
    /// No profile, or one that is sRGB for all that 8 bits can tell.
    case sRGB
    /// Converted to sRGB from the profile of that name (or nil for one without).
    case converted(from: String?)
    /// A profile that is not understood (tables, inks, damage) was passed over; the text is the reason.
    case assumedSRGB(String)
}

extension Image {
    /// Brings colours to sRGB as a profile says.
    mutating func convertToSRGB(_ file: ByteView) -> ColourOutcome {
        let profile: ICCProfile
        do {
            profile = try ICCProfile.read(file)
        } catch {
            return switch error {
            case .damaged: .assumedSRGB("its colour profile is damaged")
            case .lookupTable: .assumedSRGB("its colour profile is a table")
            case .otherColours: .assumedSRGB("its colour profile is not for screen colours")
            }
        }
        guard let matrix = profile.matrixToSRGB(isGrey: format == .gray8) else {
            return .assumedSRGB("its colour profile is for another kind of picture")
        }
        if profile.isNearlySRGB(matrix) { return .sRGB }
        if format == .gray8 {
            let table = profile.curves[0].map { SRGB.sample(ofLight: $0) }
            withMutablePixels { pixels in for at in pixels.indices { pixels[at] = table[Int(pixels[at])] } }
            return .converted(from: profile.name)
        }
        let curves =
            profile.curves.count == 3 ? profile.curves : [profile.curves[0], profile.curves[0], profile.curves[0]]
        let change = LightMatrix(
            light: curves.flatMap { $0 }, matrix: matrix.map { Float($0) }, samples: SRGB.sampleOfStep)
        let raster = raster
        withMutablePixels { change.apply(to: &$0, raster) }
        return .converted(from: profile.name)
    }
}

extension ICCProfile {
    /// XYZ under D50 to linear sRGB: the inverse of sRGB's primaries (IEC 61966-2-1) after Bradford adaptation.
    private static let fromXYZ: [Double] = [
        3.134_186_36, -1.617_208_96, -0.490_694_06, -0.978_748_50, 1.916_130_10, 0.033_433_40, 0.071_963_93,
        -0.228_993_87, 1.405_753_73,
    ]

    /// Light of this profile to light of sRGB, row-major; nil when profile and picture have different channels.
    func matrixToSRGB(isGrey: Bool) -> [Double]? {
        guard let primaries else { return [1, 0, 0, 0, 1, 0, 0, 0, 1] }
        guard !isGrey else { return nil }
        return (0..<9).map { at -> Double in
            var sum = 0.0
            for inner in 0..<3 { sum += Self.fromXYZ[at / 3 * 3 + inner] * primaries[inner * 3 + at % 3] }
            return sum
        }
    }

    /// Whether no colour would move by more than about one step of 8 bits.
    func isNearlySRGB(_ matrix: [Double]) -> Bool {
        let identity: [Double] = [1, 0, 0, 0, 1, 0, 0, 0, 1]
        guard zip(matrix, identity).allSatisfy({ abs($0 - $1) < 0.004 }) else { return false }
        return curves.allSatisfy { curve in
            zip(curve, SRGB.floatLight).allSatisfy { abs($0 - $1) < 0.003 }
        }
    }
}
