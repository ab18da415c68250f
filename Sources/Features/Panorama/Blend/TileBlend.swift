internal import Imaging
package import Kernels

/// Draws the canvas tile by tile: who shows each pixel, and the photos' bands put together.
///
/// A tile is drawn with a border of 4 (2^L - 1) pixels around it, half for reducing and half for expanding, so that it
/// is the same as if the whole canvas were drawn at once.
package struct TileBlend: Sendable {
    /// Levels of the pyramid on a canvas, the last one included: 7, on a small one 6, whose bands are as broad a share.
    package static func levels(_ canvas: Canvas) -> Int { canvas.width * canvas.height > smallCanvas ? 7 : 6 }
    /// Pixels around a tile, a multiple of the coarsest level's cells.
    package static func halo(_ canvas: Canvas) -> Int { 1 << (levels(canvas) + 1) }
    private static let smallCanvas = 2_000_000
    /// Sides of tiles are multiples of the coarsest cells of any canvas.
    private static let cell = 64

    private let levels: Int
    private let halo: Int
    private let canvas: Canvas
    private let seam: SeamCanvas
    private let labels: [Int16]
    private let tones: [PhotoTone]
    private let bends: [(x: Int, y: Int, width: Int, grid: ToneGrid)]
    private let exposure: ExposureField?
    private let grid: SurfaceGrid
    private let pieces: [SeamPiece]
    /// Side of a tile, a multiple of the coarsest level's cells.
    package let side: Int

    /// A drawing of `labels` on the small canvas, made full size.
    ///
    /// - Parameters:
    ///   - bends: Where each photo's box begins on the small canvas, and how its tone changes over it; empty where
    ///     nothing does.
    ///   - exposure: What is done to the light of the finished picture.
    package init(
        canvas: Canvas, seam: SeamCanvas, labels: [Int16], pieces: [SeamPiece], tones: [PhotoTone],
        bends: [(x: Int, y: Int, width: Int, grid: ToneGrid)] = [], exposure: ExposureField? = nil, side: Int = 1024
    ) {
        precondition(labels.count == seam.width * seam.height && side % Self.cell == 0 && side > 0)
        self.canvas = canvas
        self.seam = seam
        self.labels = labels
        self.pieces = pieces
        self.tones = tones
        self.bends = bends
        self.exposure = exposure
        self.side = side
        levels = Self.levels(canvas)
        halo = Self.halo(canvas)
        grid = canvas.grid(margin: halo)
    }

    /// The side with which the fewest pixels are drawn, borders counted, and no tile takes more memory than it may.
    package static func side(_ canvas: Canvas, memoryMebibytes: Int) -> Int {
        let most = MemoryPlan(mebibytes: memoryMebibytes).tilePixels
        let halo = halo(canvas)
        func spans(_ length: Int, _ side: Int, isRound: Bool) -> [Int] {
            stride(from: 0, to: length, by: side).map { from in
                isRound
                    ? min(length + halo, from + side + halo) - (from - halo)
                    : min(length, from + side + halo) - max(0, from - halo)
            }
        }
        var best = (side: 640, cost: Int.max)
        for side in stride(from: 320, through: 4096, by: cell) {
            let (across, down) = (
                spans(canvas.width, side, isRound: canvas.isClosed), spans(canvas.height, side, isRound: false)
            )
            let cost = across.reduce(0, +) * down.reduce(0, +)
            if (across.max() ?? 0) * (down.max() ?? 0) <= most, cost < best.cost { best = (side, cost) }
        }
        return best.side
    }

    /// Tiles from left to right.
    package var columns: Int { (canvas.width + side - 1) / side }
    /// Tiles from top to bottom.
    package var rows: Int { (canvas.height + side - 1) / side }

    /// Where a tile lies on the canvas.
    func box(column: Int, row: Int) -> (x: Int, y: Int, width: Int, height: Int) {
        (
            column * side, row * side, min(side, canvas.width - column * side), min(side, canvas.height - row * side)
        )
    }

    /// The part of the canvas around a tile, in columns that may leave a closed canvas on both sides.
    struct Frame {
        let x: Int
        let y: Int
        let width: Int
        let height: Int

        init(x: Int, y: Int, width: Int, height: Int) {
            (self.x, self.y, self.width, self.height) = (x, y, width, height)
        }

        init(x: Int, y: Int, right: Int, bottom: Int) {
            self.init(x: x, y: y, width: right - x, height: bottom - y)
        }
    }

    private func frame(_ column: Int, _ row: Int) -> Frame {
        // Nothing lies beyond the edges of an open canvas.
        let beyond = canvas.isClosed ? halo : 0
        let x = max(-beyond, column * side - halo)
        let y = max(0, row * side - halo)
        let right = min(canvas.width + beyond, (column + 1) * side + halo)
        let bottom = min(canvas.height, (row + 1) * side + halo)
        return Frame(x: x, y: y, right: right, bottom: bottom)
    }

    /// Which photos lie in a tile: by their boxes on the small canvas, generously.
    package func photos(column: Int, row: Int) -> [Int] {
        let frame = frame(column, row)
        return pieces.indices.filter { !reach(of: $0, in: frame, 0..<frame.width).columns.isEmpty }
    }

    /// The lines of a frame on which a photo may lie, and its columns there, generously, from left to right.
    private func reach(
        of photo: Int, in frame: Frame, _ inside: Range<Int>
    ) -> (lines: Range<Int>, columns: [Range<Int>]) {
        let (piece, step) = (pieces[photo], seam.step)
        let lines = ((piece.y - 2) * step - frame.y..<(piece.y + piece.height + 2) * step - frame.y)
            .clamped(to: 0..<frame.height)
        guard !lines.isEmpty else { return (lines, []) }
        let across = (piece.x - 3) * step - frame.x..<(piece.x + piece.width + 3) * step - frame.x
        guard canvas.isClosed else { return (lines, [across.clamped(to: inside)].filter { !$0.isEmpty }) }
        // A box that goes nearly all round would meet itself.
        guard across.count < canvas.width else { return (lines, [inside]) }
        let spans = [-2, -1, 0, 1].map { turn in
            (across.lowerBound + turn * canvas.width..<across.upperBound + turn * canvas.width).clamped(to: inside)
        }
        return (lines, spans.filter { !$0.isEmpty })
    }

    /// Draws a tile from the photos that lie in it.
    ///
    /// - Parameter isDeep: Whether the levels before they become bytes are wanted as well.
    package func tile(
        column: Int, row: Int, photos: [(index: Int, photo: DrawnPhoto)], isDeep: Bool = false
    ) -> Tile {
        let frame = frame(column, row)
        let shown = claims(frame, photos)
        var tile = Tile(box(column: column, row: row), isDeep: isDeep)
        let (dx, dy) = (tile.x - frame.x, tile.y - frame.y)
        let cells = BlendCells(labels: shown, width: frame.width, height: frame.height, halo: halo)
        let side = BlendCells.side
        let across = (dx / side)..<((dx + tile.width + side - 1) / side)
        let down = (dy / side)..<((dy + tile.height + side - 1) / side)
        for part in cells.busyParts(columns: across, rows: down) {
            let around = Frame(
                x: frame.x + max(0, part.columns.lowerBound * side - halo),
                y: frame.y + max(0, part.rows.lowerBound * side - halo),
                right: frame.x + min(frame.width, part.columns.upperBound * side + halo),
                bottom: frame.y + min(frame.height, part.rows.upperBound * side + halo))
            let settled = banded(photos, cut(shown, frame, around), around, isDeep: isDeep)
            for cell in part.rows {
                for run in cells.runs(row: cell, columns: part.columns) where run.owner == BlendCells.busy {
                    let piece = area(run.columns, row: cell, of: tile, in: frame)
                    for line in piece.rows {
                        tile.take(settled, piece.columns, line: line, from: around)
                    }
                }
            }
        }
        for cell in down {
            for run in cells.runs(row: cell, columns: across) where run.owner >= 0 && run.owner != BlendCells.busy {
                guard let photo = photos.first(where: { $0.index == Int(run.owner) })?.photo else { continue }
                let piece = area(run.columns, row: cell, of: tile, in: frame)
                alone(photo, Int(run.owner), piece, into: &tile)
            }
        }
        return tile
    }

    /// The pixels of a tile in a run of cells, in places of the canvas.
    private func area(
        _ columns: Range<Int>, row: Int, of tile: Tile, in frame: Frame
    ) -> (columns: Range<Int>, rows: Range<Int>) {
        let side = BlendCells.side
        let across = (frame.x + columns.lowerBound * side)..<(frame.x + columns.upperBound * side)
        let down = (frame.y + row * side)..<(frame.y + (row + 1) * side)
        return (across.clamped(to: tile.x..<(tile.x + tile.width)), down.clamped(to: tile.y..<(tile.y + tile.height)))
    }

    /// The labels of a part of a frame.
    private func cut(_ shown: [Int16], _ frame: Frame, _ part: Frame) -> [Int16] {
        if part.width == frame.width, part.height == frame.height { return shown }
        var out: [Int16] = []
        out.reserveCapacity(part.width * part.height)
        for line in 0..<part.height {
            let from = (part.y - frame.y + line) * frame.width + part.x - frame.x
            out += shown[from..<(from + part.width)]
        }
        return out
    }

    /// What lies near seams: the photos' bands put together.
    private func banded(
        _ photos: [(index: Int, photo: DrawnPhoto)], _ shown: [Int16], _ frame: Frame, isDeep: Bool
    ) -> (rgb: [UInt8], mask: [UInt8], levels: [Float]) {
        var pyramid = BandPyramid(width: frame.width, height: frame.height, levels: levels, wraps: false)
        for (index, photo) in photos {
            add(photo, index, shown, frame, to: &pyramid)
        }
        if isDeep { return pyramid.settledDeep(factors: factors(frame)) }
        let (rgb, mask) = pyramid.settled(factors: factors(frame))
        return (rgb, mask, [])
    }

    /// What one photo shows far from all seams.
    private func alone(
        _ photo: DrawnPhoto, _ index: Int, _ piece: (columns: Range<Int>, rows: Range<Int>), into tile: inout Tile
    ) {
        let count = piece.columns.count
        guard count > 0, !piece.rows.isEmpty, let view = photo.view else { return }
        var pixels = [Float](repeating: 0, count: count * 4)
        var (x, y) = ([Float](repeating: 0, count: count), [Float](repeating: 0, count: count))
        for line in piece.rows {
            lift(
                photo, view, index, column: piece.columns.lowerBound, line: line, count: count, &x, &y, into: &pixels,
                at: 0)
            let factors = factors(Frame(x: piece.columns.lowerBound, y: line, width: count, height: 1))
            tile.settle(pixels, factors, count: count, column: piece.columns.lowerBound, line: line)
        }
    }

    /// A row of a photo as the canvas shows it, in its tone: colour times weight and weight.
    private func lift(
        _ photo: DrawnPhoto, _ view: PlaceView, _ index: Int, column: Int, line: Int, count: Int, _ x: inout [Float],
        _ y: inout [Float], into pixels: inout [Float], at place: Int
    ) {
        let from = column + halo
        grid.places(view, row: line, columns: from..<(from + count), x: &x, y: &y)
        photo.mask?.hide(&x, &y, count: count, width: photo.image.width, height: photo.image.height)
        let (image, tone) = (photo.image, tones[index])
        image.withPixels { span in
            liftPixels(
                span, samples: image.format == .gray8 ? 1 : 3, width: image.width, height: image.height,
                stride: image.stride, light: PhotoLight(gains: tone.gains, falloff: (tone.falloff.x, tone.falloff.y)),
                x: x, y: y, count: count, into: &pixels, at: place)
        }
        bend(&pixels, at: place, count: count, index, x: column, y: line)
    }

    private func factors(_ frame: Frame) -> [Float] {
        guard let exposure else { return [] }
        var factors = [Float](repeating: 1, count: frame.width * frame.height)
        let pace = 1 / Float(seam.step)
        for line in 0..<frame.height {
            exposure.fill(
                &factors, at: line * frame.width, count: frame.width, x: (Float(frame.x) + 0.5) * pace - 0.5,
                pace: pace, y: (Float(frame.y + line) + 0.5) * pace - 0.5)
        }
        return factors
    }

    /// The photo that shows each pixel of a frame: the small canvas' wish where it is valid, else the deepest.
    private func claims(_ frame: Frame, _ photos: [(index: Int, photo: DrawnPhoto)]) -> [Int16] {
        var claims = PixelClaims(count: frame.width * frame.height)
        var (x, y) = ([Float](repeating: 0, count: frame.width), [Float](repeating: 0, count: frame.width))
        let inside =
            canvas.isClosed
            ? 0..<frame.width : max(0, -frame.x)..<min(frame.width, canvas.width - frame.x)
        var wanted = [Int16](repeating: -1, count: frame.width)
        let small = inside.map { min((frame.x + $0 + canvas.width) % canvas.width / seam.step, seam.width - 1) }
        let reached = photos.map { reach(of: $0.index, in: frame, inside) }
        for line in 0..<frame.height {
            let row = min((frame.y + line) / seam.step, seam.height - 1) * seam.width
            for (at, column) in small.enumerated() { wanted[inside.lowerBound + at] = labels[row + column] }
            for ((index, photo), reached) in zip(photos, reached) where reached.lines.contains(line) {
                guard let view = photo.view else { continue }
                for span in reached.columns {
                    let from = frame.x + halo + span.lowerBound
                    grid.places(view, row: frame.y + line, columns: from..<(from + span.count), x: &x, y: &y)
                    photo.mask?.hide(&x, &y, count: span.count, width: photo.image.width, height: photo.image.height)
                    claims.claim(
                        photo: Int16(index), width: photo.image.width, height: photo.image.height, x: x, y: y,
                        count: span.count, wanted: wanted, from: span.lowerBound,
                        at: line * frame.width + span.lowerBound)
                }
            }
        }
        return claims.labels
    }

    private func add(
        _ photo: DrawnPhoto, _ index: Int, _ shown: [Int16], _ frame: Frame, to pyramid: inout BandPyramid
    ) {
        guard let view = photo.view, let box = box(Int16(index), shown, frame) else { return }
        var pixels = [Float](repeating: 0, count: box.width * box.height * 4)
        var weights = [Float](repeating: 0, count: box.width * box.height)
        var (x, y) = ([Float](repeating: 0, count: box.width), [Float](repeating: 0, count: box.width))
        for line in 0..<box.height {
            lift(
                photo, view, index, column: frame.x + box.x, line: frame.y + box.y + line, count: box.width, &x, &y,
                into: &pixels, at: line * box.width)
            let start = (box.y + line) * frame.width + box.x
            for column in 0..<box.width where shown[start + column] == Int16(index) {
                weights[line * box.width + column] = 1
            }
        }
        pyramid.add(
            pixels, weights: weights, column: box.x, row: box.y, width: box.width, height: box.height, wraps: false)
    }

    /// Changes the tone of a row of a photo that begins at a column of the canvas, maybe beyond its ends.
    private func bend(_ pixels: inout [Float], at place: Int, count: Int, _ index: Int, x: Int, y: Int) {
        guard bends.indices.contains(index) else { return }
        let bend = bends[index]
        let step = 1 / Float(seam.step)
        func small(_ pixel: Int) -> Float { (Float(pixel) + 0.5) * step - 0.5 }
        let line = bend.grid.line(at: small(y) - Float(bend.y))
        var done = 0
        while done < count {
            var from = small(x + done) - Float(bend.x)
            var run = count - done
            if canvas.isClosed {
                // The box and what lies beside it, cut where the far side of the canvas is.
                let round = Float(seam.width)
                let beside = (round - Float(bend.width)) / 2
                from -= ((from + beside) / round).rounded(.down) * round
                run = min(run, max(1, Int(((Float(bend.width) + beside - from) / step).rounded(.up))))
            }
            bend.grid.bend(&pixels, at: place + done, count: run, line: line, x: from, step: step)
            done += run
        }
    }

    /// The box of a photo's pixels with the border that its bands need, on whole cells.
    private func box(_ label: Int16, _ shown: [Int16], _ frame: Frame) -> PixelBox? {
        var (left, right, top, bottom) = (frame.width, -1, frame.height, -1)
        for line in 0..<frame.height {
            let row = shown[(line * frame.width)..<((line + 1) * frame.width)]
            guard let first = row.firstIndex(of: label), let last = row.lastIndex(of: label) else { continue }
            left = min(left, first - row.startIndex)
            right = max(right, last - row.startIndex)
            top = min(top, line)
            bottom = line
        }
        guard right >= left else { return nil }
        let cell = Self.cell
        let x = max(0, left - halo) / cell * cell
        let y = max(0, top - halo) / cell * cell
        return PixelBox(
            x: x, y: y, width: min(frame.width, right + halo) - x,
            height: min(frame.height, bottom + halo) - y)
    }
}
