import Foundation
import Imaging
import Panorama
import Testing

@Suite("Tiles of a cube for viewers")
struct CubeTileTests {
    private static func frame(_ surface: String, width: Int, height: Int, closed: Bool = true) throws -> PanoramaFrame {
        let scale = Double(width) / (2 * .pi)
        let top = 0.5 / scale - Double(height) / 2 / scale
        let json = """
            {"surface": "\(surface)", "hasAngles": true, "scale": \(scale), "left": \(0.5 / scale - .pi), "top": \(top),
             "width": \(width), "height": \(height), "closed": \(closed)}
            """
        return try JSONDecoder().decode(PanoramaFrame.self, from: Data(json.utf8))
    }

    @Test("PANO-205 tiles are the viewers' default above 8192 pixels of a panorama all round, and not below")
    func byDefault() throws {
        #expect(try !CubeTiles.areDefault(Self.frame("sphere", width: 8_192, height: 4_096)))
        #expect(try CubeTiles.areDefault(Self.frame("sphere", width: 8_256, height: 4_128)))
        #expect(try CubeTiles.areDefault(Self.frame("cylinder", width: 9_024, height: 1_200)))
        #expect(try !CubeTiles.areDefault(Self.frame("sphere", width: 12_000, height: 4_000, closed: false)))
        #expect(try !CubeTiles.suits(Self.frame("planet", width: 12_000, height: 12_000)))
    }
}
