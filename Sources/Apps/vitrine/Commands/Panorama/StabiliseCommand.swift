import ArgumentParser
import Foundation
import Imaging
import Kernels
import Panorama

/// Takes the shake out of a clip.
struct StabiliseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stabilise",
        abstract: "Take the shake out of a video.",
        discussion: """
            The motion from frame to frame is measured by brightness, smoothed over time and taken back; what is left is \
            cropped to what every frame shows:

              vitrine stabilise clip.y4m -o steady.y4m

            Y4M is read and written here. Other videos (MP4, MOV, WebM, AVI …) are read and MP4 is written by the program \
            ffmpeg, when it is installed; sound is not carried over.

              vitrine stabilise clip.mp4 -o steady.mp4 --window 1 --motion homography

            Nothing is smoothed over a cut. Ends with 130 when Ctrl-C called it off; then no file is left.
            """)

    @Argument(help: "The video.") var clip: String
    @Option(name: [.customShort("o"), .long], help: "Where to write: a name that ends in .y4m or .mp4.")
    var output: String
    @Option(help: "What is taken back: translation, similarity or homography (wide angles).")
    var motion = VideoStabiliser.Motion.similarity.rawValue
    @Option(help: "Seconds over which motion is smoothed (standard deviation): less keeps more of the camera's way.")
    var window = 0.5
    @Option(help: "Least percentage of the sides that must be left; the window shrinks where it would be less.")
    var least = 70.0

    func validate() throws {
        guard VideoStabiliser.Motion(rawValue: motion) != nil else {
            throw ValidationError("--motion \(motion) is not known.")
        }
        guard window.isFinite, (0...60).contains(window) else { throw ValidationError("--window must be 0 to 60.") }
        guard least.isFinite, (10...100).contains(least) else { throw ValidationError("--least must be 10 to 100.") }
        guard ["y4m", "mp4"].contains((output as NSString).pathExtension.lowercased()) else {
            throw ValidationError("--output must end in .y4m or .mp4.")
        }
    }

    func run() throws {
        HeapPolicy.keep()
        let source = try ClipFiles.open(clip)
        var stabiliser = VideoStabiliser()
        stabiliser.motion = VideoStabiliser.Motion(rawValue: motion) ?? .similarity
        stabiliser.window = window
        stabiliser.leastShare = least / 100
        guard !Self.isSame(clip, output) else {
            throw Failure("'\(output)' is the clip itself: choose another name for the steady one.")
        }
        let interrupt = Interrupt()
        // What is not whole is not left under the name that was asked for.
        let part = try Self.unfinished(beside: output)
        defer { unlink(part) }
        do {
            let plan = try shown("measuring", interrupt) { try stabiliser.plan(source, progress: $0) }
            try shown("writing", interrupt) { try write(stabiliser, plan, source, part, $0) }
            guard rename(part, output) == 0 else { throw Failure("'\(output)' cannot be written.") }
            interrupt.end()
            say(plan)
        } catch let error as VideoError {
            if interrupt.isAsked { throw ExitCode(130) }
            throw Failure("\(clip): \(error)")
        } catch is CancellationError { throw ExitCode(130) }
    }

    /// Whether two names lead to one file.
    private static func isSame(_ one: String, _ other: String) -> Bool {
        var (a, b) = (stat(), stat())
        return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino
    }

    /// A new, empty file in the folder of another one.
    private static func unfinished(beside output: String) throws -> String {
        var name = Array((output + ".XXXXXX").utf8CString)
        let file = mkstemp(&name)
        guard file >= 0 else { throw Failure("'\(output)' cannot be written: \(String(cString: strerror(errno))).") }
        fchmod(file, 0o644)
        close(file)
        return name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? output }
    }

    /// Does work under a bar, until somebody asks to stop.
    private func shown<Result>(
        _ title: String, _ interrupt: Interrupt, _ work: ((VideoFrames.Progress) throws -> Void) throws -> Result
    ) throws -> Result {
        var bar = ProgressBar(title)
        defer { bar.finish() }
        return try work { progress in
            if interrupt.isAsked { throw CancellationError() }
            if let all = progress.of { bar.show(Double(progress.done) / Double(max(1, all))) }
        }
    }

    private func write(
        _ stabiliser: VideoStabiliser, _ plan: VideoStabiliser.Plan, _ source: any VideoClip, _ path: String,
        _ progress: (VideoFrames.Progress) throws -> Void
    ) throws {
        guard (output as NSString).pathExtension.lowercased() == "y4m" else {
            let writer = try FFmpegWriter(path: path, format: plan.format)
            try stabiliser.apply(plan, to: source, progress: progress) { try writer.append($0) }
            return try writer.finish()
        }
        guard let file = FileHandle(forWritingAtPath: path) else { throw Failure("'\(output)' cannot be written.") }
        var writer = try Y4MWriter(format: plan.format) { try file.write(contentsOf: Data($0)) }
        try stabiliser.apply(plan, to: source, progress: progress) { try writer.append($0) }
        try file.close()
    }

    private func say(_ plan: VideoStabiliser.Plan) {
        func text(_ value: Double) -> String { String(format: "%.2f", value) }
        Terminal.say(
            "\(output)  \(plan.format.width) x \(plan.format.height)  \(plan.count) frames, "
                + "\(text(plan.cropShare * 100)) % of the picture is left")
        Terminal.say(
            "Shake: \(text(plan.jitterBefore)) px before, \(text(plan.jitterAfter)) px after, window \(text(plan.window)) s"
        )
        if plan.window < window { Terminal.say("The window was made smaller, so that --least holds.") }
        if !plan.cuts.isEmpty {
            Terminal.say("Cuts before frame \(plan.cuts.prefix(8).map(String.init).joined(separator: ", "))")
        }
    }
}
