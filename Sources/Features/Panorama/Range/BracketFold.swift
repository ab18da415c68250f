import Foundation
internal import Imaging
internal import Kernels

/// A heap in which each bracket of exposures is one photo: fused, and named after its first member.
struct BracketFold {
    /// The photos to stitch.
    let photos: [StitchPhoto]
    /// For each of them the places of its members in what was handed in.
    let members: [[Int]]

    /// Longest side of the pictures that are compared.
    private static let smallSide = 160
    /// Correlation of ranks from which on pictures show the same place.
    private static let alike: Float = 0.9
    /// Bytes a pixel that fusing takes: floats of three pictures, their levels and the sums.
    private static let fusionBytes = 120

    /// The heap with its brackets fused; nil where it has none.
    init?(_ photos: [StitchPhoto], memoryMebibytes: Int) {
        let shots = photos.map { Self.shot($0) }
        let byTime = photos.indices.sorted {
            (shots[$0]?.second ?? -1, photos[$0].name, $0) < (shots[$1]?.second ?? -1, photos[$1].name, $1)
        }
        var fused: [Int: (photo: StitchPhoto, members: [Int])] = [:]
        var isMember = [Bool](repeating: false, count: photos.count)
        for run in BracketGroups.found(byTime.map { shots[$0] }) {
            let group = run.map { byTime[$0] }
            guard let first = group.first, Self.isOnePlace(group.map { photos[$0] }),
                let bytes = Self.fuse(group.map { photos[$0] }, memoryMebibytes: memoryMebibytes)
            else { continue }
            fused[first] = (StitchPhoto(name: photos[first].name, bytes: bytes), group)
            for member in group { isMember[member] = true }
        }
        var (kept, groups) = ([StitchPhoto](), [[Int]]())
        for index in photos.indices {
            if let one = fused[index] {
                kept.append(one.photo)
                groups.append(one.members)
            } else if !isMember[index] {
                kept.append(photos[index])
                groups.append([index])
            }
        }
        guard kept.count < photos.count else { return nil }
        (self.photos, members) = (kept, groups)
    }

    private static func shot(_ photo: StitchPhoto) -> BracketGroups.Shot? {
        // What is masked is meant as it is.
        guard photo.mask == nil, let bytes = try? photo.load(), let probe = try? ImageProbe.read(bytes) else {
            return nil
        }
        return BracketGroups.Shot(probe.exif, width: probe.uprightWidth, height: probe.uprightHeight)
    }

    /// Whether photos show the same: a camera that turns and sets its exposure anew takes no brackets.
    private static func isOnePlace(_ group: [StitchPhoto]) -> Bool {
        var first: Image?
        for photo in group {
            guard let bytes = try? photo.load(), let probe = try? ImageProbe.read(bytes) else { return false }
            let (width, height) = (probe.uprightWidth, probe.uprightHeight)
            let share = Double(smallSide) / Double(max(width, height))
            guard
                let image = PhotoIntake.decode(photo, width: width, height: height, share: share)?.converted(to: .rgb8),
                let small = try? image.resized(
                    width: min(image.width, max(1, Int(Double(width) * share))),
                    height: min(image.height, max(1, Int(Double(height) * share))))
            else { return false }
            guard let base = first else {
                first = small
                continue
            }
            guard small.width == base.width, small.height == base.height,
                rankCorrelation(base.bytes, small.bytes, width: base.width, height: base.height) > alike
            else { return false }
        }
        return true
    }

    /// The members as one JPEG; nil when one cannot be read.
    private static func fuse(_ group: [StitchPhoto], memoryMebibytes: Int) -> [UInt8]? {
        let room = Double(memoryMebibytes) * 1_048_576 / Double(fusionBytes)
        var stack: [Image] = []
        for photo in group {
            guard let bytes = try? photo.load(), let probe = try? ImageProbe.read(bytes) else { return nil }
            let (width, height) = (probe.uprightWidth, probe.uprightHeight)
            let share = min(1, (room / (Double(width) * Double(height))).squareRoot())
            guard let image = PhotoIntake.decode(photo, width: width, height: height, share: share) else { return nil }
            stack.append(image.converted(to: .rgb8))
        }
        guard let first = stack.first, stack.allSatisfy({ $0.width == first.width && $0.height == first.height }) else {
            return nil
        }
        let aligned = alignedStack(stack.map(\.bytes), width: first.width, height: first.height).compactMap {
            Image(rgb: $0, width: first.width, height: first.height)
        }
        return try? ExposureFusion.fused(aligned)?.encoded(as: .jpeg(quality: 95))
    }

    /// The outcome with one entry for each photo that was handed in; members share the verdict of their stack, and what
    /// was compared is told of its first member.
    func expanded(_ outcome: StitchOutcome, handedIn: [StitchPhoto]) -> StitchOutcome {
        var verdict = outcome.verdict
        var entries = [PhotoVerdict?](repeating: nil, count: handedIn.count)
        for (index, group) in members.enumerated() {
            for member in group {
                var entry = outcome.verdict.photos[index]
                entry.name = handedIn[member].name
                entries[member] = entry
            }
        }
        verdict.photos = entries.compactMap { $0 }
        let edges = outcome.graph.edges.map { edge in
            let (a, b) = (members[edge.first][0], members[edge.second][0])
            return StitchGraph.Edge(
                first: min(a, b), second: max(a, b), matches: edge.matches, inliers: edge.inliers, needed: edge.needed,
                residualPx: edge.residualPx, fate: edge.fate)
        }
        return StitchOutcome(
            verdict: verdict, graph: StitchGraph(photos: handedIn.map(\.name), edges: edges))
    }
}
