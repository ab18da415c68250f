import Basics
import Foundation
public import Imaging

/// Views of a photographed or drawn sphere by cameras that are known, to measure a stitcher by.
public struct RingTruth: Sendable {
    /// How the views are made.
    public struct Settings: Sendable, Hashable {
        /// Views in all, evenly once round.
        public var count = 12
        /// Rows one above the other, three fifths of a view's height apart; views are shared out among them.
        public var rows = 1
        /// Width of a view in pixels.
        public var width = 800
        /// Height of a view in pixels.
        public var height = 600
        /// Degrees across a view.
        public var fieldOfView = 60.0
        /// λ of the lens.
        public var lens = 0.0
        /// Light differs by e^±gain.
        public var gain = 0.3
        /// Share of light that the corners lose.
        public var fallOff = 0.25
        /// Standard deviation of the noise in levels of 8 bits.
        public var noise = 2.0
        /// Quality of the JPEG files.
        public var quality = 92
        /// Walkers: bright patches that stand elsewhere in each view, so many a view.
        public var walkers = 0
        /// How far before the point it turns about each camera stands, as a share of half the room's width: parallax.
        public var offset = 0.0

        /// The usual settings.
        public init() {}

        /// Where view `index` looks before any jitter, in radians; rows from the lowest up.
        func middle(_ index: Int) -> (yaw: Double, pitch: Double) {
            let rows = max(1, min(rows, count))
            let (inRow, row) = ((count + rows - 1) / rows, index % rows)
            let half = Double(height) / Double(width) * tan(fieldOfView * .pi / 360)
            // Rows are turned against each other, so that no column of seams goes all the way up.
            let share = Double(index / rows) + Double(row) / Double(rows)
            return (
                2 * .pi * share / Double(inRow), (Double(row) - Double(rows - 1) / 2) * 1.2 * atan(half)
            )
        }
    }

    /// True cameras by view, world to camera.
    public let cameras: [Camera]
    /// Where each stands in the room.
    public let centres: [Vector3]
    /// The views as files.
    public let photos: [StitchPhoto]
    /// Boxes of the things that walk by view: x, y, width, height in pixels.
    public let walkers: [[[Int]]]
    private let settings: Settings

