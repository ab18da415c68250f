internal import Archives

/// The chunk structure of a PNG (PNG specification, third edition, sections 5 and 11).
struct PNGChunks {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// The fields of IHDR and of the chunks that stand before the pixels.
    struct Header {
        let width: Int
        let height: Int
        let bitDepth: Int
        let colourType: Int
        let isInterlaced: Bool
        var hasTransparency: Bool
        var isAnimated = false
        var exif = ExifFields()
        var hasProfile = false
    }

    /// Chunks that say how samples and light go together; a profile says it better.
    private static let toneChunks: [StaticString] = ["gAMA", "sRGB", "cHRM"]

    /// Chunks that change pixels; all others (text, profiles, times, animation) are dropped before decoding.
    ///
    /// Dropping them takes compressed texts and profiles, the usual carriers of memory bombs, out of the decoder's way.
    private static let kept: [StaticString] = ["IHDR", "PLTE", "tRNS", "sBIT", "IDAT", "IEND"]

    /// Reads the header and looks through the chunks before the first pixels.
    static func readHeader(_ view: ByteView) throws(ImageError) -> Header {
        guard view.has(signature), view.has("IHDR", at: 12), try view.u32be(8) == 13 else { throw .damaged("no IHDR") }
        var header = Header(
            width: try view.u32be(16), height: try view.u32be(20), bitDepth: Int(try view.u8(24)),
            colourType: Int(try view.u8(25)), isInterlaced: try view.u8(28) != 0,
            hasTransparency: try view.u8(25) & 4 != 0)
        guard header.width > 0, header.height > 0 else { throw .damaged("it has no pixels") }
        forEach(view) { chunk in
            if chunk.isType("IDAT", in: view) { return false }
            if chunk.isType("tRNS", in: view) { header.hasTransparency = true }
            if chunk.isType("acTL", in: view) { header.isAnimated = true }
            if chunk.isType("iCCP", in: view) { header.hasProfile = true }
            if chunk.isType("eXIf", in: view), let tiff = try? view.slice(chunk.start + 8, chunk.length) {
                header.exif = ExifReader.fields(tiff)
            }
            return true
        }
        return header
    }

    /// The file without the chunks that do not change pixels, and how many bytes of compressed pixels it holds.
    static func essential(_ view: ByteView, keepingTone: Bool) -> (bytes: [UInt8], pixelBytes: Int) {
        let kept = keepingTone ? kept + toneChunks : kept
        var result: [UInt8] = []
        result.reserveCapacity(view.count)
        result += signature
        var pixelBytes = 0
        forEach(view) { chunk in
            guard kept.contains(where: { chunk.isType($0, in: view) }) else { return true }
            if chunk.isType("IDAT", in: view) { pixelBytes += chunk.length }
            let lower = view.range.lowerBound + chunk.start
            if chunk.isType("IDAT", in: view), chunk.size < chunk.length + 12 {
                result += closed(view.bytes[(lower + 4)..<(lower + 8 + chunk.length)])
            } else {
                result += view.bytes[lower..<(lower + chunk.size)]
            }
            return !chunk.isType("IEND", in: view)
        }
        return (result, pixelBytes)
    }

    /// A chunk cut short with a length and a checksum of its own, so that the decoder reads what is there.
    private static func closed(_ typeAndData: ArraySlice<UInt8>) -> [UInt8] {
        func big(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - $0 * 8)) } }
        return big(typeAndData.count - 4) + typeAndData + big(Int(CRC32.of(typeAndData)))
    }

    /// The data of the first chunk of a type before the pixels, if all of it is there.
    static func find(_ type: StaticString, in view: ByteView) -> ByteView? {
        var found: ByteView?
        forEach(view) { chunk in
            if chunk.isType(type, in: view) { found = try? view.slice(chunk.start + 8, chunk.length) }
            return found == nil && !chunk.isType("IDAT", in: view)
        }
        return found
    }

    private struct Chunk {
        /// Where its length field starts.
        let start: Int
        /// Bytes of data that are there (fewer than announced in a file cut short).
        let length: Int
        /// Bytes of the whole chunk that are there.
        let size: Int

        func isType(_ type: StaticString, in view: ByteView) -> Bool { view.has(type, at: start + 4) }
    }

    private static func forEach(_ view: ByteView, _ body: (Chunk) -> Bool) {
        var at = signature.count
        while let length = try? view.u32be(at), at + 8 <= view.count {
            let there = view.count - at
            let chunk = Chunk(start: at, length: min(length, there - 8), size: min(length + 12, there))
            guard body(chunk) else { return }
            at += length + 12
        }
    }
}
