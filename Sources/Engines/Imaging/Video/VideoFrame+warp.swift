internal import Kernels

extension VideoFrame {
    /// The frame sampled at other places, plane by plane: colours are never converted.
    ///
    /// - Parameters:
    ///   - map: From luma pixels of the new frame to those of this one; pixel centres stand at whole numbers.
    ///   - format: Of the new frame: any size, this frame's sampling.
    ///   - sampling: How values between pixels are made.
    /// - Throws: `VideoError.unsupported` for a format of another sampling, `frameTooLarge` for an impossible size.
    public func warped(
        by map: PlaneMap, to format: VideoFormat, sampling: Sampling = .bicubic
    ) throws(VideoError) -> VideoFrame {
        guard format.sampling == self.format.sampling else { throw .unsupported("another sampling of colour") }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(format.frameBytes)
        for (index, size) in format.planes.enumerated() {
            guard let plane = plane(index) else { throw .unsupported("another sampling of colour") }
            // From the plane's own samples to luma pixels, through the map, and back.
            let own = self.format.sampling.toLuma(plane: index)
            guard let back = own.inverse,
                let places = try? PlaceMap(width: size.width, height: size.height, own.then(map).then(back))
            else { throw .frameTooLarge(width: format.width, height: format.height) }
            bytes += plane.warped(by: places, sampling: sampling).image.bytes.prefix(size.width * size.height)
        }
        return try VideoFrame(format: format, bytes: bytes)
    }
}

extension VideoSampling {
    /// Where the samples of a plane lie between luma pixels.
    fileprivate func toLuma(plane: Int) -> PlaneMap {
        guard plane > 0, let grids else { return .identity }
        let grid = plane == 1 ? grids.cb : grids.cr
        return PlaneMap.scale(x: Double(grid.across), y: Double(grid.down))
            .then(.translation(x: Double(grid.left) / 2, y: Double(grid.top) / 2))
    }
}
