public import Imaging

extension VideoFrames {
    /// Chosen frames as photos to stitch, named `NAME-000123` by their numbers in the clip.
    ///
    /// They come in the order of their names, so that ``StitchOptions/isOrdered`` suits them. Where any frame can be had
    /// at once, a photo is read and encoded each time it is asked for; else the clip is gone through once more and the
    /// frames stay in memory as JPEG, at a quality of 95 or less.
    /// - Parameters:
    ///   - choice: What was chosen of the clip.
    ///   - clip: The clip.
    ///   - name: The first part of their names.
    ///   - memoryMebibytes: What frames in memory may take, as far as JPEG of quality 70 allows.
    ///   - progress: Is told of each frame that is gone through; what it throws ends the work.
    /// - Throws: `VideoError` and `ImageError` when the clip cannot be read again, and what `progress` throws.
    public static func photos(
        _ choice: Choice, of clip: any VideoClip, name: String, memoryMebibytes: Int = 128,
        progress: (Progress) throws -> Void = { _ in }
    ) throws -> [StitchPhoto] {
        if clip.isSeekable {
            return choice.frames.map { index in
                StitchPhoto(name: label(name, index)) {
                    try clip.frame(index).image().encoded(as: .jpeg(quality: qualities[0]))
                }
            }
        }
        let wanted = Set(choice.frames)
        let share = (max(1, memoryMebibytes) << 20) / max(1, wanted.count)
        var photos: [StitchPhoto] = []
        let pass = try clip.pass()
        var index = 0
        while photos.count < wanted.count, let frame = try pass.next() {
            if wanted.contains(index) {
                photos.append(StitchPhoto(name: label(name, index), bytes: try encoded(frame.image(), share)))
            }
            index += 1
            try progress(Progress(done: index, of: choice.count))
        }
        guard photos.count == wanted.count else { throw VideoError.noFrame(index) }
        return photos
    }

    private static let qualities = [95, 85, 70]

    private static func encoded(_ image: Image, _ share: Int) throws(ImageError) -> [UInt8] {
        var bytes: [UInt8] = []
        for quality in qualities {
            bytes = try image.encoded(as: .jpeg(quality: quality))
            if bytes.count <= share { break }
        }
        return bytes
    }

    private static func label(_ name: String, _ index: Int) -> String {
        let digits = "\(index)"
        return name + "-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }
}
