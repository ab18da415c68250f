/// What a job of a given memory may draw: decided before anything large is allocated (PANO-326).
package struct MemoryPlan: Sendable {
    /// Pixels of the largest canvas.
    package let canvasPixels: Double
    /// Pixels of the largest tile with its border.
    package let tilePixels: Int
    /// Bytes of decoded photos that are kept.
    package let photoBytes: Int

    /// The program itself, points and codes.
    private static let base = 40.0
    /// Bytes that drawing takes for each pixel of a tile: sums of all bands, one photo, its shares, its present band.
    private static let tileBytes = 68.0
    /// Bytes a pixel of the canvas: colours, mask, the crop's copy, the file.
    private static let canvasBytes = 8.0

    /// A plan for so many MiB: a third for photos, one tile, and the rest for the canvas.
    package init(mebibytes: Int) {
        let mebibyte = 1_048_576.0
        let all = Double(min(max(64, mebibytes), 1_048_576))
        photoBytes = Int(all / 3 * mebibyte)
        tilePixels = all < 384 ? 1_200_000 : 2_400_000
        let rest = all * 2 / 3 - Self.base - Double(tilePixels) * Self.tileBytes / mebibyte
        canvasPixels = max(1e6, rest * mebibyte / Self.canvasBytes)
    }

    /// MiB that a canvas of so many pixels takes in all.
    package func mebibytes(canvasPixels: Double) -> Double {
        let parts =
            Double(photoBytes) + Double(tilePixels) * Self.tileBytes + canvasPixels * Self.canvasBytes
        return Self.base + parts / 1_048_576
    }
}
