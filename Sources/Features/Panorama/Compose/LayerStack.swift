public import Imaging
package import Kernels

/// Photos on one canvas, ready to be put together by any method of the chapter on compositing.
///
/// ```swift
/// var stack = LayerStack(width: 900, height: 400)
/// stack.add(left, x: 0, y: 0)
/// stack.add(right, x: 380, y: 12)
/// let picture = stack.composed(selection: .cut, blend: .gradients)
/// ```
public struct LayerStack: Sendable {
    /// Columns of the canvas.
    public let width: Int
    /// Rows of the canvas.
    public let height: Int
    /// Whether column `width` is column 0 again.
    public let isClosed: Bool
    private var pieces: [SeamPiece] = []

    /// An empty canvas; nil for sizes under one pixel or over 400 million.
    public init?(width: Int, height: Int, isClosed: Bool = false) {
        let (count, overflow) = width.multipliedReportingOverflow(by: height)
        guard width > 0, height > 0, !overflow, count <= 400_000_000 else { return nil }
        self.width = width
        self.height = height
        self.isClosed = isClosed
    }

    package init(_ sheet: LayerSheet) {
        width = sheet.width
        height = sheet.height
        isClosed = sheet.wraps
        pieces = sheet.pieces
    }

    /// Number of layers.
    public var count: Int { pieces.count }

    package var sheet: LayerSheet { LayerSheet(pieces: pieces, width: width, height: height, wraps: isClosed) }

    /// Lays a photo on the canvas with its upper left pixel at (x, y).
    ///
    /// - Parameter mask: `gray8` of the same size, 0 where the photo shows nothing; nil where it shows all.
    /// - Returns: Whether it fits: `rgb8`, inside the canvas (a closed one may be crossed at its right edge), and under
    ///   32,000 layers.
    @discardableResult
    public mutating func add(_ image: Image, mask: Image? = nil, x: Int, y: Int) -> Bool {
        guard image.format == .rgb8, image.isPacked, x >= 0, y >= 0, x < width, image.width <= width,
            image.height <= height, y <= height - image.height, isClosed || x <= width - image.width,
            pieces.count < 32_000
        else { return false }
        var shown = [UInt8](repeating: 1, count: image.width * image.height)
        if let mask {
            guard mask.format == .gray8, mask.isPacked, mask.width == image.width, mask.height == image.height else {
                return false
            }
            shown = mask.bytes
        }
        let depth = layerDepth(shown, width: image.width, height: image.height)
        pieces.append(
            SeamPiece(x: x, y: y, width: image.width, height: image.height, rgb: image.bytes, depth: depth))
        return true
    }

    /// The number of the layer that each pixel shows, row by row; -1 where there is none.
    ///
    /// The labels are set exactly where any layer shows something, whatever the method.
    public func labels(by method: SelectionMethod, objective: ImageObjective = .seams) -> [Int16] {
        PixelSelection(method: method, objective: objective).labels(sheet)
    }

    /// What a choice costs: the sum of differences along its seams, and of depths.
    public func seamCost(_ labels: [Int16]) -> Int? {
        guard labels.count == width * height, uncovered(labels, sheet) == 0 else { return nil }
        return SeamLabels(
            pieces: pieces, width: width, height: height, wraps: isClosed, depthWeight: LabelExpansion.depthWeight,
            labels: labels
        ).energy
    }

    /// A picture of all layers.
    public struct Composed: Sendable, Hashable {
        /// `rgb8`.
        public let image: Image
        /// `gray8`, 255 where any layer shows something.
        public let mask: Image
        /// The layer that each pixel was chosen from.
        public let labels: [Int16]
    }

    /// The picture by a choice and a blend; nil for an empty stack.
    public func composed(
        selection: SelectionMethod = .cut, objective: ImageObjective = .seams, blend: BlendMethod = .bands
    ) -> Composed? {
        guard !pieces.isEmpty else { return nil }
        let labels = labels(by: selection, objective: objective)
        let made = LayerBlend(method: blend).blended(sheet, labels: labels)
        guard let image = Image(rgb: made.rgb, width: width, height: height),
            let mask = try? Image(width: width, height: height, format: .gray8, bytes: made.mask)
        else { return nil }
        return Composed(image: image, mask: mask, labels: labels)
    }
}
