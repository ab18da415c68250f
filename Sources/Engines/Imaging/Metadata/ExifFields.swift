/// What a camera wrote beside a picture, as far as it is of use here; a place where it was taken is told as a fact only.
public struct ExifFields: Sendable, Hashable {
    /// How the stored picture must be turned.
    public var orientation = Orientation.up
    /// The camera's maker.
    public var make: String?
    /// The camera's model.
    public var model: String?
    /// When the picture was taken, as written: `YYYY:MM:DD HH:MM:SS` in the camera's own time.
    public var taken: String?
    /// Focal length of the lens in millimetres.
    public var focalLength: Double?
    /// The focal length that shows as much on 35 mm film, in millimetres.
    public var focalLength35: Double?
    /// Pixels a millimetre of the sensor, across, of the picture as the camera stored it.
    public var focalPlanePixelsPerMillimetre: Double?
    /// Width in pixels of the picture as the camera stored it.
    public var pixelWidth: Int?
    /// Height in pixels of the picture as the camera stored it.
    public var pixelHeight: Int?
    /// Exposure time in seconds.
    public var exposureSeconds: Double?
    /// Focal length over the width of the aperture.
    public var fNumber: Double?
    /// Sensitivity (ISO).
    public var sensitivity: Double?
    /// Whether the file says where it was taken. Encoding drops it, with all other metadata.
    public var hasLocation = false

    /// Fields of a file that says nothing.
    public init() {}
}
