/// The block structure of a GIF (GIF89a specification, sections 17 to 26).
struct GIFContainer {
    /// One picture of the file, and what the control block before it says.
    struct Frame {
        let left: Int
        let top: Int
        let width: Int
        let height: Int
        let isInterlaced: Bool
        /// The colour that is clear, when there is one.
        let transparentIndex: UInt8?
        /// Red, green, blue triples.
        let palette: ByteView
        /// Where the code size byte of the pixels is.
        let dataStart: Int
    }

    let width: Int
    let height: Int
    let firstFrame: Frame
    /// Whether a second picture follows.
    let isAnimated: Bool

    /// Walks the blocks up to the second picture.
    static func read(_ view: ByteView) throws(ImageError) -> GIFContainer {
        guard view.has("GIF8") else { throw .unrecognised }
        let screenWidth = try view.u16le(6)
        let screenHeight = try view.u16le(8)
        var at = 13
        let global = try palette(view, flags: try view.u8(10), at: &at)
        var transparent: UInt8?
        while true {
            switch try view.u8(at) {
            case 0x21:
                if try view.u8(at + 1) == 0xF9, try view.u8(at + 3) & 1 != 0 { transparent = try view.u8(at + 6) }
                at = try skipSubBlocks(view, from: at + 2)
            case 0x2C:
                let frame = try readFrame(view, at: at, global: global, transparent: transparent)
                return GIFContainer(
                    width: screenWidth > 0 ? screenWidth : frame.left + frame.width,
                    height: screenHeight > 0 ? screenHeight : frame.top + frame.height,
                    firstFrame: frame, isAnimated: hasFrame(view, after: frame))
            default:
                throw .damaged("a GIF without a picture")
            }
        }
    }

    private static func readFrame(
        _ view: ByteView, at start: Int, global: ByteView?, transparent: UInt8?
    ) throws(ImageError) -> Frame {
        let flags = try view.u8(start + 9)
        var at = start + 10
        guard let palette = try palette(view, flags: flags, at: &at) ?? global else {
            throw .damaged("a GIF without colours")
        }
        let width = try view.u16le(start + 5)
        let height = try view.u16le(start + 7)
        guard width > 0, height > 0 else { throw .damaged("it has no pixels") }
        return Frame(
            left: try view.u16le(start + 1), top: try view.u16le(start + 3), width: width, height: height,
            isInterlaced: flags & 0x40 != 0, transparentIndex: transparent, palette: palette, dataStart: at)
    }

    /// The colour table announced by a flags byte, moving past it.
    private static func palette(_ view: ByteView, flags: UInt8, at: inout Int) throws(ImageError) -> ByteView? {
        guard flags & 0x80 != 0 else { return nil }
        let length = 3 << (Int(flags & 7) + 1)
        let table = try view.slice(at, length)
        at += length
        return table
    }

    private static func skipSubBlocks(_ view: ByteView, from start: Int) throws(ImageError) -> Int {
        var at = start
        while true {
            let length = Int(try view.u8(at))
            at += length + 1
            if length == 0 { return at }
        }
    }

    private static func hasFrame(_ view: ByteView, after frame: Frame) -> Bool {
        guard var at = try? skipSubBlocks(view, from: frame.dataStart + 1) else { return false }
        while let kind = try? view.u8(at) {
            guard kind == 0x21 else { return kind == 0x2C }
            guard let next = try? skipSubBlocks(view, from: at + 2) else { return false }
            at = next
        }
        return false
    }
}

extension GIFContainer {
    /// Whether the first picture leaves part of the screen uncovered or has a clear colour.
    var hasClearPixels: Bool {
        firstFrame.transparentIndex != nil || firstFrame.left > 0 || firstFrame.top > 0
            || firstFrame.left + firstFrame.width < width || firstFrame.top + firstFrame.height < height
    }
}
