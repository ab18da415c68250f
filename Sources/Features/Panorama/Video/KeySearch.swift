/// The search for key frames, frame by frame.
struct KeySearch {
    private let settings: VideoFrames
    private let size: (width: Double, height: Double)
    private(set) var count = 0
    private var keys: [Int] = []
    private var cuts: [Int] = []
    private var least = 1.0
    /// Frames since the last key, that one not among them.
    private var since: [Candidate] = []

    private struct Candidate {
        let index: Int
        /// From the last key.
        var map: Matrix3
        var overlap: Double
        let sharpness: Double
    }

    init(_ settings: VideoFrames, width: Double, height: Double) {
        self.settings = settings
        size = (width, height)
    }

    private var target: Double { min(0.95, max(0.3, settings.overlap)) }
    private var reach: Double { min(0.2, max(0, settings.tolerance)) }
    private var limit: Int { max(2, settings.limit) }

    /// Whether there are more keys than allowed.
    var isFull: Bool { keys.count > limit }

    /// The next frame, by the map from the one before; nil for the first one and after a cut.
    mutating func take(step: Matrix3?, sharpness: () throws -> Double) rethrows {
        let index = count
        count += 1
        guard let step else {
            closePart()
            if index > 0 { cuts.append(index) }
            keys.append(index)
            return
        }
        let map = step * (since.last?.map ?? .identity)
        let share = share(map)
        least = min(least, share)
        // What is sharp matters wherever the part may end.
        since.append(Candidate(index: index, map: map, overlap: share, sharpness: try sharpness()))
        while let far = since.last, far.overlap < target - reach { takeKey(around: target) }
    }

    private func share(_ map: Matrix3) -> Double {
        map.isFinite ? FrameOverlap.share(map, width: size.width, height: size.height) : 0
    }

    /// Takes the sharpest frame whose overlap is about so large, or else the nearest one.
    private mutating func takeKey(around place: Double) {
        var near = since.indices.filter { abs(since[$0].overlap - place) <= reach }
        if near.isEmpty, let one = since.indices.min(by: { distance($0, place) < distance($1, place) }) { near = [one] }
        guard let best = near.max(by: { (since[$0].sharpness, $1) < (since[$1].sharpness, $0) }) else {
            return
        }
        let key = since[best]
        keys.append(key.index)
        since.removeFirst(best + 1)
        guard let back = key.map.inverse else {
            since.removeAll()
            return
        }
        for at in since.indices {
            since[at].map = since[at].map * back
            since[at].overlap = share(since[at].map)
        }
    }

    private func distance(_ at: Int, _ place: Double) -> Double { abs(since[at].overlap - place) }

    /// The end of a part: what reached farthest is taken too, unless it shows next to nothing new.
    private mutating func closePart() {
        if let far = since.map(\.overlap).min(), far < 0.93 { takeKey(around: far) }
        since.removeAll()
    }

    mutating func finish() -> VideoFrames.Choice {
        closePart()
        // A cut shows another scene, or the same one so far on that nothing tells the motion.
        let moved = keys.count > 1
        let verdict: VideoFrames.Verdict = keys.count > limit ? .overLimit : moved ? .moves : .still
        return VideoFrames.Choice(
            frames: Array(keys.prefix(limit)), cuts: cuts, count: count, leastOverlap: least, verdict: verdict)
    }
}
