/// What became of something that was to be looked at again; the numbers are those of the table.
package enum ReviewState: Int64, Sendable, Hashable, CaseIterable {
    case open = 0
    /// It was nothing.
    case cleared = 1
    /// It was what it looked like.
    case confirmed = 2

    package var name: String { "\(self)" }
}
