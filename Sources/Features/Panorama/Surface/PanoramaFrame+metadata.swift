import Foundation

extension PanoramaFrame {
    /// Metadata by which viewers know a sphere or a ring: "Photo Sphere XMP" (GPano 1.6); nil for other surfaces.
    ///
    /// Most viewers take every picture for part of a sphere. A cylinder's rows are given so that they show its upper and its
    /// lower edge at their angles; between, rows lie up to one degree off where it reaches 24 degrees up and down, up to six
    /// where it reaches 50.
    public var photoSphere: String? {
        guard hasAngles, let type = ["sphere": "equirectangular", "cylinder": "cylindrical"][surface], scale > 0 else {
            return nil
        }
        let fullWidth = closed ? width : max(width, Int((2 * .pi * scale).rounded()))
        let across = closed ? 0 : Int(((left + .pi) * scale - 0.5).rounded())
        let (fullHeight, down) = rows
        let fields: [(String, String)] = [
            ("ProjectionType", type), ("UsePanoramaViewer", "True"), ("FullPanoWidthPixels", "\(fullWidth)"),
            ("FullPanoHeightPixels", "\(fullHeight)"), ("CroppedAreaImageWidthPixels", "\(width)"),
            ("CroppedAreaImageHeightPixels", "\(height)"),
            ("CroppedAreaLeftPixels", "\(min(max(0, across), fullWidth - width))"),
            ("CroppedAreaTopPixels", "\(min(max(0, down), fullHeight - height))"),
        ]
        let list = fields.map { " GPano:\($0.0)=\"\($0.1)\"" }.joined()
        return """
            <?xpacket begin="\u{FEFF}" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF \
            xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" \
            xmlns:GPano="http://ns.google.com/photos/1.0/panorama/"\(list)/></rdf:RDF></x:xmpmeta><?xpacket end="r"?>
            """
    }

    /// Angles of the upper and the lower edge in radians, downwards.
    private var edges: (low: Double, high: Double) {
        let (low, high) = (top - 0.5 / scale, top + (Double(height) - 0.5) / scale)
        return surface == "cylinder" ? (atan(low), atan(high)) : (low, high)
    }

    /// Rows of the whole sphere, and those of them above the picture.
    ///
    /// Whole numbers of both may put the horizon a row off: of the two nearest heights the one that puts it better.
    private var rows: (full: Int, above: Int) {
        let (low, high) = edges
        guard high > low else { return (height, 0) }
        let exact = Double(height) * .pi / (high - low)
        func rows(_ full: Int) -> (full: Int, above: Int, error: Double) {
            // The middle of the picture, from the middle of the sphere.
            let middle = (low + high) / 2 / .pi * Double(full)
            let above = Int((middle + Double(full - height) / 2).rounded())
            let held = min(max(0, above), full - height)
            return (full, held, abs(Double(held) - Double(full - height) / 2 - middle))
        }
        let tried = [exact, exact - 0.4, exact + 0.4].map { rows(max(height, Int($0.rounded()))) }
        let best = tried.min { $0.error + 1e-9 < $1.error } ?? tried[0]
        return (best.full, best.above)
    }
}
