import Basics
import Foundation
public import Imaging

/// A heap of rendered photos of which everything is known: the model that made them, their true geometry, and what is
/// wrong with them on purpose. Verdicts are held against it (PANO-323, PANO-324).
public struct WorldTrial: Sendable {
    /// How the photos were taken.
    public enum Kind: String, Sendable, CaseIterable {
        /// A camera that turned once round.
        case ring
        /// A camera that turned part of the way.
        case strip
        /// A flat thing from several places.
        case plane
        /// Parts of a flat thing on glass.
        case scan

        /// The model that a stitcher should choose.
        public var model: String { self == .ring || self == .strip ? "rotation" : rawValue }
    }

    /// What is wrong on purpose.
    public enum Fault: String, Sendable, CaseIterable {
        /// Nothing.
        case none
        /// One photo of another world.
        case stranger
        /// One photo twice.
        case copy
        /// One photo blurred beyond use, at the end.
        case blurred
        /// Things that walk.
        case walkers
        /// The camera is held before the point it turns about.
        case parallax
    }

    /// How the photos were taken.
    public let kind: Kind
    /// What is wrong with them.
    public let fault: Fault
    /// The photos.
    public let photos: [StitchPhoto]
    /// The verdict that each photo should have; nil for photos that belong to the panorama.
    public let expected: [PhotoReason?]
    /// Width of the photos in pixels.
    public let width: Int
    /// Height of the photos in pixels.
    public let height: Int
    /// Boxes of things that walk by photo: x, y, width, height.
    public let walkers: [[[Int]]]
    private let cameras: [Camera]
    private let centres: [Vector3]
    private let maps: [Matrix3]

    /// The trial of a seed: each kind and each fault come in turn.
    ///
    /// - Throws: `ImageError` when a view cannot be made.
    public init(seed: UInt64, width: Int = 480) throws(ImageError) {
        var random = SeededRandom(seed: seed &* 0x9E37_79B9_7F4A_7C15 &+ 5)
        let kinds = Kind.allCases
        let faults = Fault.allCases
        kind = kinds[Int(seed) % kinds.count]
        let isTurn = kind == .ring || kind == .strip
        let fault = faults[Int(seed) / kinds.count % faults.count]
        // Flat things neither walk nor have parallax.
        self.fault = !isTurn && (fault == .walkers || fault == .parallax) ? .none : fault
        self.width = width
        height = width * 3 / 4
        let world = try RenderedWorld(seed: seed &+ 1000, width: 2048)
        var views: [StitchPhoto]
        if isTurn {
            var settings = RingTruth.Settings()
            (settings.width, settings.height) = (width, height)
            settings.count = kind == .ring ? 10 : 12
            settings.fieldOfView = 62
            settings.lens = (Double(random.next() % 101) / 100 - 0.5) * 0.08
            settings.walkers = self.fault == .walkers ? 1 : 0
            settings.offset = self.fault == .parallax ? 0.02 : 0
            let ring = try RingTruth(sphere: world.sphere, settings: settings, seed: seed)
            let count = kind == .ring ? 10 : 3 + Int(random.next() % 3)
            views = Array(ring.photos.prefix(count))
            (cameras, maps) = (Array(ring.cameras.prefix(count)), [])
            centres = Array(ring.centres.prefix(count))
            walkers = Array(ring.walkers.prefix(count))
        } else {
            let flat = try Self.flat(world, kind, width: width, height: height, random: &random)
            (views, maps, cameras) = (flat.photos, flat.maps, [])
            walkers = views.map { _ in [] }
            centres = []
        }
        var expected: [PhotoReason?] = views.map { _ in nil }
        switch self.fault {
        case .stranger:
            let other = try RenderedWorld(seed: seed &+ 5000, width: 2048).view(
                Camera(rotation: .identity, focal: Double(width)), width: width, height: height)
            views.append(StitchPhoto(name: "z.jpg", bytes: try other.encoded(as: .jpeg(quality: 90))))
            expected.append(.noOverlap)
        case .copy:
            let bytes = (try? views[0].load()) ?? []
            let again = try Image.decode(bytes).image.encoded(as: .jpeg(quality: 70))
            views.append(StitchPhoto(name: "z.jpg", bytes: again))
            expected.append(.duplicateOf)
        case .blurred:
            let bytes = (try? views[views.count - 1].load()) ?? []
            let soft = try Image.decode(bytes).image.gaussianBlurred(sigma: Double(width) / 45)
            views.append(StitchPhoto(name: "z.jpg", bytes: try soft.encoded(as: .jpeg(quality: 90))))
            expected.append(.blurred)
        case .none, .walkers, .parallax: break
        }
        photos = views
        self.expected = expected
    }

