import Foundation
package import Imaging
internal import Kernels

/// A finished panorama: its pixels and what was measured while drawing it.
package struct Composition: Sendable {
    /// The picture.
    package let image: Image
    /// Its levels before they became bytes, 1 is white; nil unless they were asked for.
    package let deep: FloatImage?
    /// The canvas it was drawn on, before the crop.
    package let canvas: Canvas
    /// Factor that limits forced.
    package let reduction: Double
    /// How many times finer it is drawn than most photos are.
    package let finer: Double
    /// Angles in degrees; nil for planes.
    package let fieldOfView: (across: Double, down: Double)?
    /// Steps of tone along the seams.
    package let tone: GroupVerdict.Tone
    /// Empty areas inside.
    package let holes: Int
    /// The share of the seams at which the two photos show different things.
    package let torn: Double
    /// Empty pixels in the picture.
    package let empty: Int
    /// How its pixels relate to directions.
    package let frame: PanoramaFrame
    /// Who shows what.
    package let shares: PanoramaShares
    /// For each photo, the share of what it could show that is shown of it.
    package let shown: [Int: Double]
    /// The photo that each pixel of the small canvas shows, among the prepared ones.
    package let labels: [Int16]
}

/// The photo that each pixel of the small canvas is to show, and what that depends on.
struct ChosenPixels {
    let labels: [Int16]
    let key: String
}

