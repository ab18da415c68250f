internal import Kernels

/// How colour is sampled in the planes of a frame, by the names of YUV4MPEG2 (`yuv4mpeg(5)` of the MJPEG tools).
public enum VideoSampling: String, Sendable, Hashable, CaseIterable {
    /// Half of the columns and rows, in the middle of four luma samples, as in JPEG.
    case half = "420jpeg"
    /// Half of the columns and rows; the columns lie on luma columns, as in MPEG-2.
    case halfOnColumns = "420mpeg2"
    /// Half of the columns and rows, on luma samples; Cr on even rows and Cb on odd ones, as in PAL DV.
    case halfOnSamples = "420paldv"
    /// Half of the columns, which lie on luma columns.
    case halfColumns = "422"
    /// As many as luma samples.
    case full = "444"
    /// No colour.
    case grey = "mono"

    /// The sampling of a name in a header; nil for one that is not read here, such as those of more than 8 bits.
    init?(header name: String) {
        // Plain `420` is what older programs write; the format's manual takes it for that of JPEG.
        guard let found = VideoSampling(rawValue: name == "420" ? "420jpeg" : name) else { return nil }
        self = found
    }

    /// Where Cb and Cr lie; nil without colour.
    var grids: (cb: ChromaGrid, cr: ChromaGrid)? {
        func both(_ across: Int, _ down: Int, _ left: Int, _ top: Int) -> (cb: ChromaGrid, cr: ChromaGrid) {
            let grid = ChromaGrid(across: across, down: down, left: left, top: top)
            return (grid, grid)
        }
        switch self {
        case .half: return both(2, 2, 1, 1)
        case .halfOnColumns: return both(2, 2, 0, 1)
        case .halfOnSamples:
            return (
                ChromaGrid(across: 2, down: 2, left: 0, top: 2), ChromaGrid(across: 2, down: 2, left: 0, top: 0)
            )
        case .halfColumns: return both(2, 1, 0, 0)
        case .full: return both(1, 1, 0, 0)
        case .grey: return nil
        }
    }
}

/// Which primaries luma was made of; YUV4MPEG2 does not say.
public enum VideoColour: Sendable, Hashable, CaseIterable {
    /// ITU-R BT.601: 0.299 red, 0.114 blue; for standard definition.
    case bt601
    /// ITU-R BT.709: 0.2126 red, 0.0722 blue; for high definition.
    case bt709

    /// What players take a clip for that does not say: high definition from 1280 columns or 577 rows on.
    public static func usual(width: Int, height: Int) -> VideoColour { width >= 1280 || height > 576 ? .bt709 : .bt601 }

    func matrix(isFullRange: Bool) -> VideoMatrix {
        switch self {
        case .bt601: VideoMatrix(red: 0.299, blue: 0.114, isFullRange: isFullRange)
        case .bt709: VideoMatrix(red: 0.2126, blue: 0.0722, isFullRange: isFullRange)
        }
    }
}
