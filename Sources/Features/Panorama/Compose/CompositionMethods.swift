/// How each pixel gets its photo.
public enum SelectionMethod: String, Sendable, Codable, CaseIterable {
    /// The photo whose border is furthest away (Voronoi).
    case deepest
    /// One cheapest path through each overlap, by dynamic programming.
    case path
    /// Regions of difference, and a weighted vertex cover of them (Uyttendaele, Eden and Szeliski 2001).
    case cover
    /// Least cuts by expansion moves, with differences of colour as costs (Agarwala et al. 2004).
    case cut
    /// The same with costs divided by gradients: seams run along edges.
    case cutAlongEdges
}

/// What a choice by cuts asks for besides seams that are not seen (Agarwala et al. 2004, section 2).
public enum ImageObjective: Sendable, Hashable {
    /// Nothing more.
    case seams
    /// What most photos show alike: things that move go.
    case mostLikely
    /// What only one photo shows: things that move stay.
    case leastLikely
    /// Areas that are to be taken from one photo each.
    case painted([PaintedArea])
}

/// An area of the canvas that is to show one photo.
public struct PaintedArea: Sendable, Hashable {
    /// Number of the photo among the layers.
    public var photo: Int
    /// Pixels of the canvas, row by row from 0; those outside are ignored.
    public var pixels: [Int]
    /// Whether the photo is not to be shown there, instead.
    public var isForbidden: Bool

    /// An area.
    public init(photo: Int, pixels: [Int], isForbidden: Bool = false) {
        self.photo = photo
        self.pixels = pixels
        self.isForbidden = isForbidden
    }
}

/// How chosen pixels become one picture.
public enum BlendMethod: String, Sendable, Codable, CaseIterable {
    /// The mean of all photos.
    case mean
    /// The median of all photos.
    case median
    /// The mean by distance to the photos' borders.
    case feather
    /// The same with the distance to its fourth power.
    case sharpFeather
    /// The chosen photos as they are.
    case none
    /// Low tones feathered, the rest as chosen (Brown and Lowe 2007).
    case twoBands
    /// Six bands and a base (Burt and Adelson 1983), tile by tile.
    case bands
    /// Gradients of the chosen photos, by a Poisson equation (Perez et al. 2003, Agarwala et al. 2004).
    case gradients
    /// Feathered gradients of all photos, least squares (GIST1, l2; Levin et al. 2004).
    case stitchedL2
    /// The same, least sizes (GIST1, l1).
    case stitchedL1
}