/// Draws a solved group.
package struct GroupComposer: Sendable {
    private let read: [ReadPhoto]
    let masks: [MaskCells?]
    private let options: StitchOptions
    var shelf: PhotoShelf

    /// A composer of photos that were read.
    package init(photos: [StitchPhoto], read: [ReadPhoto], options: StitchOptions) {
        self.read = read
        masks = photos.map { MaskCells($0.mask) }
        self.options = options
        shelf = PhotoShelf(photos: photos, read: read, memoryMebibytes: options.memoryMebibytes)
    }

    /// The group on its small canvas, with gains evened; nil when no canvas can hold it.
    package mutating func prepare(
        _ group: SolvedGroup, progress: (StitchStage, Int, Int) throws -> Void
    ) throws -> PreparedGroup? {
        guard let choice = choice(group, down: plumb(group)) else { return nil }
        bend(group)
        return try prepare(choice, progress: progress)
    }

    /// The same for photos that are placed already.
    package mutating func prepare(
        _ choice: SurfaceChoice, progress: (StitchStage, Int, Int) throws -> Void
    ) throws -> PreparedGroup? {
        let seam = SeamCanvas(choice.canvas)
        var pieces: [(piece: SeamPiece, radii: [Float])] = []
        var shown: [PlacedPhoto] = []
        var included: [Set<Int>] = []
        for (index, placed) in choice.photos.enumerated() {
            try progress(.select, index, choice.photos.count)
            guard let image = shelf.image(placed.photo, share: share(placed, choice.canvas) / Double(seam.step)) else {
                continue
            }
            let drawn = DrawnPhoto(placed: placed, image: image, mask: masks[placed.photo])
            guard let piece = seam.piece(drawn) else { continue }
            pieces.append(piece)
            shown.append(placed)
            included.append(seam.included(drawn))
        }
        guard !pieces.isEmpty else { return nil }
        var tones = GainVignette.solve(pieces, width: seam.width, isClosed: seam.isClosed)
        let exposure = ExposureField(
            pieces.map(\.piece), tones: tones, width: seam.width, height: seam.height, isClosed: seam.isClosed)
        let factor = Headroom.factor(pieces, tones: tones, exposure: exposure)
        for index in tones.indices { tones[index].gains = tones[index].gains.map { $0 * factor } }
        let toned = zip(pieces, tones).map { $0.0.piece.toned($0.1, radii: $0.0.radii) }
        let even = IncludedAreas.win(toned, included, width: seam.width)
        return PreparedGroup(
            choice: choice, seam: seam, shown: shown, pieces: even, tones: tones, exposure: exposure)
    }

    /// Chooses pixels and draws.
    package mutating func compose(
        _ group: PreparedGroup, objective: ImageObjective? = nil, progress: (StitchStage, Int, Int) throws -> Void
    ) throws -> Composition? {
        try draw(group, try choose(group, objective: objective, stages: nil), stages: nil, progress: progress)
    }

    /// Chooses pixels, or finds that they were chosen before.
    func choose(_ group: PreparedGroup, objective: ImageObjective? = nil, stages: GroupStages?) throws -> ChosenPixels {
        let wish = objective ?? options.objective
        let selection = PixelSelection(method: method(wish), objective: wish)
        // Who asks for a thing in a certain photo may have it from a coarse one.
        let sheet = wish == .seams ? group.finestSheet : group.sheet
        guard let stages else { return ChosenPixels(labels: selection.labels(sheet), key: "") }
        let key = stages.labelKey(group, selection, bent: options.alignsLocally)
        return ChosenPixels(labels: try stages.labels(key, group.sheet) { selection.labels(sheet) }, key: key)
    }

    /// Draws what was chosen.
    mutating func draw(
        _ group: PreparedGroup, _ chosen: ChosenPixels, stages: GroupStages?,
        progress: (StitchStage, Int, Int) throws -> Void
    ) throws -> Composition? {
        let (canvas, seam, labels) = (group.choice.canvas, group.seam, chosen.labels)
        // The promise that nothing which a photo shows is missing, whatever the method was.
        precondition(uncovered(labels, group.sheet) == 0, "labels must cover what the photos cover")
        let tone = ToneChange(
            options.tone, pieces: group.pieces, labels: labels, width: seam.width, height: seam.height,
            isClosed: seam.isClosed, step: seam.step)
        var drawn = DrawnCanvas()
        if blend == .bands {
            let blend = TileBlend(
                canvas: canvas, seam: seam, labels: labels, pieces: group.pieces, tones: group.tones, bends: tone.bends,
                exposure: group.exposure,
                side: TileBlend.side(canvas, memoryMebibytes: options.memoryMebibytes))
            let kept = options.keepsDepth ? nil : stages
            let key = kept?.tileKey(chosen.key, tone: options.tone, side: blend.side) ?? ""
            drawn = try draw(
                blend, canvas, group, progress,
                find: { column, row in
                    kept?.tile(key, column: column, row: row, box: blend.box(column: column, row: row))
                }, keep: { try kept?.keep($0, key, column: $1, row: $2) })
        } else {
            drawn = try drawWhole(group, labels, tone, progress)
        }
        guard let whole = Image(rgb: drawn.rgb, width: canvas.width, height: canvas.height) else { return nil }
        drawn.rgb = []
        var (image, empty) = (whole, drawn.mask.count { $0 == 0 })
        var area = (x: 0, y: 0, width: canvas.width, height: canvas.height)
        if options.crops,
            let box = AutoCrop.rectangle(
                drawn.mask, width: canvas.width, height: canvas.height, isClosed: canvas.isClosed),
            let cut = try? whole.cropped(to: PixelBox(x: box.x, y: box.y, width: box.width, height: box.height))
        {
            (image, empty, area) = (cut, 0, box)
        }
        let names = group.shown.map(\.photo)
        let shares = Composition.shares(labels, seam, names, box: area)
        let deep = drawn.deep(area, width: canvas.width)
        return Composition(
            image: image, deep: deep, canvas: canvas, reduction: group.choice.reduction, finer: group.choice.finer,
            fieldOfView: group.choice.fieldOfView, tone: tone.measured.tone, holes: tone.measured.holes,
            torn: tone.measured.torn, empty: empty,
            frame: Composition.frame(canvas, box: area, hasAngles: group.choice.fieldOfView != nil), shares: shares,
            shown: Composition.shown(shares, group.pieces, names), labels: labels)
    }

    /// A preview makes do with seams by dynamic programming and two bands, unless something else was asked for.
    private func method(_ wish: ImageObjective) -> SelectionMethod {
        options.isPreview && options.selection == .cut && wish == .seams ? .path : options.selection
    }

    private var blend: BlendMethod {
        options.isPreview && options.blend == .bands && !options.keepsDepth ? .twoBands : options.blend
    }

    /// Finds how photos must be bent to meet, when that was asked for.
    private mutating func bend(_ group: SolvedGroup) {
        shelf.fields = [:]
        guard options.alignsLocally else { return }
        let points = read.map { $0.points ?? .none }
        let (photos, kept) = (read, shelf)
        shelf.fields = LocalAlignment().fields(group, points: points) { photo in
            photos[photo].points.flatMap { kept.plane(photo, like: $0) }
        }
    }

    private mutating func draw(
        _ blend: TileBlend, _ canvas: Canvas, _ group: PreparedGroup,
        _ progress: (StitchStage, Int, Int) throws -> Void, find: (Int, Int) -> TileBlend.Tile?,
        keep: (TileBlend.Tile, Int, Int) throws -> Void
    ) throws -> DrawnCanvas {
        var drawing = DrawnCanvas(canvas, isDeep: options.keepsDepth)
        for row in 0..<blend.rows {
            for column in 0..<blend.columns {
                try progress(.blend, row * blend.columns + column, blend.rows * blend.columns)
                if let known = find(column, row) {
                    drawing.put(known, canvas.width)
                    continue
                }
                let inside = blend.photos(column: column, row: row)
                var drawn: [(index: Int, photo: DrawnPhoto)] = []
                for index in inside {
                    let placed = group.shown[index]
                    guard let image = shelf.image(placed.photo, share: share(placed, canvas)) else { continue }
                    drawn.append((index, DrawnPhoto(placed: placed, image: image, mask: masks[placed.photo])))
                }
                let tile = blend.tile(column: column, row: row, photos: drawn, isDeep: options.keepsDepth)
                try keep(tile, column, row)
                drawing.put(tile, canvas.width)
            }
        }
        return drawing
    }

    /// Draws with all photos at full size side by side, for methods that need more than a tile of them.
    private mutating func drawWhole(
        _ group: PreparedGroup, _ labels: [Int16], _ tone: ToneChange,
        _ progress: (StitchStage, Int, Int) throws -> Void
    ) throws -> DrawnCanvas {
        let canvas = group.choice.canvas
        let full = SeamCanvas(canvas, pixels: .max)
        var pieces: [SeamPiece] = []
        var layers: [Int] = []
        for (index, placed) in group.shown.enumerated() {
            try progress(.blend, index, group.shown.count)
            guard let image = shelf.image(placed.photo, share: share(placed, canvas)),
                let made = full.piece(DrawnPhoto(placed: placed, image: image, mask: masks[placed.photo]))
            else { continue }
            var piece = made.piece.toned(
                group.tones[index], radii: made.radii, exposure: group.exposure, step: group.seam.step)
            if tone.grids.indices.contains(index) {
                piece = tone.grids[index].bent(
                    piece, box: group.pieces[index], step: group.seam.step, width: group.seam.width)
            }
            pieces.append(piece)
            layers.append(index)
        }
        let sheet = LayerSheet(pieces: pieces, width: full.width, height: full.height, wraps: full.isClosed)
        var back = [Int16](repeating: -1, count: group.shown.count)
        for (layer, index) in layers.enumerated() { back[index] = Int16(layer) }
        var wanted = [Int16](repeating: -1, count: full.width * full.height)
        for y in 0..<full.height {
            let small = min(y / group.seam.step, group.seam.height - 1) * group.seam.width
            for x in 0..<full.width {
                let label = labels[small + min(x / group.seam.step, group.seam.width - 1)]
                wanted[y * full.width + x] = label < 0 ? -1 : back[Int(label)]
            }
        }
        _ = sheet.repair(&wanted, pieces.map { $0.depth.map { Float($0) } })
        precondition(uncovered(wanted, sheet) == 0, "labels must cover what the photos cover")
        let made = LayerBlend(method: blend).blended(sheet, labels: wanted)
        return DrawnCanvas(rgb: made.rgb, mask: made.mask)
    }

    private func choice(_ group: SolvedGroup, down: Vector3?) -> SurfaceChoice? {
        let plan = MemoryPlan(mebibytes: options.memoryMebibytes)
        // Methods that hold all photos at once take some 40 bytes a pixel of each.
        var room = blend == .bands ? plan.canvasPixels : plan.canvasPixels / 12
        // Levels as floats, their crop and the file; a layer at full size with its places, and the archive.
        if options.keepsDepth { room /= 6 }
        if options.keepsLayers { room /= 5 }
        let most = options.isPreview ? min(1.5e6, room) : min(options.megapixels * 1e6, room)
        return PlacedPhoto.choice(
            group, read: read, surface: options.surface, limits: CanvasLimits(pixels: most), down: down)
    }

    /// Where down is by the vertical lines that the photos show; nil for planes, rings, and where too few agree.
    private mutating func plumb(_ group: SolvedGroup) -> Vector3? {
        guard case .rotation(let cameras) = group.geometry else { return nil }
        let ordered = group.photos.compactMap { cameras[$0] }
        // All round, the turn itself tells what is level.
        guard Straightening.reach(ordered) < 2 * .pi / 3 else { return nil }
        var lines: [UprightLine] = []
        for photo in group.photos {
            guard let camera = cameras[photo], let points = read[photo].points,
                let plane = shelf.shownPlane(photo, like: points)
            else { continue }
            lines += UprightLine.of(plane, camera: camera, halfDiagonal: points.halfDiagonal)
        }
        return UprightLine.down(lines, near: Straightening.upright(ordered).second)
    }

    /// The share of a photo's full size that a canvas shows.
    func share(_ placed: PlacedPhoto, _ canvas: Canvas) -> Double {
        guard let camera = placed.camera else { return min(1, canvas.scale / placed.magnification * 1.1) }
        return min(1, canvas.scale / (camera.focal * placed.magnification) * 1.1)
    }
}

extension Image {
    /// A packed picture of three bytes a pixel; nil when the count does not fit.
    init?(rgb: [UInt8], width: Int, height: Int) {
        guard let image = try? Image(width: width, height: height, format: .rgb8, bytes: rgb) else { return nil }
        self = image
    }
}
