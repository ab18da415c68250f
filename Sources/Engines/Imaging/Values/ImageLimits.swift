/// What a picture may cost; every decoder checks all of it on the header, before it allocates.
public struct ImageLimits: Sendable, Hashable {
    /// Longest file, in bytes.
    public var maximumBytes: Int
    /// Most pixels in all.
    public var maximumPixels: Int
    /// Longest side, in pixels.
    public var maximumSide: Int
    /// Most pixel visits: pixels times the passes the file makes over them (a progressive JPEG makes one a scan).
    ///
    /// This is the bound on decoding time. It does not depend on the clock, so the same file is always treated alike;
    /// a core visits 50 to 200 million pixels a second.
    public var maximumWork: Int

    /// Limits of the given sizes; the defaults suit pictures from phones and cameras.
    public init(
        maximumBytes: Int = 50 * 1024 * 1024, maximumPixels: Int = 50_000_000, maximumSide: Int = 16_384,
        maximumWork: Int = 600_000_000
    ) {
        self.maximumBytes = maximumBytes
        self.maximumPixels = maximumPixels
        self.maximumSide = maximumSide
        self.maximumWork = maximumWork
    }

    /// Refuses a file that is too long.
    func check(byteCount: Int) throws(ImageError) {
        guard byteCount <= maximumBytes else { throw .tooManyBytes(count: byteCount, limit: maximumBytes) }
    }

    /// Refuses a picture that is empty, too large, or takes too many passes.
    func check(width: Int, height: Int, passes: Int = 1) throws(ImageError) {
        guard width > 0, height > 0 else { throw .damaged("it has no pixels") }
        guard width <= maximumSide, height <= maximumSide else {
            throw .sideTooLong(width: width, height: height, limit: maximumSide)
        }
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        guard !overflow, pixels <= maximumPixels else {
            throw .tooManyPixels(width: width, height: height, limit: maximumPixels)
        }
        let (work, tooMuch) = pixels.multipliedReportingOverflow(by: passes)
        guard !tooMuch, work <= maximumWork else {
            throw .tooMuchWork(work: tooMuch ? .max : work, limit: maximumWork)
        }
    }
}
