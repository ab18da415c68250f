import CTurboJPEG
import Imaging

/// JPEG files that the library's own encoder does not write.
enum JPEGBuilder {
    struct Refused: Error {}

    static func encode(_ image: Image, progressive: Bool, quality: Int = 85) throws -> [UInt8] {
        let pixels = image.format == .gray8 ? TJPF_GRAY : TJPF_RGB
        let sampling = image.format == .gray8 ? TJSAMP_GRAY : TJSAMP_420
        return try compress(
            image.bytes, width: image.width, height: image.height, pixels: pixels, sampling: sampling,
            quality: quality, flags: progressive ? TJFLAG_PROGRESSIVE : 0)
    }

    /// One colour of four inks, stored inverted (255 is no ink), as Adobe's programs do.
    static func encodeInks(width: Int, height: Int, inks: [UInt8]) throws -> [UInt8] {
        let rows = (0..<(width * height)).flatMap { _ in inks }
        return try compress(
            rows, width: width, height: height, pixels: TJPF_CMYK, sampling: TJSAMP_444, quality: 95, flags: 0)
    }

    /// The same file with an EXIF segment that tells an orientation.
    static func withOrientation(_ orientation: Int, bigEndian: Bool = true, _ file: [UInt8]) -> [UInt8] {
        let body = Array("Exif\0\0".utf8) + ExifBuilder.tiff(orientation: orientation, bigEndian: bigEndian)
        let length = body.count + 2
        return file[..<2] + [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + body + file[2...]
    }

    /// The same file without the segments of one marker.
    static func removingSegments(_ marker: UInt8, from file: [UInt8]) -> [UInt8] {
        var result = Array(file[..<2])
        var at = 2
        while at + 4 <= file.count, file[at] == 0xFF, file[at + 1] != 0xDA {
            let size = 2 + Int(file[at + 2]) << 8 + Int(file[at + 3])
            if file[at + 1] != marker { result += file[at..<(at + size)] }
            at += size
        }
        return result + file[at...]
    }

    /// The same file with other sides in its frame header.
    static func claiming(width: Int, height: Int, _ file: [UInt8]) -> [UInt8] {
        var result = file
        var at = 2
        while at + 9 < result.count, result[at] == 0xFF {
            if (0xC0...0xC2).contains(result[at + 1]) {
                let sides = [UInt8(height >> 8), UInt8(height & 255), UInt8(width >> 8), UInt8(width & 255)]
                result.replaceSubrange((at + 5)..<(at + 9), with: sides)
                break
            }
            at += 2 + Int(result[at + 2]) << 8 + Int(result[at + 3])
        }
        return result
    }

    private static func compress(
        _ rows: [UInt8], width: Int, height: Int, pixels: TJPF, sampling: TJSAMP, quality: Int, flags: CInt
    ) throws -> [UInt8] {
        let handle = tjInitCompress()
        defer { tjDestroy(handle) }
        var buffer: UnsafeMutablePointer<UInt8>?
        var length: CUnsignedLong = 0
        defer { tjFree(buffer) }
        let status = tjCompress2(
            handle, rows, CInt(width), 0, CInt(height), CInt(pixels.rawValue), &buffer, &length,
            CInt(sampling.rawValue), CInt(quality), flags)
        guard status == 0, let buffer else { throw Refused() }
        return Array(UnsafeBufferPointer(start: buffer, count: Int(length)))
    }
}

/// TIFF blocks with one orientation entry between two others.
enum ExifBuilder {
    static func tiff(orientation: Int, bigEndian: Bool, type: Int = 3) -> [UInt8] {
        func short(_ value: Int) -> [UInt8] {
            let bytes = [UInt8(value >> 8 & 255), UInt8(value & 255)]
            return bigEndian ? bytes : bytes.reversed()
        }
        func long(_ value: Int) -> [UInt8] {
            bigEndian ? short(value >> 16) + short(value & 0xFFFF) : short(value & 0xFFFF) + short(value >> 16)
        }
        let head: [UInt8] = bigEndian ? [0x4D, 0x4D, 0x00, 0x2A] : [0x49, 0x49, 0x2A, 0x00]
        let width = short(0x0100) + short(4) + long(1) + long(4000)
        let turned = short(0x0112) + short(type) + long(1) + short(orientation) + short(0)
        let units = short(0x0128) + short(3) + long(1) + short(2) + short(0)
        return head + long(8) + short(3) + width + turned + units + long(0)
    }
}
