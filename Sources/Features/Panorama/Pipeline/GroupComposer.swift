import Foundation
package import Imaging
internal import Kernels

/// A finished panorama: its pixels and what was measured while drawing it.
package struct Composition: Sendable {
    /// The picture.
    package let image: Image
    /// The canvas it was drawn on, before the crop.
    package let canvas: Canvas
    /// Factor that limits forced.
    package let reduction: Double
    /// Angles in degrees; nil for planes.
    package let fieldOfView: (across: Double, down: Double)?
    /// Steps of tone along the seams.
    package let tone: GroupVerdict.Tone
    /// Empty areas inside.
    package let holes: Int
    /// Empty pixels in the picture.
    package let empty: Int
    /// How its pixels relate to directions.
    package let frame: PanoramaFrame
    /// Who shows what.
    package let shares: PanoramaShares
    /// For each photo, the share of what it could show that is shown of it.
    package let shown: [Int: Double]
}

/// Draws a solved group.
package struct GroupComposer {
    private let photos: [StitchPhoto]
    private let read: [ReadPhoto]
    private let options: StitchOptions
    /// Decoded photos, newest last.
    private var decoded: [(photo: Int, image: Image)] = []
    private var decodedBytes = 0

    /// A composer of photos that were read.
    package init(photos: [StitchPhoto], read: [ReadPhoto], options: StitchOptions) {
        self.photos = photos
        self.read = read
        self.options = options
    }

    /// The panorama, or nil when no canvas can hold it.
    package mutating func compose(
        _ group: SolvedGroup, progress: (StitchStage, Int, Int) throws -> Void
    ) throws -> Composition? {
        guard let choice = choice(group) else { return nil }
        let canvas = choice.canvas
        let seam = SeamCanvas(canvas)
        var pieces: [(piece: SeamPiece, radii: [Float])] = []
        var shown: [PlacedPhoto] = []
        var included: [Set<Int>] = []
        for (index, placed) in choice.photos.enumerated() {
            try progress(.select, index, choice.photos.count)
            let small = share(placed, canvas) / Double(seam.step)
            guard let image = decode(placed, share: small) else { continue }
            let drawn = DrawnPhoto(placed: placed, image: image, mask: MaskCells(photos[placed.photo].mask))
            guard let piece = seam.piece(drawn) else { continue }
            pieces.append(piece)
            shown.append(placed)
            included.append(seam.included(drawn))
        }
        guard !pieces.isEmpty else { return nil }
        let tones = GainVignette.solve(pieces, width: seam.width, isClosed: seam.isClosed)
        let toned = zip(pieces, tones).map { $0.0.piece.toned($0.1, radii: $0.0.radii) }
        let even = IncludedAreas.win(toned, included, width: seam.width)
        let labels = LabelExpansion.labels(even, width: seam.width, height: seam.height, isClosed: seam.isClosed)
        let measured = SeamMeasures(
            pieces: even, labels: labels, width: seam.width, height: seam.height, isClosed: seam.isClosed)
        let blend = TileBlend(canvas: canvas, seam: seam, labels: labels, tones: tones, side: tileSide(canvas))
        let drawn = try draw(blend, canvas, even, shown, progress)
        let whole = Image(rgb: drawn.rgb, width: canvas.width, height: canvas.height)
        guard let whole else { return nil }
        var (image, empty) = (whole, drawn.mask.count { $0 == 0 })
        var area = (x: 0, y: 0, width: canvas.width, height: canvas.height)
        if options.crops,
            let box = AutoCrop.rectangle(
                drawn.mask, width: canvas.width, height: canvas.height, isClosed: canvas.isClosed),
            let cut = try? whole.cropped(to: PixelBox(x: box.x, y: box.y, width: box.width, height: box.height))
        {
            (image, empty, area) = (cut, 0, box)
        }
        let names = shown.map(\.photo)
        let shares = Composition.shares(labels, seam, names, box: area)
        return Composition(
            image: image, canvas: canvas, reduction: choice.reduction, fieldOfView: choice.fieldOfView,
            tone: measured.tone, holes: measured.holes, empty: empty,
            frame: Composition.frame(canvas, box: area, hasAngles: choice.fieldOfView != nil), shares: shares,
            shown: Composition.shown(shares, even, names))
    }

    private mutating func draw(
        _ blend: TileBlend, _ canvas: Canvas, _ pieces: [SeamPiece], _ shown: [PlacedPhoto],
        _ progress: (StitchStage, Int, Int) throws -> Void
    ) throws -> (rgb: [UInt8], mask: [UInt8]) {
        var rgb = [UInt8](repeating: 0, count: canvas.width * canvas.height * 3)
        var mask = [UInt8](repeating: 0, count: canvas.width * canvas.height)
        for row in 0..<blend.rows {
            for column in 0..<blend.columns {
                try progress(.blend, row * blend.columns + column, blend.rows * blend.columns)
                let inside = blend.photos(column: column, row: row, pieces: pieces)
                let drawn = inside.compactMap { index in
                    decode(shown[index], share: share(shown[index], canvas)).map {
                        (
                            index: index,
                            photo: DrawnPhoto(
                                placed: shown[index], image: $0, mask: MaskCells(photos[shown[index].photo].mask))
                        )
                    }
                }
                let tile = blend.tile(column: column, row: row, photos: drawn)
                for line in 0..<tile.height {
                    let to = (tile.y + line) * canvas.width + tile.x
                    let from = line * tile.width
                    mask.replaceSubrange(to..<(to + tile.width), with: tile.mask[from..<(from + tile.width)])
                    rgb.replaceSubrange(
                        (to * 3)..<((to + tile.width) * 3), with: tile.rgb[(from * 3)..<((from + tile.width) * 3)])
                }
            }
        }
        return (rgb, mask)
    }

    private func choice(_ group: SolvedGroup) -> SurfaceChoice? {
        let plan = MemoryPlan(mebibytes: options.memoryMebibytes)
        let most = options.isPreview ? 1.5e6 : min(options.megapixels * 1e6, plan.canvasPixels)
        let limits = CanvasLimits(pixels: most)
        func placed(_ photo: Int, camera: Camera?, map: Matrix3?) -> PlacedPhoto? {
            guard let points = read[photo].points else { return nil }
            return PlacedPhoto(
                photo: photo, width: points.width, height: points.height, magnification: read[photo].magnification,
                camera: camera, map: map)
        }
        switch group.geometry {
        case .rotation(let cameras):
            let ordered = group.photos.compactMap { cameras[$0] }
            let upright = Straightening.upright(ordered)
            let turned = group.photos.compactMap { photo -> PlacedPhoto? in
                guard let camera = cameras[photo] else { return nil }
                let rotation = camera.rotation * upright.transposed
                return placed(
                    photo, camera: Camera(rotation: rotation, focal: camera.focal, lens: camera.lens), map: nil)
            }
            return SurfaceChoice.rotation(turned, wanted: options.surface, limits: limits)
        case .plane(_, let reference, let maps):
            let flat = group.photos.compactMap { placed($0, camera: nil, map: maps[$0]) }
            return SurfaceChoice.plane(flat, reference: reference, limits: limits)
        }
    }

    /// Small canvases need no large tiles.
    private func tileSide(_ canvas: Canvas) -> Int { max(canvas.width, canvas.height) <= 640 ? 640 : 1024 }

    /// The share of a photo's full size that a canvas shows.
    private func share(_ placed: PlacedPhoto, _ canvas: Canvas) -> Double {
        guard let camera = placed.camera else { return min(1, canvas.scale / placed.magnification * 1.1) }
        return min(1, canvas.scale / (camera.focal * placed.magnification) * 1.1)
    }

    /// A photo's pixels at a share of its size; the latest stay in memory, up to a third of what the job may take.
    private mutating func decode(_ placed: PlacedPhoto, share: Double) -> Image? {
        let (width, height) = (read[placed.photo].width, read[placed.photo].height)
        let wanted = max(1, Int(Double(width) * share))
        if let at = decoded.firstIndex(where: {
            $0.photo == placed.photo && $0.image.width >= wanted && $0.image.width <= wanted * 2
        }) {
            let kept = decoded.remove(at: at)
            decoded.append(kept)
            return kept.image
        }
        guard let image = PhotoIntake.decode(photos[placed.photo], width: width, height: height, share: share) else {
            return nil
        }
        decoded.append((placed.photo, image))
        decodedBytes += image.stride * image.height
        let most = options.memoryMebibytes * 1_048_576 / 3
        while decodedBytes > most, decoded.count > 1 {
            let gone = decoded.removeFirst()
            decodedBytes -= gone.image.stride * gone.image.height
        }
        return image
    }
}

extension Image {
    /// A packed picture of three bytes a pixel; nil when the count does not fit.
    init?(rgb: [UInt8], width: Int, height: Int) {
        guard let image = try? Image(width: width, height: height, format: .rgb8, bytes: rgb) else { return nil }
        self = image
    }
}

/// What a job of a given memory may draw.
package struct MemoryPlan: Sendable {
    /// Pixels of the largest canvas.
    package let canvasPixels: Double

    /// A plan for so many MiB: a base, a third for photos, one tile, and 8 bytes a pixel of the canvas.
    package init(mebibytes: Int) {
        let all = Double(max(64, mebibytes)) * 1_048_576
        let rest = all * 2 / 3 - 160 * 1_048_576
        canvasPixels = max(1e6, rest / 8)
    }
}
