/// Reads the one EXIF field that changes how a picture is shown.
///
/// Layout: TIFF 6.0, section 2 (header, image file directory); tag 0x0112 of the first directory. Any fault, any
/// value out of range and any directory that is not there mean "stored upright".
enum ExifReader {
    /// Entries looked at; real first directories have about a dozen.
    private static let maximumEntries = 64
    private static let orientationTag = 0x0112
    private static let shortType = 3

    /// The orientation told by a TIFF block (what follows "Exif\0\0" in a JPEG segment).
    static func orientation(_ tiff: ByteView) -> Orientation {
        (try? read(tiff)) ?? .up
    }

    private static func read(_ tiff: ByteView) throws(ImageError) -> Orientation {
        let bigEndian: Bool
        if tiff.has([0x4D, 0x4D, 0x00, 0x2A]) {
            bigEndian = true
        } else if tiff.has([0x49, 0x49, 0x2A, 0x00]) {
            bigEndian = false
        } else {
            return .up
        }
        func short(_ at: Int) throws(ImageError) -> Int { bigEndian ? try tiff.u16be(at) : try tiff.u16le(at) }
        let directory = bigEndian ? try tiff.u32be(4) : try tiff.u32le(4)
        let count = min(try short(directory), maximumEntries)
        for index in 0..<count {
            let entry = directory + 2 + index * 12
            guard try short(entry) == orientationTag else { continue }
            guard try short(entry + 2) == shortType else { return .up }
            return Orientation(rawValue: try short(entry + 8)) ?? .up
        }
        return .up
    }
}
