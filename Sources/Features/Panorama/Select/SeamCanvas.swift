package import Imaging
package import Kernels

/// A photo to draw: its pixels at some size, and where it lies.
package struct DrawnPhoto: Sendable {
    /// Where it lies.
    package let placed: PlacedPhoto
    /// Its pixels, grey or colours.
    package let image: Image
    /// What of it must not be shown, and what must be.
    package let mask: MaskCells?

    /// A photo.
    package init(placed: PlacedPhoto, image: Image, mask: MaskCells? = nil) {
        self.placed = placed
        self.image = image
        self.mask = mask
    }

    /// How rays of the surface become its pixels.
    package var view: PlaceView? {
        let across = Double(image.width) / placed.width
        let centre = (x: Double(image.width - 1) / 2, y: Double(image.height - 1) / 2)
        if let camera = placed.camera {
            let half = placed.halfDiagonal * across
            return PlaceView(
                matrix: camera.rotation.values, focal: camera.focal * across, lens: camera.lens / (half * half),
                centre: centre)
        }
        guard let back = placed.map?.inverse else { return nil }
        // Signs: the third row must be positive in front.
        let sized = Matrix3.diagonal(across, across, 1) * back
        let front = back.third.z < 0 ? sized * -1 : sized
        return PlaceView(matrix: front.values, focal: 1, lens: 0, centre: centre)
    }
}

/// The small canvas on which tone is compared and seams are found.
package struct SeamCanvas: Sendable {
    /// Pixels of the canvas a pixel of this one.
    package let step: Int
    /// Columns.
    package let width: Int
    /// Rows.
    package let height: Int
    /// Whether its columns wrap.
    package let isClosed: Bool
    private let grid: SurfaceGrid

    /// The small canvas of at most so many pixels.
    package init(_ canvas: Canvas, pixels: Int = 400_000) {
        var step = 1
        while step < 32, (canvas.width / step) * (canvas.height / step) > pixels { step *= 2 }
        self.step = step
        width = (canvas.width + step - 1) / step
        height = (canvas.height + step - 1) / step
        isClosed = canvas.isClosed
        grid = canvas.grid(step: step)
    }

    /// A photo on it, or nil where it shows nothing. `radii` are squared distances from the middle, 1 in the corners.
    package func piece(_ photo: DrawnPhoto) -> (piece: SeamPiece, radii: [Float])? {
        guard let places = places(of: photo), let box = places.box(photo.image, isClosed: isClosed) else { return nil }
        return places.cut(box, photo.image)
    }

    /// The pixels on which a photo must be shown.
    package func included(_ photo: DrawnPhoto) -> Set<Int> {
        guard let mask = photo.mask, mask.includes, let places = places(of: photo) else { return [] }
        return Set(
            places.x.indices.filter { at in
                mask.includes(
                    x: Double(places.x[at]), y: Double(places.y[at]), width: photo.image.width,
                    height: photo.image.height)
            })
    }

    private func places(of photo: DrawnPhoto) -> Places? {
        guard let view = photo.view else { return nil }
        var places = Places(width: width, height: height)
        for row in 0..<height {
            grid.places(view, row: row, columns: 0..<width, x: &places.x, y: &places.y, at: row * width)
        }
        photo.mask?.hide(
            &places.x, &places.y, count: places.x.count, width: photo.image.width, height: photo.image.height)
        return places
    }
}

/// Where the pixels of the small canvas lie in one photo.
private struct Places {
    let width: Int
    let height: Int
    var x: [Float]
    var y: [Float]

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        x = [Float](repeating: 0, count: width * height)
        y = x
    }

    private func isInside(_ at: Int, _ image: Image) -> Bool {
        let (px, py) = (x[at], y[at])
        return px >= 0 && py >= 0 && px <= Float(image.width - 1) && py <= Float(image.height - 1)
    }

    /// The box of valid pixels; on a closed canvas it may start at the right and go on at the left.
    func box(_ image: Image, isClosed: Bool) -> PixelBox? {
        var columns = [Bool](repeating: false, count: width)
        var (top, bottom) = (height, -1)
        for row in 0..<height {
            var any = false
            for column in 0..<width where isInside(row * width + column, image) {
                columns[column] = true
                any = true
            }
            if any {
                top = min(top, row)
                bottom = row
            }
        }
        guard bottom >= top, let first = columns.firstIndex(of: true), let last = columns.lastIndex(of: true) else {
            return nil
        }
        var span = (start: first, count: last - first + 1)
        if isClosed, first == 0, last == width - 1, let gap = widestGap(columns) {
            span = ((gap.start + gap.count) % width, width - gap.count)
        }
        return PixelBox(x: span.start, y: top, width: span.count, height: bottom - top + 1)
    }

    private func widestGap(_ columns: [Bool]) -> (start: Int, count: Int)? {
        var best: (start: Int, count: Int)?
        var run = 0
        for index in columns.indices {
            run = columns[index] ? 0 : run + 1
            if run > (best?.count ?? 0) { best = (index - run + 1, run) }
        }
        return best
    }

    /// Colours, depth and radii inside a box.
    func cut(_ box: PixelBox, _ image: Image) -> (piece: SeamPiece, radii: [Float])? {
        let count = box.width * box.height
        var (px, py) = ([Float](repeating: 0, count: count), [Float](repeating: 0, count: count))
        var depth = [UInt8](repeating: 0, count: count)
        var radii = [Float](repeating: 0, count: count)
        let (cx, cy) = (Float(image.width - 1) / 2, Float(image.height - 1) / 2)
        let corner = 1 / max(1e-6, cx * cx + cy * cy)
        for row in 0..<box.height {
            for column in 0..<box.width {
                let from = (box.y + row) * width + (box.x + column) % width
                let to = row * box.width + column
                (px[to], py[to]) = (x[from], y[from])
                guard isInside(from, image) else { continue }
                let (dx, dy) = (abs(x[from] - cx), abs(y[from] - cy))
                let inner = min((cx - dx) / max(cx, 1), (cy - dy) / max(cy, 1))
                depth[to] = UInt8(1 + min(max(inner, 0), 1) * 254)
                radii[to] = (dx * dx + dy * dy) * corner
            }
        }
        guard let map = try? PlaceMap(width: box.width, height: box.height, x: px, y: py) else { return nil }
        let colours = image.warped(by: map).image.converted(to: .rgb8)
        let rgb = colours.withPixels { span in
            [UInt8](unsafeUninitializedCapacity: count * 3) { out, used in
                for at in 0..<(count * 3) { out[at] = span[at] }
                used = count * 3
            }
        }
        return (
            SeamPiece(x: box.x, y: box.y, width: box.width, height: box.height, rgb: rgb, depth: depth), radii
        )
    }
}
