/// Grey from colour in integers: (77 R + 150 G + 29 B + 128) / 256, the weights of ITU-R BT.601 in 8 bits.
enum Luma {
    static func of(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
        UInt8(truncatingIfNeeded: (77 * UInt32(red) + 150 * UInt32(green) + 29 * UInt32(blue) + 128) >> 8)
    }
}
