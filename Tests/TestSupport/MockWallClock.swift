public import Basics
import Synchronization

/// A time of day that stands still until a test moves it.
public final class MockWallClock: WallClock {
    private let time: Atomic<Int64>

    /// A clock that stands at a time, in milliseconds since 1970.
    public init(_ milliseconds: Int64 = 1_700_000_000_000) { time = Atomic(milliseconds) }

    /// The time it stands at.
    public func now() -> Int64 { time.load(ordering: .sequentiallyConsistent) }

    /// Moves it, in either direction.
    public func advance(milliseconds: Int64) {
        time.wrappingAdd(milliseconds, ordering: .sequentiallyConsistent)
    }

    /// Sets it.
    public func set(_ milliseconds: Int64) { time.store(milliseconds, ordering: .sequentiallyConsistent) }
}
