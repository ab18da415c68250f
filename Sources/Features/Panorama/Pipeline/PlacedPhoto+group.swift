extension PlacedPhoto {
    /// The surface and canvas of a solved group, with its photos placed on it, upright.
    ///
    /// - Parameter down: Where down is in the solved world; nil for what the cameras themselves tell.
    static func choice(
        _ group: SolvedGroup, read: [ReadPhoto], surface: Surface?, limits: CanvasLimits, down: Vector3? = nil
    ) -> SurfaceChoice? {
        func placed(_ photo: Int, camera: Camera?, map: Matrix3?) -> PlacedPhoto? {
            guard let points = read[photo].points else { return nil }
            return PlacedPhoto(
                photo: photo, width: points.width, height: points.height, magnification: read[photo].magnification,
                camera: camera, map: map)
        }
        switch group.geometry {
        case .rotation(let cameras):
            let ordered = group.photos.compactMap { cameras[$0] }
            let upright = Straightening.upright(ordered, down: down)
            let turned = group.photos.compactMap { photo -> PlacedPhoto? in
                guard let camera = cameras[photo] else { return nil }
                let rotation = camera.rotation * upright.transposed
                return placed(
                    photo, camera: Camera(rotation: rotation, focal: camera.focal, lens: camera.lens), map: nil)
            }
            return SurfaceChoice.rotation(turned, wanted: surface, limits: limits)
        case .plane(_, let reference, let maps):
            let flat = group.photos.compactMap { placed($0, camera: nil, map: maps[$0]) }
            return SurfaceChoice.plane(flat, reference: reference, limits: limits)
        }
    }
}
