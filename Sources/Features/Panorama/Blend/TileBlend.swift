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
    /// Side of a tile, a multiple of the coarsest level's cells.
    package let side: Int

    /// A drawing of `labels` on the small canvas, made full size.
    ///
    /// - Parameters:
    ///   - bends: Where each photo's box begins on the small canvas, and how its tone changes over it; empty where
    ///     nothing does.
    ///   - exposure: What is done to the light of the finished picture.
    package init(
        canvas: Canvas, seam: SeamCanvas, labels: [Int16], tones: [PhotoTone],
        bends: [(x: Int, y: Int, width: Int, grid: ToneGrid)] = [], exposure: ExposureField? = nil, side: Int = 1024
    ) {
        precondition(labels.count == seam.width * seam.height && side % Self.cell == 0 && side > 0)
        self.canvas = canvas
        self.seam = seam
        self.labels = labels
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

    /// One tile's pixels.
    package struct Tile: Sendable {
        /// Left column on the canvas.
        package let x: Int
        /// Upper row on the canvas.
        package let y: Int
        /// Columns.
        package let width: Int
        /// Rows.
        package let height: Int
        /// Three bytes a pixel.
        package let rgb: [UInt8]
        /// 255 where any photo shows the pixel.
        package let mask: [UInt8]
        /// Three levels a pixel before they became bytes; empty unless they were asked for.
        package let levels: [Float]
    }

    /// Where a tile lies on the canvas.
    func box(column: Int, row: Int) -> (x: Int, y: Int, width: Int, height: Int) {
        (
            column * side, row * side, min(side, canvas.width - column * side), min(side, canvas.height - row * side)
        )
    }

    /// The part of the canvas around a tile, in columns that may leave a closed canvas on both sides.
    private struct Frame {
        let x: Int
        let y: Int
        let width: Int
        let height: Int
    }

    private func frame(_ column: Int, _ row: Int) -> Frame {
        // Nothing lies beyond the edges of an open canvas.
        let beyond = canvas.isClosed ? halo : 0
        let x = max(-beyond, column * side - halo)
        let y = max(0, row * side - halo)
        let right = min(canvas.width + beyond, (column + 1) * side + halo)
        let bottom = min(canvas.height, (row + 1) * side + halo)
        return Frame(x: x, y: y, width: right - x, height: bottom - y)
    }

    /// Which photos lie in a tile: by the labels and boxes of the small canvas, generously.
    package func photos(column: Int, row: Int, pieces: [SeamPiece]) -> [Int] {
        let frame = frame(column, row)
        let left = frame.x / seam.step - 2
        let right = (frame.x + frame.width) / seam.step + 2
        let top = frame.y / seam.step - 1
        let bottom = (frame.y + frame.height) / seam.step + 1
        return pieces.indices.filter { index in
            let piece = pieces[index]
            guard piece.y - 1 <= bottom, piece.y + piece.height + 1 >= top else { return false }
            let shifts = canvas.isClosed ? [-seam.width, 0, seam.width] : [0]
            return shifts.contains { piece.x + $0 - 1 <= right && piece.x + piece.width + $0 + 1 >= left }
        }
    }

    /// Draws a tile from the photos that lie in it.
    ///
    /// - Parameter isDeep: Whether the levels before they become bytes are wanted as well.
    package func tile(
        column: Int, row: Int, photos: [(index: Int, photo: DrawnPhoto)], isDeep: Bool = false
    ) -> Tile {
        let frame = frame(column, row)
        let shown = claims(frame, photos)
        var pyramid = BandPyramid(width: frame.width, height: frame.height, levels: levels, wraps: false)
        for (index, photo) in photos {
            add(photo, index, shown, frame, to: &pyramid)
        }
        let rgb: [UInt8]
        let mask: [UInt8]
        var shades: [Float] = []
        if isDeep {
            (rgb, mask, shades) = pyramid.settledDeep(factors: factors(frame))
        } else {
            (rgb, mask) = pyramid.settled(factors: factors(frame))
        }
        let width = min(side, canvas.width - column * side)
        let height = min(side, canvas.height - row * side)
        let (dx, dy) = (column * side - frame.x, row * side - frame.y)
        var out = [UInt8](repeating: 0, count: width * height * 3)
        var covered = [UInt8](repeating: 0, count: width * height)
        var deep = [Float](repeating: 0, count: isDeep ? width * height * 3 : 0)
        for line in 0..<height {
            let from = (line + dy) * frame.width + dx
            if isDeep {
                deep.replaceSubrange(
                    (line * width * 3)..<((line + 1) * width * 3), with: shades[(from * 3)..<((from + width) * 3)])
            }
            covered.replaceSubrange((line * width)..<((line + 1) * width), with: mask[from..<(from + width)])
            out.replaceSubrange(
                (line * width * 3)..<((line + 1) * width * 3), with: rgb[(from * 3)..<((from + width) * 3)])
        }
        return Tile(
            x: column * side, y: row * side, width: width, height: height, rgb: out, mask: covered, levels: deep)
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
        for line in 0..<frame.height {
            let small = min((frame.y + line) / seam.step, seam.height - 1) * seam.width
            for column in inside {
                let on = (frame.x + column + canvas.width) % canvas.width
                wanted[column] = labels[small + min(on / seam.step, seam.width - 1)]
            }
            for (index, photo) in photos {
                guard let view = photo.view else { continue }
                let from = frame.x + halo + inside.lowerBound
                grid.places(view, row: frame.y + line, columns: from..<(from + inside.count), x: &x, y: &y)
                photo.mask?.hide(
                    &x, &y, count: inside.count, width: photo.image.width, height: photo.image.height)
                claims.claim(
                    photo: Int16(index), width: photo.image.width, height: photo.image.height, x: x, y: y,
                    count: inside.count, wanted: wanted, from: inside.lowerBound,
                    at: line * frame.width + inside.lowerBound)
            }
        }
        return claims.labels
    }

    private func add(
        _ photo: DrawnPhoto, _ index: Int, _ shown: [Int16], _ frame: Frame, to pyramid: inout BandPyramid
    ) {
        guard let view = photo.view, let box = box(Int16(index), shown, frame) else { return }
        let tone = tones[index]
        let samples = photo.image.format == .gray8 ? 1 : 3
        var pixels = [Float](repeating: 0, count: box.width * box.height * 4)
        var weights = [Float](repeating: 0, count: box.width * box.height)
        var (x, y) = ([Float](repeating: 0, count: box.width), [Float](repeating: 0, count: box.width))
        for line in 0..<box.height {
            let from = frame.x + box.x + halo
            grid.places(view, row: frame.y + box.y + line, columns: from..<(from + box.width), x: &x, y: &y)
            photo.mask?.hide(&x, &y, count: box.width, width: photo.image.width, height: photo.image.height)
            guard let map = try? PlaceMap(width: box.width, height: 1, x: x, y: y) else { continue }
            let row = photo.image.warped(by: map).image
            row.withPixels { span in
                liftPixels(
                    span, samples: samples, x: x, y: y, count: box.width, width: photo.image.width,
                    height: photo.image.height, gains: tone.gains, falloff: (tone.falloff.x, tone.falloff.y),
                    into: &pixels, at: line * box.width)
            }
            bend(&pixels, at: line * box.width, count: box.width, index, x: frame.x + box.x, y: frame.y + box.y + line)
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
