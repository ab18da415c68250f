internal import Imaging

/// Decoded photos, the latest ones kept, up to a third of what the job may take.
struct PhotoShelf {
    private let photos: [StitchPhoto]
    private let sizes: [(width: Int, height: Int)]
    private let most: Int
    /// Newest last.
    private var kept: [(photo: Int, image: Image)] = []
    private var bytes = 0

    init(photos: [StitchPhoto], read: [ReadPhoto], memoryMebibytes: Int) {
        self.photos = photos
        sizes = read.map { ($0.width, $0.height) }
        most = MemoryPlan(mebibytes: memoryMebibytes).photoBytes
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
        guard let image = PhotoIntake.decode(photos[photo], width: width, height: height, share: share) else {
            return nil
        }
        kept.append((photo, image))
        bytes += image.stride * image.height
        while bytes > most, kept.count > 1 {
            let gone = kept.removeFirst()
            bytes -= gone.image.stride * gone.image.height
        }
        return image
    }
}
