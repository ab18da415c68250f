/// Reads the EXIF fields that are of use here.
///
/// Layout: TIFF 6.0, section 2 (header, image file directory); tags of EXIF 2.3, section 4.6. Any fault, any value out
/// of range and any directory that is not there mean "not told"; reading never fails.
enum ExifReader {
    /// Entries looked at in a directory; real ones have one to four dozen.
    private static let maximumEntries = 64
    private static let maximumText = 128

    private enum Tag {
        static let make = 0x010F
        static let model = 0x0110
        static let orientation = 0x0112
        static let exifDirectory = 0x8769
        static let locationDirectory = 0x8825
        static let exposureTime = 0x829A
        static let fNumber = 0x829D
        static let sensitivity = 0x8827
        static let taken = 0x9003
        static let focalLength = 0x920A
        static let pixelWidth = 0xA002
        static let pixelHeight = 0xA003
        static let focalPlaneResolution = 0xA20E
        static let focalPlaneUnit = 0xA210
        static let focalLength35 = 0xA405
    }

    /// The orientation told by a TIFF block (what follows "Exif\0\0" in a JPEG segment).
    static func orientation(_ tiff: ByteView) -> Orientation { fields(tiff).orientation }

    /// The fields told by a TIFF block; what cannot be read is left out.
    static func fields(_ tiff: ByteView) -> ExifFields {
        var fields = ExifFields()
        guard let reader = TIFFReader(tiff), let first = reader.directory else { return fields }
        reader.forEachEntry(at: first, limit: maximumEntries) { entry in
            switch entry.tag {
            case Tag.make: fields.make = fields.make ?? reader.text(entry, limit: maximumText)
            case Tag.model: fields.model = fields.model ?? reader.text(entry, limit: maximumText)
            case Tag.orientation:
                fields.orientation = reader.short(entry).flatMap(Orientation.init(rawValue:)) ?? .up
            case Tag.locationDirectory: fields.hasLocation = true
            case Tag.exifDirectory:
                guard let inner = reader.long(entry) else { return }
                // Inches unless told otherwise (EXIF 2.3, section 4.6.5, FocalPlaneResolutionUnit).
                var unit = 25.4
                reader.forEachEntry(at: inner, limit: maximumEntries) { entry in
                    read(entry, reader, into: &fields)
                    if entry.tag == Tag.focalPlaneUnit { unit = reader.short(entry) == 3 ? 10 : 25.4 }
                }
                fields.focalPlanePixelsPerMillimetre = fields.focalPlanePixelsPerMillimetre.map { $0 / unit }
            default: break
            }
        }
        return fields
    }

    private static func read(_ entry: TIFFReader.Entry, _ reader: TIFFReader, into fields: inout ExifFields) {
        switch entry.tag {
        case Tag.taken: fields.taken = reader.text(entry, limit: 20)
        case Tag.exposureTime: fields.exposureSeconds = reader.ratio(entry).flatMap { within($0, 1e-6...86_400) }
        case Tag.fNumber: fields.fNumber = reader.ratio(entry).flatMap { within($0, 0.3...256) }
        case Tag.sensitivity: fields.sensitivity = reader.short(entry).flatMap { within(Double($0), 1...4_000_000) }
        case Tag.focalLength: fields.focalLength = reader.ratio(entry).flatMap(plausible)
        case Tag.pixelWidth: fields.pixelWidth = pixels(entry, reader)
        case Tag.pixelHeight: fields.pixelHeight = pixels(entry, reader)
        case Tag.focalPlaneResolution:
            fields.focalPlanePixelsPerMillimetre = reader.ratio(entry).flatMap { within($0, 1...10_000_000) }
        case Tag.focalLength35: fields.focalLength35 = reader.short(entry).flatMap { plausible(Double($0)) }
        default: break
        }
    }

    /// Lenses have between half a millimetre and some metres; 0 means "unknown".
    private static func plausible(_ millimetres: Double) -> Double? {
        within(millimetres, 0.5...10_000)
    }

    private static func pixels(_ entry: TIFFReader.Entry, _ reader: TIFFReader) -> Int? {
        (reader.short(entry) ?? reader.long(entry)).flatMap { (1...1_000_000).contains($0) ? $0 : nil }
    }

    private static func within(_ value: Double, _ range: ClosedRange<Double>) -> Double? {
        range.contains(value) ? value : nil
    }
}

/// Directories of a TIFF block in either byte order; every read is checked.
struct TIFFReader {
    struct Entry {
        let tag: Int
        let type: Int
        let count: Int
        /// Where the four bytes of the value or of its offset are.
        let valueAt: Int
    }

    private enum Kind {
        static let ascii = 2
        static let short = 3
        static let long = 4
        static let rational = 5
    }

    private let block: ByteView
    private let isBigEndian: Bool

    init?(_ block: ByteView) {
        if block.has([0x4D, 0x4D, 0x00, 0x2A]) {
            isBigEndian = true
        } else if block.has([0x49, 0x49, 0x2A, 0x00]) {
            isBigEndian = false
        } else {
            return nil
        }
        self.block = block
    }

    /// Where the first directory is.
    var directory: Int? { try? u32(4) }

    func forEachEntry(at directory: Int, limit: Int, _ body: (Entry) -> Void) {
        guard let count = try? u16(directory) else { return }
        for index in 0..<min(count, limit) {
            let at = directory + 2 + index * 12
            guard let tag = try? u16(at), let type = try? u16(at + 2), let count = try? u32(at + 4),
                (try? block.slice(at + 8, 2)) != nil
            else { return }
            body(Entry(tag: tag, type: type, count: count, valueAt: at + 8))
        }
    }

    func short(_ entry: Entry) -> Int? {
        entry.type == Kind.short ? try? u16(entry.valueAt) : nil
    }

    func long(_ entry: Entry) -> Int? {
        entry.type == Kind.long ? try? u32(entry.valueAt) : nil
    }

    func ratio(_ entry: Entry) -> Double? {
        guard entry.type == Kind.rational, let at = try? u32(entry.valueAt), let over = try? u32(at),
            let under = try? u32(at + 4), under > 0
        else { return nil }
        return Double(over) / Double(under)
    }

    /// Printable text without the zeros and spaces around it; nil when nothing is left.
    func text(_ entry: Entry, limit: Int) -> String? {
        guard entry.type == Kind.ascii, entry.count > 0 else { return nil }
        let length = min(entry.count, limit)
        guard let at = entry.count <= 4 ? entry.valueAt : try? u32(entry.valueAt),
            let bytes = try? block.slice(at, length)
        else { return nil }
        let used = bytes.bytes[bytes.range].prefix { $0 != 0 }
        let text = String(decoding: used, as: UTF8.self).filter { $0.isASCII && !$0.isNewline && $0 >= " " }
        let trimmed = text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
        return trimmed.isEmpty ? nil : String(trimmed)
    }

    private func u16(_ at: Int) throws(ImageError) -> Int { isBigEndian ? try block.u16be(at) : try block.u16le(at) }
    private func u32(_ at: Int) throws(ImageError) -> Int { isBigEndian ? try block.u32be(at) : try block.u32le(at) }
}
