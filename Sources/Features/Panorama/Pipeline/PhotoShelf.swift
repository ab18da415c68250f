internal import Imaging
internal import Kernels

/// Decoded photos, the latest ones kept, up to a third of what the job may take.
struct PhotoShelf {
    private let photos: [StitchPhoto]
    private let sizes: [(width: Int, height: Int)]
    private let most: Int
    /// Whether all photos fit at full size.
    private let holdsAll: Bool
    /// Newest last.
    private var kept: [(photo: Int, image: Image)] = []
    /// How photos are bent where they do not meet.
    var fields: [Int: WarpField] = [:] {
        didSet {
            guard !fields.isEmpty || !oldValue.isEmpty else { return }
            kept = []
        }
    }

    init(photos: [StitchPhoto], read: [ReadPhoto], memoryMebibytes: Int) {
        self.photos = photos
        sizes = read.map { ($0.width, $0.height) }
        // A fifth for pictures that were shrunk from those on the shelf.
        most = MemoryPlan(mebibytes: memoryMebibytes).photoBytes / 5 * 4
        holdsAll = read.reduce(0) { $0 + $1.width * $1.height * 3 } <= most
    }

    /// A photo's light at the matching size.
    func plane(_ photo: Int, like points: PhotoPoints) -> WeightedPlane? {
        PhotoIntake.plane(photos[photo], like: points)
    }

    /// The same from pixels that may be wanted again: they stay on the shelf.
    mutating func shownPlane(_ photo: Int, like points: PhotoPoints) -> WeightedPlane? {
        guard let image = image(photo, share: points.width / Double(max(1, sizes[photo].width))) else { return nil }
        return PhotoIntake.plane(image, like: points)
    }

    /// A photo's pixels at a share of its size or somewhat more; nil when it cannot be read any more.
    mutating func image(_ photo: Int, share: Double) -> Image? {
        let (width, height) = sizes[photo]
        let wanted = (max(1, Int(Double(width) * share)), max(1, Int(Double(height) * share)))
        if let at = kept.firstIndex(where: { $0.photo == photo && $0.image.width >= wanted.0 }) {
            let found = kept.remove(at: at)
            kept.append(found)
            return shrunk(found.image, wanted)
        }
        // Reading a small photo again would cost more than shrinking it.
        let isSmall = holdsAll && width * height < Self.smallPixels
        guard
            var image = PhotoIntake.decode(
                photos[photo], width: width, height: height, share: isSmall ? max(1, share) : share)
        else { return nil }
        if let field = fields[photo] { image = field.applied(to: image) }
        kept.removeAll { $0.photo == photo && $0.image.width <= image.width }
        kept.append((photo, image))
        while kept.reduce(0, { $0 + $1.image.stride * $1.image.height }) > most, kept.count > 1 { kept.removeFirst() }
        return shrunk(image, wanted)
    }

    /// Full-size pixels of a photo that is read once.
    private static let smallPixels = 2_400_000

    private func shrunk(_ image: Image, _ wanted: (Int, Int)) -> Image? {
        guard image.width > wanted.0 * 2 else { return image }
        return try? image.resized(width: wanted.0, height: wanted.1)
    }
}