    /// A ring of views, or rings one above the other, of an equirectangular picture, with jitter of 1.5° in yaw and roll and 3° in pitch.
    ///
    /// - Throws: `ImageError` when a view cannot be made.
    public init(sphere: Image, settings: Settings = Settings(), seed: UInt64) throws(ImageError) {
        var random = SeededRandom(seed: seed)
        func normal(_ deviation: Double) -> Double {
            let u = Double(random.next() >> 11 | 1) / Double(1 << 53)
            let v = Double(random.next() >> 11) / Double(1 << 53)
            return deviation * (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
        }
        let world = RenderedWorld(sphere: sphere)
        let focal = Double(settings.width) / 2 / tan(settings.fieldOfView * .pi / 360)
        var (cameras, photos): ([Camera], [StitchPhoto]) = ([], [])
        var walkers: [[[Int]]] = []
        for index in 0..<settings.count {
            let degree = Double.pi / 180
            let middle = settings.middle(index)
            let yaw = middle.yaw + normal(1.5 * degree)
            let turn =
                Matrix3.rotation(Vector3(0, 0, normal(1.5 * degree)))
                * .rotation(Vector3(middle.pitch + normal(3 * degree), 0, 0)) * .rotation(Vector3(0, -yaw, 0))
            let camera = Camera(rotation: turn, focal: focal, lens: settings.lens)
            let light = exp(settings.gain * (2 * Double(random.next() >> 11) / Double(1 << 53) - 1))
            var view = try world.view(
                camera, width: settings.width, height: settings.height, centre: turn.third * settings.offset)
            let walking = Self.walkers(settings, random: &random)
            view = Self.exposed(view, settings, light: light, walking, random: &random)
            walkers.append(walking)
            let bytes = try view.encoded(as: .jpeg(quality: settings.quality))
            cameras.append(camera)
            let zeros = String(repeating: "0", count: max(2, "\(settings.count - 1)".count) - "\(index)".count)
            photos.append(StitchPhoto(name: "view\(zeros)\(index).jpg", bytes: bytes))
        }
        self.cameras = cameras
        centres = cameras.map { $0.rotation.third * settings.offset }
        self.photos = photos
        self.walkers = walkers
        self.settings = settings
    }

    private var half: Double {
        (Double(settings.width * settings.width + settings.height * settings.height)).squareRoot() / 2
    }

    private static func walkers(_ settings: Settings, random: inout SeededRandom) -> [[Int]] {
        let (width, height) = (settings.width, settings.height)
        return (0..<settings.walkers).map { _ in
            let x = Int(random.next() % UInt64(width))
            let y = height / 3 + Int(random.next() % UInt64(max(1, height / 3)))
            return [x - width / 40, y - height / 10, width / 20, height / 5]
        }
    }

    private static func exposed(
        _ view: Image, _ settings: Settings, light: Double, _ walkers: [[Int]], random: inout SeededRandom
    ) -> Image {
        var out = view
        let (width, height) = (settings.width, settings.height)
        let corner = Double(width * width + height * height) / 4
        out.withMutablePixels { pixels in
            for row in 0..<height {
                for column in 0..<width {
                    let (dx, dy) = (Double(column) - Double(width) / 2, Double(row) - Double(height) / 2)
                    let factor = light * (1 - settings.fallOff * (dx * dx + dy * dy) / corner)
                    let isWalker = walkers.contains {
                        ($0[0]..<($0[0] + $0[2])).contains(column) && ($0[1]..<($0[1] + $0[3])).contains(row)
                    }
                    for channel in 0..<3 {
                        let at = (row * width + column) * 3 + channel
                        let base = isWalker ? Double((column * 7 + row * 13) % 200 + 30) : Double(pixels[at])
                        // The sum of four uniform numbers is normal enough: variance 4 / 12.
                        var sum = 0.0
                        if settings.noise > 0 {
                            let bits = random.next()
                            for part in 0..<4 { sum += Double(bits >> UInt64(part * 16) & 0xFFFF) / 65_536 - 0.5 }
                        }
                        let value = base * factor + sum * settings.noise * 3.0.squareRoot()
                        pixels[at] = UInt8(min(255, max(0, value.rounded())))
                    }
                }
            }
        }
        return out
    }

    /// What a stitcher's cameras are worth.
    public struct Score: Sendable, Hashable {
        /// Views that have a camera.
        public var used: Int
        /// Median over 9 x 7 pixels of each view, mapped to each view that shows them, of the distance to the truth.
        public var median: Double
        /// 95 % lie below.
        public var p95: Double
        /// Mean share by which focal lengths are off.
        public var focal: Double
    }

    /// Scores cameras by view; focal lengths are in pixels of the views times `scale`.
    public func score(_ found: [Int: Camera], scale: Double = 1) -> Score {
        var errors: [Double] = []
        let (width, height) = (Double(settings.width), Double(settings.height))
        for (a, first) in found {
            for (b, second) in found where a != b {
                for at in 0..<63 {
                    let x = (Double(at % 9) / 8 - 0.5) * (width - 1)
                    let y = (Double(at / 9) / 6 - 0.5) * (height - 1)
                    guard
                        let there = cameras[b].pixel(
                            of: cameras[a].ray(x: x, y: y, halfDiagonal: half), halfDiagonal: half),
                        abs(there.x) < width / 2, abs(there.y) < height / 2
                    else { continue }
                    let guess = second.pixel(
                        of: first.ray(x: x * scale, y: y * scale, halfDiagonal: half * scale),
                        halfDiagonal: half * scale)
                    guard let guess else {
                        errors.append(1e4)
                        continue
                    }
                    errors.append(hypot(there.x - guess.x / scale, there.y - guess.y / scale))
                }
            }
        }
        errors.sort()
        let focals = found.map { abs($0.value.focal / scale / cameras[$0.key].focal - 1) }
        guard !errors.isEmpty else {
            return Score(used: found.count, median: .infinity, p95: .infinity, focal: .infinity)
        }
        return Score(
            used: found.count, median: errors[errors.count / 2], p95: errors[errors.count * 95 / 100],
            focal: focals.reduce(0, +) / Double(max(1, focals.count)))
    }

    /// Matching pixels a pixel of a view: cameras of a stitch are in matching pixels.
    public var matchingScale: Double { PhotoIntake.matchingScale(width: settings.width, height: settings.height) }
}
