public import Imaging

/// What is shown of things that move while photos are taken, such as frames of a video.
public enum MovingThings: String, Sendable, Codable, CaseIterable {
    /// Each thing at every place where a photo shows it, as far as these places do not touch: a summary of the clip.
    case all
    /// None of them, as far as other photos show the places without them.
    case none
}

extension PanoramaEditor {
    /// How many times things that move are shown by some photo and not by most: each at one place.
    public var movements: Int { group.movers().count }

    /// The panorama with things that move at all of their places, or without them.
    ///
    /// A place tells what moves when three photos or more show it. Only choice, blend and crop run again.
    /// - Parameters:
    ///   - things: What is shown.
    ///   - progress: Is told how far it is; what it throws ends the work.
    /// - Returns: nil where nothing moves.
    /// - Throws: What `progress` throws.
    public mutating func picture(
        showing things: MovingThings, progress: (StitchProgress) throws -> Void = { _ in }
    ) throws -> Image? {
        let areas = group.movers(isApart: things == .all).map {
            PaintedArea(photo: $0.photo, pixels: $0.pixels, isForbidden: things == .none)
        }
        guard !areas.isEmpty else { return nil }
        return try compose(.painted(areas), progress)
    }
}
