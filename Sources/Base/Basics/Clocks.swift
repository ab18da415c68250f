#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where the time of day comes from, so that a test can set it.
public protocol WallClock: Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z. May jump in either direction.
    func now() -> Int64
}

/// The computer's time of day.
public struct SystemWallClock: WallClock {
    /// The clock.
    public init() {}

    /// Milliseconds since 1970, as the kernel tells them.
    public func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}

/// Milliseconds of a clock that only goes forward, for deadlines; its zero means nothing.
public func monotonicMilliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
}
