import Basics
import Foundation
package import Imaging

/// A fault that is put into a box of a picture on purpose, to see whether an audit finds it.
package enum PlantedFault: String, Sendable, CaseIterable {
    /// The mean of the picture and the picture some 15 pixels beside.
    case ghost
    /// The mean of 29 pixels of a row.
    case smear
    /// Lines become waves of 7 to 9 pixels.
    case bend

    /// Where the colours of a pixel come from: their mean is taken.
    private func sources(_ x: Int, _ y: Int) -> [(Double, Double)] {
        let (u, v) = (Double(x), Double(y))
        switch self {
        case .ghost: return [(u, v), (u + 14, v + 5)]
        case .smear: return (-14...14).map { (u + Double($0), v) }
        case .bend: return [(u + 9 * sin(v / 9), v + 7 * sin(u / 8))]
        }
    }

    /// The picture, of three channels of 8 bits, with the fault inside the box: x, y, width and height.
    package func planted(in image: Image, box: [Int]) -> Image {
        precondition(box.count == 4 && image.format == .rgb8)
        var out = image
        let (stride, clean) = (image.stride, image.bytes)
        let (columns, rows) = (0..<image.width, 0..<image.height)
        out.withMutablePixels { pixels in
            for y in (box[1]..<(box[1] + box[3])).clamped(to: rows) {
                for x in (box[0]..<(box[0] + box[2])).clamped(to: columns) {
                    let from = sources(x, y).map { place in
                        let u = min(max(0, Int(place.0.rounded())), columns.upperBound - 1)
                        let v = min(max(0, Int(place.1.rounded())), rows.upperBound - 1)
                        return v * stride + u * 3
                    }
                    for channel in 0..<3 {
                        let sum = from.reduce(0) { $0 + Int(clean[$1 + channel]) }
                        pixels[y * stride + x * 3 + channel] = UInt8(sum / from.count)
                    }
                }
            }
        }
        return out
    }
}

extension WorldTrial {
    /// What an audit said of a panorama of these photos, clean and with each fault planted.
    package struct Audited: Sendable {
        /// The clean picture.
        package let clean: PictureAudit
        /// Faults that were found where they are.
        package let found: Set<PlantedFault>
        /// Whether the smear was called one.
        package let isSmearNamed: Bool
    }

    /// Side of the box in which faults are planted, in pixels.
    package static let plantedSide = 160

    /// Audits a panorama of the photos with faults planted at a place that `seed` draws.
    ///
    /// - Throws: As `PictureAudit`.
    package func audited(_ picture: Image, photos: [StitchPhoto], seed: UInt64) throws -> Audited {
        let side = Self.plantedSide
        var random = SeededRandom(seed: seed &+ 77)
        let x = Int(random.next() % UInt64(max(1, picture.width - 2 * side))) + side / 2
        let y = Int(random.next() % UInt64(max(1, picture.height - side)))
        let box = [x, y, side, min(side, picture.height - y)]
        let clean = try PictureAudit(picture: picture, photos: photos)
        var found: Set<PlantedFault> = []
        var isSmearNamed = false
        for fault in PlantedFault.allCases {
            let audit = try PictureAudit(picture: fault.planted(in: picture, box: box), photos: photos)
            let inside = audit.faults.filter { Self.isInside($0, box) && !clean.faults.contains($0) }
            if !inside.isEmpty { found.insert(fault) }
            if fault == .smear { isSmearNamed = inside.contains { $0.kind == .smeared } }
        }
        return Audited(clean: clean, found: found, isSmearNamed: isSmearNamed)
    }

    private static func isInside(_ fault: PictureAudit.Fault, _ box: [Int]) -> Bool {
        let (x, y) = (fault.box[0] + fault.box[2] / 2, fault.box[1] + fault.box[3] / 2)
        return (box[0]..<(box[0] + box[2])).contains(x) && (box[1]..<(box[1] + box[3])).contains(y)
    }
}
