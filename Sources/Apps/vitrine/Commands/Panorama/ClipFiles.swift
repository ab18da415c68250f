import Foundation
import Imaging
import Panorama

/// Videos among the files that a person named.
enum ClipFiles {
    private static let endings: Set<String> = [
        "y4m", "mp4", "m4v", "mov", "webm", "mkv", "avi", "ogv", "ogg", "mpg", "mpeg", "ts", "mts", "m2ts", "3gp",
        "flv", "wmv", "asf",
    ]

    /// Videos, by their content or else by their ending, and everything else.
    static func parted(_ paths: [String]) -> (clips: [String], others: [String]) {
        var (clips, others): ([String], [String]) = ([], [])
        for path in paths {
            let container = (try? VideoContainer.of(path: path)) ?? nil
            let ending = (path as NSString).pathExtension.lowercased()
            var isFolder: ObjCBool = false
            let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
            if container != nil || (isThere && endings.contains(ending)) {
                clips.append(path)
            } else {
                others.append(path)
            }
        }
        return (clips, others)
    }

    /// Tells of videos inside folders, of which nothing is taken.
    static func tellOfOthers(inFolders places: [String]) {
        for place in places {
            let names = (try? FileManager.default.subpathsOfDirectory(atPath: place)) ?? []
            let clips = names.filter { endings.contains(($0 as NSString).pathExtension.lowercased()) }.sorted()
            guard let first = clips.first else { continue }
            let path = (place as NSString).appendingPathComponent(first)
            let those = clips.count == 1 ? "a video" : "\(clips.count) videos"
            Terminal.say("\(place) holds \(those), left out: a video is taken when it is named, as in '\(path)'.")
        }
    }

    /// The clip in a file; the sentence of an error says which file it is.
    static func open(_ path: String) throws -> any VideoClip {
        do throws(VideoError) { return try VideoFile.open(path: path) } catch {
            throw Failure("\(path): \(error)")
        }
    }

    /// Key frames of clips as photos; says what was chosen.
    ///
    /// - Parameters:
    ///   - paths: The clips.
    ///   - overlap: Share of a frame that the next one shows too.
    ///   - limit: Most frames in all.
    ///   - memory: MiB that frames may take which cannot be read again.
    ///   - alone: Whether there is nothing else, so that a clip that stands still leaves nothing to do.
    ///   - check: Is asked between frames; what it throws ends the work.
    static func photos(
        _ paths: [String], overlap: Double, limit: Int, memory: Int, alone: Bool,
        check: () throws -> Void
    ) throws -> [StitchPhoto] {
        var photos: [StitchPhoto] = []
        for (number, path) in paths.enumerated() {
            let clip = try open(path)
            var search = VideoFrames()
            search.overlap = overlap
            search.limit = max(2, (limit - photos.count) / (paths.count - number))
            var bar = ProgressBar("frames")
            func show(_ progress: VideoFrames.Progress) throws {
                try check()
                if let all = progress.of { bar.show(Double(progress.done) / Double(max(1, all))) }
            }
            do {
                defer { bar.finish() }
                let choice = try search.choose(clip, progress: show)
                let stem = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
                let name = paths.count > 1 ? "\(number + 1)-\(stem)" : stem
                photos += try VideoFrames.photos(
                    choice, of: clip, name: name, memoryMebibytes: memory / 4 / paths.count, progress: show)
                Terminal.say(sentence(path, choice, clip))
                if choice.verdict == .still, alone, paths.count == 1 {
                    throw Failure("\(path): the camera does not move, so there is nothing to put together.")
                }
            } catch let error as VideoError { throw Failure("\(path): \(error)") }
        }
        return photos
    }

    private static func sentence(_ path: String, _ choice: VideoFrames.Choice, _ clip: any VideoClip) -> String {
        var text = "\(path): \(choice.frames.count) of \(choice.count) frames"
        if choice.verdict == .still { text += ", the camera stands still" }
        if choice.verdict == .overLimit { text += ", which are as many as are taken: the end of the clip is left out" }
        if clip.isCutShort { text += ", the file ends in the middle of a frame" }
        guard !choice.cuts.isEmpty else { return text }
        return text + ", cuts before frame \(choice.cuts.prefix(8).map(String.init).joined(separator: ", "))"
            + (choice.cuts.count > 8 ? " …" : "")
    }
}
