internal import Evaluation
internal import Foundation

/// Boxes from differences to anchors: for every size of a level three anchors, as high as wide, half and twice as high
/// (Lin et al. 2017; Ren et al. 2015, eq. 2).
struct DecodeRetina: Hashable, Sendable {
    static let ratios: [Float] = [0.5, 1, 2]
    /// The largest logarithm of a growth.
    static let largestGrowth: Float = 4.2

    private let strides: [Int]
    private let variances: [Float]
    /// Width and height of each level's anchors.
    private let anchors: [[(width: Float, height: Float)]]
    private let sizes: [[Int]]

    init(_ decode: ModelManifest.Decode) throws(InferenceError) {
        let count = decode.minSizes.first?.count ?? 0
        guard !decode.strides.isEmpty, decode.strides.count == decode.minSizes.count, decode.variances.count == 2,
            count > 0, decode.minSizes.allSatisfy({ $0.count == count })
        else {
            throw InferenceError(
                .invalidModel, "Anchors need strides, as many sizes for each, and two variances in the manifest.")
        }
        (strides, variances, sizes) = (decode.strides, decode.variances, decode.minSizes)
        anchors = decode.minSizes.map { sizes in
            sizes.flatMap { size in
                Self.ratios.map { (Float(size) / $0.squareRoot(), Float(size) * $0.squareRoot()) }
            }
        }
    }

    static func == (left: Self, right: Self) -> Bool {
        (left.strides, left.variances, left.sizes) == (right.strides, right.variances, right.sizes)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(strides)
        hasher.combine(variances)
        hasher.combine(sizes)
    }

    func grid(height: Int, width: Int) -> DetectionGrid {
        DetectionGrid(strides: strides, anchors: anchors.first?.count ?? 1, height: height, width: width)
    }

    func box(_ code: [Float], _ cell: DetectionGrid.Cell) -> Box {
        let anchor = anchors[cell.level][cell.anchor]
        let x = cell.x + code[0] * variances[0] * anchor.width
        let y = cell.y + code[1] * variances[0] * anchor.height
        let halfWidth = exp(min(code[2] * variances[1], Self.largestGrowth)) * anchor.width / 2
        let halfHeight = exp(min(code[3] * variances[1], Self.largestGrowth)) * anchor.height / 2
        return Box(left: x - halfWidth, top: y - halfHeight, right: x + halfWidth, bottom: y + halfHeight)
    }
}
