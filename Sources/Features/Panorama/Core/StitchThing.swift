/// What is to become of a thing that photos show differently, said before the panorama is drawn again (PANO-330).
public struct StitchThing: Sendable, Codable, Hashable {
    /// Number of the panorama, from 1.
    public var group: Int
    /// Number of the thing among those of the panorama.
    public var thing: Int
    /// The photo, by its place in what was handed in, that it is shown as in; nil to show it as in any but the present one.
    public var photo: Int?

    /// A wish.
    public init(group: Int, thing: Int, photo: Int? = nil) {
        self.group = group
        self.thing = thing
        self.photo = photo
    }
}

extension PreparedGroup {
    /// The wishes about this panorama as areas of the small canvas; things that are not there count as nothing.
    func painted(_ things: [StitchThing], _ labels: [Int16], numbers: [Int]) -> [PaintedArea] {
        guard !things.isEmpty else { return [] }
        let objects = objects(labels, numbers: numbers)
        return painted(
            things.compactMap { wish in
                guard let object = objects.first(where: { $0.number == wish.thing }) else { return nil }
                return (object, wish.photo.map { .keep(photo: $0) } ?? .remove)
            }, numbers: numbers)
    }
}
