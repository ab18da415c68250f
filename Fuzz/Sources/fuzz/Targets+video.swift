import Imaging

extension Targets {
    /// Clips: read at random, as a stream in pieces, and as colours.
    static let video: [String: Target] = [
        "video-y4m": Target(seeds: { try clips() }) { bytes in
            read(bytes)
            read(Array("YUV4MPEG2 ".utf8) + bytes.dropFirst(10))
        },
        "video-container": Target(seeds: { try clips() }) { bytes in _ = VideoContainer.sniff(bytes) },
    ]

    private static let small = VideoLimits(
        maximumPixels: 4096, maximumSide: 512, maximumFrames: 64, maximumLine: 128)

    @Sendable private static func read(_ bytes: [UInt8]) {
        if let reader = try? Y4MReader(bytes: bytes, limits: small), let count = reader.frameCount {
            precondition(count > 0 && count <= 64)
            if let frame = try? reader.frame(count - 1) {
                precondition(frame.image().pixelCount == frame.luma.pixelCount)
                _ = try? frame.warped(by: .translation(x: 0.5, y: 0.25), to: frame.format)
            }
            precondition((try? reader.frame(count)) == nil)
        }
        var at = 0
        let stream = try? Y4MStream(limits: small) { count in
            let end = min(bytes.count, at + min(count, 5))
            defer { at = end }
            return Array(bytes[at..<end])
        }
        var frames = 0
        while let stream, (try? stream.next()) != nil, frames < 64 { frames += 1 }
    }

    /// A clip of two small frames in every sampling.
    @Sendable private static func clips() throws -> [[UInt8]] {
        try VideoSampling.allCases.map { sampling in
            let format = try VideoFormat(width: 5, height: 3, sampling: sampling, isFullRange: sampling == .full)
            let planes = (0..<format.frameBytes).map { UInt8(truncatingIfNeeded: $0 * 37) }
            var bytes: [UInt8] = []
            var writer = try Y4MWriter(format: format) { bytes += $0 }
            for _ in 0..<2 { try writer.append(VideoFrame(format: format, bytes: planes)) }
            return bytes
        }
    }
}
