internal import Archives

/// Finds a file's colour profile; what is too long or broken is not found.
enum EmbeddedProfile {
    /// Longest profile that is looked at. Real ones with matrices have under 10 KiB.
    static let maximumBytes = 1 << 20

    static func find(_ bytes: [UInt8], format: ImageFormat) -> ByteView? {
        let view = ByteView(bytes)
        switch format {
        case .jpeg: return jpeg(view)
        case .png: return png(view)
        case .webp: return WebPContainer.profile(view)
        default: return nil
        }
    }

    /// APP2 segments "ICC_PROFILE\0", number, count (ICC.1, annex B.4), put together in order.
    private static func jpeg(_ view: ByteView) -> ByteView? {
        var parts: [Int: ByteView] = [:]
        var count = 0
        JPEGHeader.forEachSegment(view) { marker, segment in
            guard marker == 0xE2, segment.has("ICC_PROFILE\0"), let number = try? segment.u8(12),
                let all = try? segment.u8(13), let body = try? segment.slice(14, segment.count - 14)
            else { return }
            parts[Int(number)] = parts[Int(number)] ?? body
            count = Int(all)
        }
        guard count > 0, count == parts.count else { return nil }
        if count == 1 { return parts[1] }
        var whole: [UInt8] = []
        for number in 1...count {
            guard let part = parts[number], whole.count + part.count <= maximumBytes else { return nil }
            whole += part.bytes[part.range]
        }
        return ByteView(whole)
    }

    /// The iCCP chunk: a name, a zero, a method byte, and deflate data.
    private static func png(_ view: ByteView) -> ByteView? {
        guard let chunk = PNGChunks.find("iCCP", in: view),
            let end = (0..<min(chunk.count, 80)).first(where: { (try? chunk.u8($0)) == 0 }),
            let packed = try? chunk.slice(end + 2, chunk.count - end - 2)
        else { return nil }
        let profile = try? Deflate.unpack(Array(packed.bytes[packed.range]), wrapping: .zlib, limit: maximumBytes)
        return profile.flatMap { $0.isEmpty ? nil : ByteView($0) }
    }
}
