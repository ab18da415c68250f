import Imaging
import Testing

@Suite("EXIF orientation")
struct OrientationTests {
    /// The stored rows of the upright picture "AB / CD / EF", for each value, after the EXIF 2.3 table: which side of
    /// the picture the stored first row and first column are.
    static let stored: [(value: Int, rows: [String])] = [
        (1, ["AB", "CD", "EF"]), (2, ["BA", "DC", "FE"]), (3, ["FE", "DC", "BA"]), (4, ["EF", "CD", "AB"]),
        (5, ["ACE", "BDF"]), (6, ["BDF", "ACE"]), (7, ["FDB", "ECA"]), (8, ["ECA", "FDB"]),
    ]

    @Test("each of the eight values is turned upright", arguments: PixelFormat.allCases)
    func table(format: PixelFormat) throws {
        for (value, rows) in Self.stored {
            let bytes = rows.flatMap { row in
                row.utf8.flatMap { [UInt8](repeating: $0, count: format.bytesPerPixel) }
            }
            let image = try Image(width: rows[0].count, height: rows.count, format: format, bytes: bytes)
            let orientation = try #require(Orientation(rawValue: value))
            let upright = image.turned(by: orientation)
            #expect(upright.width == 2 && upright.height == 3)
            let letters = stride(from: 0, to: upright.bytes.count, by: format.bytesPerPixel).map { upright.bytes[$0] }
            #expect(String(decoding: letters, as: UTF8.self) == "ABCDEF", "orientation \(value)")
        }
    }

    @Test("SCAN-121 a JPEG's EXIF segment is read in both byte orders and applied by choice", arguments: 1...8)
    func jpeg(value: Int) throws {
        let picture = try TestPictures.gradient(width: 32, height: 16)
        let file = try picture.encoded(as: .jpeg(quality: 90))
        let orientation = try #require(Orientation(rawValue: value))
        let plain = try Image.decode(file).image
        for bigEndian in [true, false] {
            let turned = JPEGBuilder.withOrientation(value, bigEndian: bigEndian, file)
            let decoded = try Image.decode(turned)
            #expect(decoded.probe.orientation == orientation)
            #expect(decoded.probe.uprightWidth == decoded.image.width)
            #expect(decoded.image == plain.turned(by: orientation))
            let options = ImageDecodeOptions(appliesOrientation: false)
            #expect(try Image.decode(turned, options: options).image == plain)
        }
    }

    @Test("metadata is gone after writing again")
    func dropped() throws {
        let file = JPEGBuilder.withOrientation(
            6, try TestPictures.gradient(width: 8, height: 8).encoded(as: .jpeg(quality: 80)))
        let again = try Image.decode(file).image.encoded(as: .jpeg(quality: 80))
        #expect(try ImageProbe.read(again).orientation == .up)
        let text = String(decoding: again, as: UTF8.self)
        #expect(!text.contains("Exif"))
    }

    @Test("values and types that cannot be leave the picture as it is", arguments: [0, 9, 255, 65_535])
    func outOfRange(value: Int) throws {
        let file = JPEGBuilder.withOrientation(
            value, try TestPictures.gradient(width: 8, height: 4).encoded(as: .jpeg(quality: 80)))
        #expect(try ImageProbe.read(file).orientation == .up)
    }
}
