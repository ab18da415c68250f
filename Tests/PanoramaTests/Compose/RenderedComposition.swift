import Foundation
import Imaging
import Kernels
import Panorama

/// Views of known cameras put together without looking for the cameras: cheap, and exact.
struct RenderedComposition {
    let photos: [StitchPhoto]
    let read: [ReadPhoto]
    var cameras: [Camera]
    let width: Int
    let height: Int

    /// Views of a world; `gains` and `changes` (index, picture) make photos differ.
    init(
        _ world: RenderedWorld, cameras: [Camera], width: Int, height: Int, gains: [Double] = [],
        change: (Int, inout Image) -> Void = { _, _ in }
    ) throws {
        self.cameras = cameras
        self.width = width
        self.height = height
        photos = try cameras.enumerated().map { index, camera in
            var image = try world.view(
                camera.rotation, focal: camera.focal, width: width, height: height,
                gain: gains.indices.contains(index) ? gains[index] : 1)
            change(index, &image)
            return StitchPhoto(name: "v\(index).png", bytes: try image.encoded(as: .png))
        }
        read = photos.map { PhotoIntake.read($0) }
    }

    /// Cameras once round on the horizon.
    static func ring(_ count: Int, focal: Double, turned: Double = 0, span: Double = 2 * .pi) -> [Camera] {
        (0..<count).map { index in
            Camera(rotation: .rotation(Vector3(0, -turned - span * Double(index) / Double(count), 0)), focal: focal)
        }
    }

    /// Where the photos lie on a surface.
    func choice(_ surface: Surface?, pixels: Double = 4e6) -> SurfaceChoice? {
        let placed = cameras.enumerated().map { index, camera in
            PlacedPhoto(
                photo: index, width: Double(width), height: Double(height), magnification: 1, camera: camera, map: nil)
        }
        return SurfaceChoice.rotation(placed, wanted: surface, limits: CanvasLimits(pixels: pixels))
    }

    /// The composition on a surface.
    func composed(
        _ surface: Surface?, pixels: Double = 4e6, options: StitchOptions = StitchOptions(),
        objective: ImageObjective? = nil
    ) throws -> Composition? {
        var composer = GroupComposer(photos: photos, read: read, options: options)
        guard let choice = choice(surface, pixels: pixels),
            let prepared = try composer.prepare(choice, progress: { _, _, _ in })
        else { return nil }
        return try composer.compose(prepared, objective: objective) { _, _, _ in }
    }
}
