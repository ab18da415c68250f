import Archives
import Foundation
import Imaging
import Panorama
import Testing

@Suite("Files of more than eight bits")
struct DeepFileTests {
    private struct Broken: Error {}

    /// Levels of 16 bits of a PNG, read by the specification alone: filters none and sub, no interlacing.
    static func png16(_ file: [UInt8]) throws -> (width: Int, height: Int, values: [Int], chunks: [String]) {
        var at = 8
        var (packed, chunks, head) = ([UInt8](), [String](), [UInt8]())
        while at + 12 <= file.count {
            let length = file[at..<(at + 4)].reduce(0) { $0 << 8 | Int($1) }
            let name = String(decoding: file[(at + 4)..<(at + 8)], as: UTF8.self)
            guard at + 12 + length <= file.count else { throw Broken() }
            let content = Array(file[(at + 8)..<(at + 8 + length)])
            let sum = file[(at + 8 + length)..<(at + 12 + length)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            #expect(CRC32.of(Array(file[(at + 4)..<(at + 8 + length)])) == sum)
            chunks.append(name)
            if name == "IHDR" { head = content }
            if name == "IDAT" { packed += content }
            at += 12 + length
        }
        guard head.count == 13, head[8] == 16, head[9] == 2 else { throw Broken() }
        let width = head[0..<4].reduce(0) { $0 << 8 | Int($1) }
        let height = head[4..<8].reduce(0) { $0 << 8 | Int($1) }
        let raw = try Deflate.unpack(packed, wrapping: .zlib, limit: (width * 6 + 1) * height)
        guard raw.count == (width * 6 + 1) * height else { throw Broken() }
        var values: [Int] = []
        for y in 0..<height {
            var line = Array(raw[(y * (width * 6 + 1) + 1)..<((y + 1) * (width * 6 + 1))])
            if raw[y * (width * 6 + 1)] == 1 { for x in 6..<line.count { line[x] = line[x] &+ line[x - 6] } }
            for x in 0..<(width * 3) { values.append(Int(line[x * 2]) << 8 | Int(line[x * 2 + 1])) }
        }
        return (width, height, values, chunks)
    }

    /// Light of a Radiance file, three numbers a pixel, read by its description alone.
    static func radiance(_ file: [UInt8]) throws -> (width: Int, height: Int, values: [Double]) {
        let text = String(decoding: file.prefix(200), as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count > 3, lines[0] == "#?RADIANCE", lines[1] == "FORMAT=32-bit_rle_rgbe", lines[2].isEmpty else {
            throw Broken()
        }
        let size = lines[3].split(separator: " ")
        guard size.count == 4, size[0] == "-Y", size[2] == "+X", let height = Int(size[1]), let width = Int(size[3])
        else { throw Broken() }
        var at = lines[0..<4].reduce(0) { $0 + $1.utf8.count + 1 }
        var values: [Double] = []
        for _ in 0..<height {
            var planes = [[UInt8]](repeating: [], count: 4)
            if width >= 8 {
                guard file[at] == 2, file[at + 1] == 2, Int(file[at + 2]) << 8 | Int(file[at + 3]) == width else {
                    throw Broken()
                }
                at += 4
                for plane in 0..<4 {
                    while planes[plane].count < width {
                        let count = Int(file[at])
                        if count > 128 {
                            planes[plane] += [UInt8](repeating: file[at + 1], count: count - 128)
                            at += 2
                        } else {
                            guard count > 0 else { throw Broken() }
                            planes[plane] += file[(at + 1)...(at + count)]
                            at += count + 1
                        }
                    }
                }
            } else {
                for _ in 0..<width {
                    for plane in 0..<4 { planes[plane].append(file[at + plane]) }
                    at += 4
                }
            }
            guard planes.allSatisfy({ $0.count == width }) else { throw Broken() }
            for x in 0..<width {
                let scale = planes[3][x] == 0 ? 0 : pow(2, Double(planes[3][x]) - 136)
                for plane in 0..<3 { values.append((Double(planes[plane][x]) + 0.5) * scale) }
            }
        }
        #expect(at == file.count)
        return (width, height, values)
    }

    private static func light(_ shown: Double) -> Double {
        shown <= 0.04045 ? shown / 12.92 : pow((shown + 0.055) / 1.055, 2.4)
    }

    @Test("PANO-315 a PNG of 16 bits holds every level to 1/65535, also in one column", arguments: [1, 7, 130])
    func levels(width: Int) throws {
        let values = (0..<(width * 9 * 3)).map { Float($0 % 4001) / 4000 }
        let image = try FloatImage(width: width, height: 9, channels: 3, values: values)
        let read = try Self.png16(DeepPNG.encode(image))
        #expect(read.width == width && read.height == 9)
        for (value, level) in zip(values, read.values) {
            let told: Double = Double(level) / 65_535
            let apart: Double = abs(Double(value) - told)
            #expect(apart < 1.0 / 65_535)
        }
    }

    @Test(
        "PANO-315 a Radiance file holds linear light to half a percent of the brightest part, also above white",
        arguments: [3, 8, 200, 700])
    func radiance(width: Int) throws {
        // Stretches of one level make runs, the rest none; up to four times white.
        let values = (0..<(width * 5 * 3)).map { at -> Float in
            let isRun = at / 3 % 50 < 30
            let level: Int = isRun ? at / 300 * 25 : at * 7919 % 4000
            return Float(level) / 1000
        }
        let image = try FloatImage(width: width, height: 5, channels: 3, values: values)
        let read = try Self.radiance(RadianceFile.encode(image))
        #expect(read.width == width && read.height == 5)
        for pixel in 0..<(width * 5) {
            let told = (0..<3).map { Self.light(Double(values[pixel * 3 + $0])) }
            let top = told.max() ?? 0
            for channel in 0..<3 {
                let apart: Double = abs(told[channel] - read.values[pixel * 3 + channel])
                #expect(apart <= 0.006 * top + 1e-9)
            }
        }
    }

    @Test("PANO-315 a panorama of 16 bits and one of light say the same as that of 8 bits, and more")
    func panorama() throws {
        let ring = try RenderedRing(
            RenderedWorld(seed: 5), count: 3, span: 80, seed: 2, width: 320, height: 240, gains: 0.7...1)
        var options = StitchOptions()
        options.surface = .sphere
        options.keepsDepth = true
        var files: [PanoramaFormat: [UInt8]] = [:]
        var picture: Image?
        _ = try Stitcher(options: options).stitch(try ring.photos()) { panorama in
            picture = panorama.image
            for format in [PanoramaFormat.png16, .hdr] { files[format] = try panorama.file(as: format) }
            return nil
        }
        let image = try #require(picture)
        let deep = try Self.png16(try #require(files[.png16]))
        let light = try Self.radiance(try #require(files[.hdr]))
        #expect(deep.width == image.width && deep.height == image.height && light.width == image.width)
        #expect(deep.chunks.contains("iTXt"))
        var between = 0
        for pixel in 0..<(image.width * image.height) {
            for channel in 0..<3 {
                let level = Double(image.bytes[pixel / image.width * image.stride + pixel % image.width * 3 + channel])
                let fine = Double(deep.values[pixel * 3 + channel]) / 257
                #expect(abs(level - fine) <= 0.51)
                if abs(fine - fine.rounded()) > 0.1 { between += 1 }
                let top = (0..<3).map { light.values[pixel * 3 + $0] }.max() ?? 0
                if level < 255 {
                    let apart: Double = abs(light.values[pixel * 3 + channel] - Self.light(fine / 255))
                    #expect(apart <= 0.006 * top + 1e-4)
                }
            }
        }
        // Most levels lie between those of 8 bits.
        #expect(between > image.width * image.height)
        // The reader that all pictures go through takes the deep file as well.
        #expect(try Image.decode(try #require(files[.png16])).image.width == image.width)
    }
}
