extension ImageFormat {
    /// The format that these first bytes belong to, or nil when they are like none that is known.
    ///
    /// 512 bytes are enough; more are not looked at.
    public static func sniff(_ bytes: [UInt8]) -> ImageFormat? {
        let view = ByteView(bytes.count > sniffLength ? Array(bytes[..<sniffLength]) : bytes)
        return raster(view) ?? boxed(view) ?? sound(view) ?? document(view)
    }

    /// How many bytes from the start a verdict can depend on.
    public static let sniffLength = 512

    private static func raster(_ view: ByteView) -> ImageFormat? {
        if view.has([0xFF, 0xD8, 0xFF]) { return .jpeg }
        if view.has(PNGChunks.signature) { return .png }
        if view.has("GIF87a") || view.has("GIF89a") { return .gif }
        if view.has("RIFF"), view.has("WEBP", at: 8) { return .webp }
        if view.has("BM"), (try? view.u32le(6)) == 0 { return .bmp }
        if view.has([0x49, 0x49, 0x2A, 0x00]) || view.has([0x4D, 0x4D, 0x00, 0x2A]) { return .tiff }
        if view.has([0x00, 0x00, 0x01, 0x00]) { return .ico }
        if view.has([0xFF, 0x0A]) { return .jpegXL }
        if view.has([0x00, 0x00, 0x00, 0x0C, 0x4A, 0x58, 0x4C, 0x20, 0x0D, 0x0A, 0x87, 0x0A]) { return .jpegXL }
        return nil
    }

    /// Files made of ISO boxes, told apart by the major brand and, for pictures, by the compatible brands.
    private static func boxed(_ view: ByteView) -> ImageFormat? {
        guard view.has("ftyp", at: 4) else { return nil }
        let length = (try? view.u32be(0)) ?? 0
        let end = min(max(length, 12), view.count)
        for at in Swift.stride(from: 8, to: end - 3, by: 4) where at != 12 {
            if view.has("avif", at: at) || view.has("avis", at: at) { return .avif }
            if view.has("heic", at: at) || view.has("heix", at: at) || view.has("hevc", at: at) { return .heic }
        }
        if view.has("mif1", at: 8) || view.has("msf1", at: 8) { return .heic }
        if view.has("qt  ", at: 8) { return .quickTime }
        if view.has("M4A ", at: 8) || view.has("M4B ", at: 8) { return .m4a }
        return .mp4
    }

    private static func sound(_ view: ByteView) -> ImageFormat? {
        if view.has("OggS") { return .ogg }
        if view.has("fLaC") { return .flac }
        if view.has("RIFF"), view.has("WAVE", at: 8) { return .wav }
        if view.has([0x1A, 0x45, 0xDF, 0xA3]) { return isWebM(view) ? .webm : .matroska }
        if view.has("ID3") { return .mp3 }
        guard let first = try? view.u8(0), let second = try? view.u8(1), first == 0xFF else { return nil }
        // Sync word of an audio frame: layer 0 is ADTS, layer 1 is MPEG layer III.
        if second & 0xF6 == 0xF0 { return .aac }
        if second & 0xE6 == 0xE2 { return .mp3 }
        return nil
    }

    private static func isWebM(_ view: ByteView) -> Bool {
        (4..<min(view.count, 64)).contains { view.has("webm", at: $0) }
    }

    /// Text documents that browsers look into; white space and a byte order mark may stand before them.
    private static func document(_ view: ByteView) -> ImageFormat? {
        if view.has("%PDF-") { return .pdf }
        let text = String(decoding: view.bytes, as: UTF8.self).lowercased()
        guard let first = text.first(where: { !$0.isWhitespace && $0 != "\u{FEFF}" }), first == "<" else { return nil }
        if text.contains("<svg") { return .svg }
        let marks = ["<!doctype html", "<html", "<head", "<script", "<body", "<iframe"]
        return marks.contains { text.contains($0) } ? .html : nil
    }
}
