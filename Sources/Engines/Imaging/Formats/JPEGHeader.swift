#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the marker segments of a JPEG say before its first scan (ITU-T T.81, annex B).
struct JPEGHeader {
    /// Width of the frame in samples.
    let width: Int
    /// Height of the frame in lines.
    let height: Int
    /// 1 grey, 3 colour, 4 CMYK or YCCK.
    let components: Int
    /// Whether the frame is stored in several scans of growing detail.
    let isProgressive: Bool
    /// Whether an Adobe segment stands in the file; its writers store CMYK inverted.
    let hasAdobeSegment: Bool
    /// From the EXIF segment; nothing without one.
    let exif: ExifFields
    /// Where the first start-of-scan marker is, or the end of the bytes.
    let firstScan: Int

    private enum Marker {
        static let startOfImage: UInt8 = 0xD8
        static let endOfImage: UInt8 = 0xD9
        static let startOfScan: UInt8 = 0xDA
        static let restarts: ClosedRange<UInt8> = 0xD0...0xD7
        static let temporary: UInt8 = 0x01
        static let frames: ClosedRange<UInt8> = 0xC0...0xCF
        static let notFrames: [UInt8] = [0xC4, 0xC8, 0xCC]
        static let application1: UInt8 = 0xE1
        static let application14: UInt8 = 0xEE
    }

    /// Baseline, extended sequential and progressive, all with Huffman codes.
    private static let decodableFrames: ClosedRange<UInt8> = 0xC0...0xC2

    /// Walks the segments up to the first scan.
    static func read(_ view: ByteView) throws(ImageError) -> JPEGHeader {
        var frame: (width: Int, height: Int, components: Int, progressive: Bool)?
        var exif: ExifFields?
        var adobe = false
        var at = 2
        while let (marker, next) = nextMarker(view, from: at) {
            at = next
            if marker == Marker.startOfScan || marker == Marker.endOfImage {
                at -= 2
                break
            }
            if marker == Marker.startOfImage || marker == Marker.temporary || Marker.restarts.contains(marker) {
                continue
            }
            guard let length = try? view.u16be(at), length >= 2 else { break }
            let segment = try? view.slice(at + 2, length - 2)
            if Marker.frames.contains(marker), !Marker.notFrames.contains(marker), frame == nil {
                frame = try readFrame(marker: marker, segment)
            } else if marker == Marker.application1, let segment, segment.has("Exif\0\0"), exif == nil {
                exif = ExifReader.fields(try segment.slice(6, segment.count - 6))
            } else if marker == Marker.application14, let segment, segment.has("Adobe") {
                adobe = true
            }
            at += length
        }
        guard let frame else { throw .truncated }
        return JPEGHeader(
            width: frame.width, height: frame.height, components: frame.components, isProgressive: frame.progressive,
            hasAdobeSegment: adobe, exif: exif ?? ExifFields(), firstScan: min(at, view.count))
    }

    /// How many scans the file has, at most `limit` + 1.
    static func countScans(_ bytes: [UInt8], from start: Int, limit: Int) -> Int {
        bytes.withUnsafeBufferPointer { file in
            var count = 0
            var at = start
            // The C library finds the next mark many bytes at a time.
            while at + 1 < file.count, count <= limit, let base = file.baseAddress,
                let found = memchr(base + at, 0xFF, file.count - 1 - at)
            {
                at = UnsafeRawPointer(found) - UnsafeRawPointer(base)
                if file[at + 1] == Marker.startOfScan {
                    count += 1
                    at += 1
                }
                at += 1
            }
            return count
        }
    }

    /// Calls `body` with each segment that lies whole before the first scan.
    static func forEachSegment(_ view: ByteView, _ body: (_ marker: UInt8, _ segment: ByteView) -> Void) {
        var at = 2
        while let (marker, next) = nextMarker(view, from: at) {
            at = next
            if marker == Marker.startOfScan || marker == Marker.endOfImage { return }
            if marker == Marker.startOfImage || marker == Marker.temporary || Marker.restarts.contains(marker) {
                continue
            }
            guard let length = try? view.u16be(at), length >= 2 else { return }
            if let segment = try? view.slice(at + 2, length - 2) { body(marker, segment) }
            at += length
        }
    }

    /// The next marker code and the place after it; bytes that are no marker are passed over, as decoders do.
    private static func nextMarker(_ view: ByteView, from start: Int) -> (code: UInt8, after: Int)? {
        var at = start
        while let byte = try? view.u8(at), let code = try? view.u8(at + 1) {
            if byte == 0xFF, code != 0xFF, code != 0x00 { return (code, at + 2) }
            at += 1
        }
        return nil
    }

    private static func readFrame(
        marker: UInt8, _ segment: ByteView?
    ) throws(ImageError) -> (width: Int, height: Int, components: Int, progressive: Bool) {
        guard let segment else { throw .truncated }
        guard decodableFrames.contains(marker) else {
            throw .unsupportedFeature("lossless, hierarchical or arithmetic JPEG coding")
        }
        guard try segment.u8(0) == 8 else { throw .unsupportedFeature("JPEG samples of other than 8 bits") }
        let height = try segment.u16be(1)
        let width = try segment.u16be(3)
        let components = Int(try segment.u8(5))
        guard [1, 3, 4].contains(components) else { throw .damaged("a JPEG frame of \(components) components") }
        guard width > 0, height > 0 else { throw .damaged("it has no pixels") }
        return (width, height, components, marker == 0xC2)
    }
}
