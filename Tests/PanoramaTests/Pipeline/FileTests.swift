import Foundation
import Imaging
import Panorama
import Testing

@Suite("Files as they come, files as they go")
struct FileTests {
    private static func ring(_ count: Int = 2, seed: UInt64 = 7) throws -> RenderedRing {
        try RenderedRing(
            RenderedWorld(seed: 5, width: 768), count: count, span: 25 * Double(count), seed: seed, width: 288,
            height: 216)
    }

    private static func stitched(_ photos: [StitchPhoto]) throws -> (verdict: StitchVerdict, image: Image?) {
        var options = StitchOptions()
        options.isPreview = true
        var image: Image?
        let verdict = try Stitcher(options: options).stitch(photos) { panorama in
            image = panorama.image
            return nil
        }
        return (verdict, image)
    }

    @Test("PANO-303 photos stored in any of the eight orientations give the same picture")
    func orientations() throws {
        let ring = try Self.ring()
        let files = try ring.images.map { try $0.encoded(as: .png) }
        // The other photo carries the orientation: stored pixels are turned back, so that upright is as it was.
        let plain = try #require(
            try Self.stitched(files.enumerated().map { StitchPhoto(name: "v\($0).png", bytes: $1) }).image)
        for value in 1...8 {
            let orientation = try #require(Orientation(rawValue: value))
            let stored = try Self.stored(ring.images[1], as: orientation)
            let tagged = try Self.taggedPNG(stored, orientation: value)
            #expect(try Image.decode(tagged).image.bytes == ring.images[1].bytes, "\(value)")
            let photos = [StitchPhoto(name: "v0.png", bytes: files[0]), StitchPhoto(name: "v1.png", bytes: tagged)]
            #expect(try Self.stitched(photos).image == plain, "orientation \(value)")
        }
    }

    /// The pixels that an orientation's turn brings back to the picture.
    private static func stored(_ image: Image, as orientation: Orientation) throws -> Image {
        let back = try #require(Orientation(rawValue: [1, 2, 3, 4, 5, 8, 7, 6][orientation.rawValue - 1]))
        return image.turned(by: back)
    }

    /// A PNG whose eXIf chunk tells an orientation.
    private static func taggedPNG(_ image: Image, orientation: Int) throws -> [UInt8] {
        let png = try image.encoded(as: .png)
        let tiff: [UInt8] = [
            0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, UInt8(orientation), 0, 0, 0, 0, 0, 0,
        ]
        // After the signature and the header chunk.
        return Array(png[0..<33]) + PNGFile.chunk("eXIf", tiff) + Array(png[33...])
    }

    @Test("PANO-341, PANO-315 places and serial numbers of photos are in no output")
    func nothingLeaks() throws {
        let tags = PhotoTags(
            orientation: 1, make: "SECRETMAKE", model: "SECRETMODEL", time: "2026:05:01 10:00:00",
            serial: "SN-SECRET-0815", place: (52, 13))
        let photos = try Self.ring().images.enumerated().map { index, image in
            let bytes = tags.added(to: try image.encoded(as: .jpeg(quality: 92)))
            #expect(try ImageProbe.read(bytes).exif.hasLocation)
            return StitchPhoto(name: "v\(index).jpg", bytes: bytes)
        }
        var files: [[UInt8]] = []
        var options = StitchOptions()
        options.surface = .sphere
        _ = try Stitcher(options: options).stitch(photos) { panorama in
            for encoding in [ImageEncoding.jpeg(quality: 80), .png, .webP(quality: 80), .webPLossless] {
                files.append(try panorama.encoded(as: encoding))
            }
            files.append(Array(HuginProject(panorama, names: photos.map(\.name)).text.utf8))
            return nil
        }
        #expect(files.count == 5)
        for file in files {
            let text = String(decoding: file, as: UTF8.self)
            for word in ["SECRET", "Exif", "eXIf", "EXIF", "GPSLat", "2026:05:01"] {
                #expect(!text.contains(word), "\(word)")
            }
            guard let probe = try? ImageProbe.read(file) else { continue }
            #expect(!probe.exif.hasLocation && probe.exif.model == nil && probe.exif.taken == nil)
        }
    }

    @Test("PANO-304 a focal length in millimetres and the sensor's pixels tell what 35 mm equivalents would")
    func focalPlane() throws {
        let image = try Self.ring(1).images[0]
        func exif(_ sensor: ((UInt32, UInt32), (UInt32, UInt32), Int)) throws -> ExifFields {
            let file = PhotoTags(sensor: sensor).added(to: try image.encoded(as: .jpeg(quality: 60)))
            return try ImageProbe.read(file).exif
        }
        // 8 mm at 5080 pixels an inch are 200 a millimetre: 1600 pixels of 4000, so 115.2 of 288.
        let told = try exif(((8, 1), (5080, 1), 4000))
        #expect(abs((told.focalPlanePixelsPerMillimetre ?? 0) - 200) < 1e-9)
        #expect(abs((PhotoIntake.focal(told, width: 288, height: 216) ?? 0) - 115.2) < 1e-6)
        for wrong in [((0, 0), (5080, 1), 4000), ((8, 1), (0, 0), 4000), ((8, 1), (1, 1_000_000), 4000)]
            as [((UInt32, UInt32), (UInt32, UInt32), Int)]
        {
            #expect(PhotoIntake.focal(try exif(wrong), width: 288, height: 216) == nil)
        }
    }

    @Test("PANO-319 photos of 16 bits a channel and with alpha join others")
    func depths() throws {
        let ring = try Self.ring()
        let image = ring.images[1].converted(to: .rgb8)
        var deep: [UInt8] = []
        for y in 0..<image.height {
            deep.append(0)
            for at in (y * image.stride)..<(y * image.stride + image.width * 3) {
                deep += [image.bytes[at], UInt8(at & 255)]
            }
        }
        let sixteen = PNGFile(width: image.width, height: image.height, depth: 16, colours: 2).file(rows: deep)
        let clear = try image.converted(to: .rgba8).encoded(as: .png)
        for file in [sixteen, clear] {
            let photos = [
                StitchPhoto(name: "a.jpg", bytes: try ring.images[0].encoded(as: .jpeg(quality: 92))),
                StitchPhoto(name: "b.png", bytes: file),
            ]
            #expect(try Self.stitched(photos).verdict.groups.map(\.used) == [2])
        }
    }
}

