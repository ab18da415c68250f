internal import Archives
internal import Basics
internal import Kernels

/// Finished stages of one panorama, and what they depend on: its solution, who shows what, and drawn tiles (PANO-331).
struct GroupStages {
    private let cache: StitchCache
    /// Everything that the solution depends on.
    private let key: String

    /// The stages of a group; nil where a photo has no identity.
    ///
    /// - Parameters:
    ///   - photos: All that were compared, in the order of their numbers: others may have changed which edges hold.
    ///   - group: The numbers of the panorama's photos.
    init?(_ cache: StitchCache?, _ photos: [StitchPhoto], group: [Int], options: StitchOptions) {
        guard let cache else { return nil }
        var parts = [
            StageCodes.solution, options.model.rawValue, options.bundle.rawValue, options.code.rawValue,
            "\(options.refines) \(options.isOrdered) \(options.pins)", "\(group)",
        ]
        for photo in photos {
            // Pins are by name.
            guard let key = photo.stageKey(options.pins.isEmpty ? "" : photo.name) else { return nil }
            parts.append(key)
        }
        self.cache = cache
        key = parts.joined(separator: "|")
    }

    // MARK: Solution

    /// The solution as it was kept, or made and kept.
    func solution(_ group: [Int], make: () throws -> SolvedGroup?) throws -> SolvedGroup? {
        if let known = cache.find(key).flatMap({ StageCodes.solution($0, photos: group) }) { return known }
        guard let made = try make() else { return nil }
        try cache.keep(key, StageCodes.bytes(made))
        return made
    }

    // MARK: Choice

    private func canvas(_ group: PreparedGroup) -> String {
        let canvas = group.choice.canvas
        return "\(canvas.surface) \(canvas.width) \(canvas.height) \(canvas.scale) \(canvas.left) \(canvas.top) "
            + "\(canvas.isClosed) \(group.seam.step) \(group.shown.map(\.photo))"
    }

    /// What the choice of pixels depends on.
    func labelKey(_ group: PreparedGroup, _ selection: PixelSelection, bent: Bool) -> String {
        "labels-2|\(selection.method.rawValue)|\(Self.text(selection.objective))|\(bent)|\(canvas(group))|\(key)"
    }

    /// An objective in words; painted areas as runs of pixels.
    private static func text(_ objective: ImageObjective) -> String {
        guard case .painted(let areas) = objective else { return "\(objective)" }
        return areas.map { area in
            var runs: [String] = []
            var start = 0
            for at in 1...max(1, area.pixels.count)
            where at >= area.pixels.count || area.pixels[at] != area.pixels[at - 1] + 1 {
                guard start < area.pixels.count else { break }
                runs.append("\(area.pixels[start])+\(at - start)")
                start = at
            }
            return "\(area.photo) \(area.isForbidden) \(runs.joined(separator: ","))"
        }.joined(separator: ";")
    }

    /// The choice as it was kept, or made and kept; what does not cover the photos exactly was not kept by us.
    func labels(_ key: String, _ sheet: LayerSheet, make: () -> [Int16]) throws -> [Int16] {
        if let known = cache.find(key).flatMap({ Self.labels($0, count: sheet.width * sheet.height) }),
            uncovered(known, sheet) == 0
        {
            return known
        }
        let made = make()
        try cache.keep(key, Self.bytes(made))
        return made
    }

    /// Runs of one label: how many, and which.
    private static func bytes(_ labels: [Int16]) -> [UInt8] {
        var out = ByteWriter()
        var start = 0
        for at in 1...max(1, labels.count) where at == labels.count || labels[at] != labels[start] {
            out.count(at - start)
            out.bigEndian(UInt64(UInt16(bitPattern: labels[start])), width: 2)
            start = at
        }
        return out.bytes
    }

    private static func labels(_ bytes: [UInt8], count: Int) -> [Int16]? {
        var input = ByteReader(bytes)
        var labels: [Int16] = []
        labels.reserveCapacity(count)
        while !input.isAtEnd {
            guard let run = try? input.count(), let value = try? input.bigEndian(width: 2), run > 0,
                run <= count - labels.count
            else { return nil }
            let label = Int16(bitPattern: UInt16(truncatingIfNeeded: value))
            labels.append(contentsOf: repeatElement(label, count: run))
        }
        return labels.count == count ? labels : nil
    }

    // MARK: Tiles

    /// What the tiles depend on besides their place.
    func tileKey(_ labelKey: String, tone: ToneMethod, side: Int) -> String {
        "tile-3|\(tone.rawValue)|\(side)|\(labelKey)"
    }

    /// A tile that was kept; `x`, `y`, `width` and `height` say where it must lie.
    func tile(_ key: String, column: Int, row: Int, box: (x: Int, y: Int, width: Int, height: Int)) -> TileBlend.Tile? {
        let count = box.width * box.height
        guard let packed = cache.find("\(key)|\(column) \(row)"),
            let bytes = try? Deflate.unpack(packed, wrapping: .zlib, limit: count * 4), bytes.count == count * 4
        else { return nil }
        return TileBlend.Tile(
            x: box.x, y: box.y, width: box.width, height: box.height, rgb: Array(bytes[..<(count * 3)]),
            mask: Array(bytes[(count * 3)...]), levels: [])
    }

    /// Keeps a tile.
    func keep(_ tile: TileBlend.Tile, _ key: String, column: Int, row: Int) throws {
        guard let packed = Deflate.pack(tile.rgb + tile.mask, wrapping: .zlib, level: 1) else { return }
        try cache.keep("\(key)|\(column) \(row)", packed)
    }
}
