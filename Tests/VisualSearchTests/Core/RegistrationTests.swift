import Foundation
import Imaging
import Testing
import VisualSearch

@Suite("Registration of pictures")
struct RegistrationTests {
    /// A picture of shapes, seen through a window that is a part of it, moved and turned.
    private func picture(
        seed: UInt64, share: Double = 1, degrees: Double = 0, x: Double = 0, y: Double = 0, gain: Double = 1
    ) throws -> Image {
        var planted = Planted(seed: seed)
        let waves = (0..<10).map { _ in (planted.normal() * 12, planted.normal() * 12, planted.share() * 6.3) }
        let (cosine, sine) = (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
        let side = 96
        let pixels = (0..<side * side).map { at -> UInt8 in
            let u = (Double(at % side) / Double(side - 1) - 0.5) * share
            let v = (Double(at / side) / Double(side - 1) - 0.5) * share
            let (px, py) = (u * cosine - v * sine + x, u * sine + v * cosine + y)
            let value = waves.reduce(0) { $0 + sin($1.0 * px + $1.1 * py + $1.2) }
            return UInt8(min(max(128 + 18 * gain * value, 0), 255))
        }
        return try Image(width: side, height: side, format: .gray8, bytes: pixels)
    }

    private func registration(_ first: Image, _ second: Image) throws -> PictureRegistration? {
        PictureRegistration(try .init(of: first), try .init(of: second))
    }

    @Test("SCAN-049 a crop is laid where it was cut, whichever of the two it is", arguments: [0.8, 0.9])
    func crops(share: Double) throws {
        let whole = try picture(seed: 1)
        let part = try picture(seed: 1, share: share, x: 0.04, y: -0.03, gain: 0.8)
        let found = try #require(try registration(whole, part))
        #expect(found.correlation > 0.97 && found.isSecondPart && found.angle == 0)
        #expect(abs(found.scale - share) < 0.03 && abs(found.x - 0.54) < 0.03 && abs(found.y - 0.47) < 0.03)
        #expect(try #require(try registration(part, whole)).isSecondPart == false)
    }

    @Test("SCAN-049 a picture that was turned a little is found", arguments: [-3, 2, 4.5] as [Double])
    func turns(degrees: Double) throws {
        let found = try #require(try registration(try picture(seed: 2), try picture(seed: 2, degrees: degrees)))
        #expect(found.correlation > PictureRegistration.worthALook, "\(found)")
    }

    @Test(
        "SCAN-049 other pictures do not fit, and pictures of one grey fit nothing",
        arguments: 3...4 as ClosedRange<UInt64>)
    func others(seed: UInt64) throws {
        let found = try #require(try registration(try picture(seed: seed), try picture(seed: seed + 50)))
        #expect(found.correlation < PictureRegistration.worthALook)
        let blank = try Image(width: 40, height: 30, format: .gray8, bytes: [UInt8](repeating: 90, count: 1200))
        #expect(try registration(blank, try picture(seed: seed)) == nil)
    }
}
