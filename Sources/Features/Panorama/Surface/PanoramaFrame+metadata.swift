import Foundation

extension PanoramaFrame {
    /// Metadata by which viewers know a sphere or a ring: "Photo Sphere XMP" (GPano 1.6); nil for other surfaces.
    public var photoSphere: String? {
        guard hasAngles, let type = ["sphere": "equirectangular", "cylinder": "cylindrical"][surface], scale > 0 else {
            return nil
        }
        let isSphere = surface == "sphere"
        let fullWidth = closed ? width : max(width, Int((2 * .pi * scale).rounded()))
        let fullHeight = isSphere ? max(height, closed ? fullWidth / 2 : Int((.pi * scale).rounded())) : height
        let across = closed ? 0 : Int(((left + .pi) * scale - 0.5).rounded())
        let down = isSphere ? Int(((top + .pi / 2) * scale - 0.5).rounded()) : 0
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
}
