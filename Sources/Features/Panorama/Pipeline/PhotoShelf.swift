internal import Imaging
internal import Kernels

/// Decoded photos, the latest ones kept, up to a third of what the job may take.
struct PhotoShelf {
    private let photos: [StitchPhoto]
    private let sizes: [(width: Int, height: Int)]
    private let most: Int
    /// Newest last.
    private var kept: [(photo: Int, image: Image)] = []
    private var bytes = 0
    /// How photos are bent where they do not meet; set before the first of them is asked for.
    var fields: [Int: WarpField] = [:]

    init(photos: [StitchPhoto], read: [ReadPhoto], memoryMebibytes: Int) {
        self.photos = photos
        sizes = read.map { ($0.width, $0.height) }
        most = MemoryPlan(mebibytes: memoryMebibytes).photoBytes
    }

    /// A photo's light at the matching size.
    func plane(_ photo: Int, like points: PhotoPoints) -> WeightedPlane? {
        PhotoIntake.plane(photos[photo], like: points)
    }

    /// A photo's pixels at a share of its size or somewhat more; nil when it cannot be read any more.
    mutating func image(_ photo: Int, share: Double) -> Image? {
        let (width, height) = sizes[photo]
        let wanted = max(1, Int(Double(width) * share))
        if let at = kept.firstIndex(where: {
            $0.photo == photo && $0.image.width >= wanted && $0.image.width <= wanted * 2
        }) {
            let found = kept.remove(at: at)
            kept.append(found)
            return found.image
        }
        guard var image = PhotoIntake.decode(photos[photo], width: width, height: height, share: share) else {
            return nil
        }
        if let field = fields[photo] { image = field.applied(to: image) }
        kept.append((photo, image))
        bytes += image.stride * image.height
        while bytes > most, kept.count > 1 {
            let gone = kept.removeFirst()
            bytes -= gone.image.stride * gone.image.height
        }
        return image
    }
}
