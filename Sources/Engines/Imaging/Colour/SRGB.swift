#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The sRGB transfer curve (IEC 61966-2-1) as functions and in tables: 8-bit samples and 16-bit light.
enum SRGB {
    /// Light of each sample, 0...65,535.
    static let lightOfSample: [UInt64] = (0..<256).map { UInt64((light(Double($0) / 255) * 65_535).rounded()) }
    /// Each sample itself.
    static let same: [UInt64] = (0..<256).map { UInt64($0) }
    /// Light of each sample, 0...1.
    static let floatLight: [Float] = (0..<256).map { Float(light(Double($0) / 255)) }
    /// The nearest sample for each 1/4,095 of light.
    static let sampleOfStep: [UInt8] = (0..<4096).map { step in
        UInt8(clamping: Int((curve(Double(step) / 4095) * 255).rounded()))
    }

    /// The nearest sample for each of 65,536 amounts of light.
    static let sampleOfLight: [UInt8] = (0..<65_536).map { amount in
        UInt8(clamping: Int((curve(Double(amount) / 65_535) * 255).rounded()))
    }

    static func sample(ofLight light: UInt64) -> UInt8 {
        sampleOfLight[min(Int(clamping: light), 65_535)]
    }

    /// The sample for light 0...1; other values go to the ends.
    static func sample(ofLight light: Float) -> UInt8 {
        let amount = light * 65_535 + 0.5
        return sampleOfLight[amount >= 65_535 ? 65_535 : amount > 0 ? Int(amount) : 0]
    }

    static func light(_ value: Double) -> Double {
        value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }

    static func curve(_ light: Double) -> Double {
        light <= 0.0031308 ? light * 12.92 : 1.055 * pow(light, 1 / 2.4) - 0.055
    }

    /// A power; not a number for what has none.
    static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
}
