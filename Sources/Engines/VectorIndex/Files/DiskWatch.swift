/// A change of an index's files.
enum DiskStep: Hashable, Sendable {
    /// A file is made, or emptied if it is there.
    case make(String)
    case write(String, at: Int, [UInt8])
    /// A file ends at a length from now on.
    case cut(String, Int)
    /// All that was written to a file shall be on the disk when the step is over.
    case sync(String)
    case rename(String, String)
    case remove(String)
    /// All names in a folder shall be on the disk when the step is over.
    case syncFolder(String)
}

/// Hears of each change of an index's files before it is made, and lets it fail by throwing. What it watches is not
/// really synced: it is told instead.
///
/// Tests record the changes with it, to see what a disk can make of them that loses, tears and reorders what was not
/// synced.
struct DiskWatch: Sendable {
    let see: @Sendable (DiskStep) throws(VectorIndexError) -> Void
}