    /// Views of a flat thing and their maps from its pixels about its middle to theirs about their middles.
    private static func flat(
        _ world: RenderedWorld, _ kind: Kind, width: Int, height: Int, random: inout SeededRandom
    ) throws(ImageError) -> (photos: [StitchPhoto], maps: [Matrix3]) {
        func number(_ size: Double) -> Double { (Double(random.next() >> 11) / Double(1 << 52) - 1) * size }
        let count = 3 + Int(random.next() % 2)
        var (photos, maps): ([StitchPhoto], [Matrix3]) = ([], [])
        for index in 0..<count {
            // Two fifths of a photo's width from one to the next, over the middle rows of the sphere's picture.
            let x = (Double(index) - Double(count - 1) / 2) * Double(width) * 0.4
            let shift = Matrix3(rows: Vector3(1, 0, -x + number(8)), Vector3(0, 1, number(12)), Vector3(0, 0, 1))
            var map = shift
            if kind == .scan {
                let (angle, size) = (number(0.08), 1 + number(0.06))
                let (c, s) = (size * cos(angle), size * sin(angle))
                map = Matrix3(rows: Vector3(c, -s, 0), Vector3(s, c, 0), Vector3(0, 0, 1)) * shift
            } else {
                let focal = 1.1 * Double(width)
                let turn = Matrix3.rotation(Vector3(number(0.22), number(0.22), number(0.08)))
                // A plane before the camera at its focal length, seen after a turn.
                map = RotationMotion.homography(turn, focal0: focal, focal1: focal) * shift
            }
            guard let back = map.inverse, let whole = Homography.scaled(map) else { continue }
            let middle = (x: Double(world.sphere.width) / 2, y: Double(world.sphere.height) / 2)
            let pixels = back.moved(
                from: (-Double(width - 1) / 2, -Double(height - 1) / 2), to: (-middle.x, -middle.y))
            guard let plane = PlaneMap(pixels.values) else { continue }
            let view = world.sphere.warped(
                by: try PlaceMap(width: width, height: height, plane), sampling: .bicubic, border: .wrap
            ).image
            photos.append(StitchPhoto(name: "flat\(index).jpg", bytes: try view.encoded(as: .jpeg(quality: 90))))
            maps.append(whole)
        }
        return (photos, maps)
    }

    /// Where a pixel of one photo truly lies in another, both from the middles; nil when it is not in view.
    public func place(_ first: Int, _ second: Int, x: Double, y: Double) -> (x: Double, y: Double)? {
        let half = (Double(width * width + height * height)).squareRoot() / 2
        var there: (x: Double, y: Double)?
        if cameras.indices.contains(first), cameras.indices.contains(second) {
            let ray = cameras[first].ray(x: x, y: y, halfDiagonal: half)
            // What is seen stands on a wall: from elsewhere it lies in another direction.
            let spot = RenderedWorld.place(from: centres[first], along: ray)
            there = spot.flatMap { cameras[second].pixel(of: $0 - centres[second], halfDiagonal: half) }
        } else if maps.indices.contains(first), maps.indices.contains(second), let back = maps[first].inverse {
            there = (maps[second] * back).maps(x: x, y: y)
        }
        guard let there, abs(there.x) < Double(width) / 2, abs(there.y) < Double(height) / 2 else { return nil }
        return there
    }
}