/// A PNG of stored blocks, for depths that the encoder does not write.
private struct PNGFile {
    let width: Int
    let height: Int
    let depth: UInt8
    let colours: UInt8

    func file(rows: [UInt8]) -> [UInt8] {
        let head = Self.big(UInt32(width)) + Self.big(UInt32(height)) + [depth, colours, 0, 0, 0]
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Self.chunk("IHDR", head)
            + Self.chunk("IDAT", Self.stored(rows)) + Self.chunk("IEND", [])
    }

    private static func stored(_ data: [UInt8]) -> [UInt8] {
        var out: [UInt8] = [0x78, 0x01]
        var (low, high) = (1, 0)
        for byte in data {
            low = (low + Int(byte)) % 65_521
            high = (high + low) % 65_521
        }
        for at in stride(from: 0, to: data.count, by: 65_535) {
            let part = data[at..<min(at + 65_535, data.count)]
            let length = UInt16(part.count)
            out += [at + part.count == data.count ? 1 : 0]
            out += [UInt8(length & 255), UInt8(length >> 8), UInt8(~length & 255), UInt8(~length >> 8)]
            out += part
        }
        return out + big(UInt32(high << 16 | low))
    }

    static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(type.utf8) + data
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in body {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
        }
        return big(UInt32(data.count)) + body + big(crc ^ 0xFFFF_FFFF)
    }

    private static func big(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - $0 * 8) & 255) } }
}
