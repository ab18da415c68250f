import Basics
import Imaging

/// What is known of a file from its head and from what was declared.
struct MediaContent: Sendable {
    let type: String
    let name: String?
    let sniffed: ImageFormat?
    /// Of a picture, upright.
    let size: ImageSize?

    /// How many bytes from the start are looked at: more than the heads of pictures take, as a rule.
    static let headLength = 256 * 1024

    private static let longestName = 255

    /// - Parameter head: the first ``headLength`` bytes, or the whole file if it is shorter.
    /// - Throws: `M_TOO_LARGE` for a picture of too many pixels.
    init(declaredType: String?, name: String?, head: [UInt8], maximumPixels: Int) throws(RequestError) {
        sniffed = ImageFormat.sniff(head)
        type = MediaType.accepted(declaredType) ?? sniffed?.mediaType ?? MediaType.unknown
        self.name = Self.cleaned(name)
        // A head that is cut short or broken tells no size; the decoder checks its limits itself when it is asked.
        let probe = try? ImageProbe.read(head)
        size = probe.map { ImageSize(width: $0.uprightWidth, height: $0.uprightHeight) }
        guard let probe else { return }
        let (pixels, overflow) = probe.width.multipliedReportingOverflow(by: probe.height)
        guard !overflow, pixels <= maximumPixels else {
            throw .tooLarge(
                "The picture is \(probe.width) x \(probe.height) pixels; \(maximumPixels) pixels are allowed.")
        }
    }

    /// A name without folders and control characters, not too long for a header.
    private static func cleaned(_ name: String?) -> String? {
        guard let last = name?.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last else { return nil }
        var result = ""
        for scalar in last.unicodeScalars where !scalar.properties.isControl {
            guard result.utf8.count + 4 <= longestName else { break }
            result.unicodeScalars.append(scalar)
        }
        return result.isEmpty ? nil : result
    }
}

extension Unicode.Scalar.Properties {
    /// Whether it is no visible character: controls, and the marks that turn the direction of a text.
    fileprivate var isControl: Bool {
        generalCategory == .control || generalCategory == .format || generalCategory == .lineSeparator
            || generalCategory == .paragraphSeparator
    }
}
