import Foundation

extension WorldTrial {
    /// What a stitcher made of the photos, held against the truth.
    public struct Outcome: Sendable, Hashable {
        /// Whether the model is the one that made the photos.
        public var isModelRight: Bool
        /// Whether each photo has the verdict it should have.
        public var areVerdictsRight: Bool
        /// The grade; nil when nothing came out.
        public var grade: Grade?
        /// 95 % of a grid of each photo's pixels are mapped to the other photos this near to the truth, in pixels.
        public var p95: Double
        /// Empty areas inside.
        public var holes: Int
        /// Things that walk of which a part is shown and a part is not.
        public var ghosts: Int

        /// Whether the grade is `good` where it must not be.
        public var isPraisedWrongly: Bool { grade == .good && (holes > 0 || ghosts > 0 || p95 > 3) }
    }

    /// Judges what came out; `panorama` is the first one.
    public func outcome(_ verdict: StitchVerdict, _ panorama: Stitcher.Panorama?) -> Outcome {
        // Of two copies the better one stays, whichever that is.
        let copies = [verdict.photos.first, verdict.photos.last].count { $0?.verdict == .duplicateOf }
        let pairs = zip(verdict.photos, expected).enumerated()
        let verdicts = pairs.allSatisfy { index, pair in
            let (photo, wanted) = pair
            if fault == .copy, index == 0 || index == verdict.photos.count - 1 { return copies == 1 }
            switch wanted {
            case nil: return photo.group == 1
            case .noOverlap: return photo.verdict == .noOverlap || photo.verdict == .overlapTooSmall
            case .some(let reason): return photo.verdict == reason
            }
        }
        guard let group = verdict.groups.first, let panorama else {
            return Outcome(
                isModelRight: false, areVerdictsRight: verdicts, grade: nil, p95: .infinity, holes: 0, ghosts: 0)
        }
        return Outcome(
            isModelRight: group.model == kind.model, areVerdictsRight: verdicts, grade: group.grade,
            p95: p95(panorama), holes: group.holes, ghosts: ghosts(panorama))
    }

    private func p95(_ panorama: Stitcher.Panorama) -> Double {
        let scale = PhotoIntake.matchingScale(width: width, height: height)
        let half = (Double(width * width + height * height)).squareRoot() / 2 * scale
        func found(_ first: Int, _ second: Int, _ x: Double, _ y: Double) -> (x: Double, y: Double)? {
            switch panorama.geometry {
            case .rotation(let cameras):
                guard let a = cameras[first], let b = cameras[second] else { return nil }
                return b.pixel(of: a.ray(x: x, y: y, halfDiagonal: half), halfDiagonal: half)
            case .plane(_, _, let maps):
                guard let a = maps[first], let b = maps[second]?.inverse else { return nil }
                return (b * a).maps(x: x, y: y)
            }
        }
        var errors: [Double] = []
        let used = panorama.photoSizes.keys.filter { expected.indices.contains($0) && expected[$0] == nil }.sorted()
        for a in used {
            for b in used where a != b {
                for at in 0..<35 {
                    let x = (Double(at % 7) / 6 - 0.5) * Double(width - 1)
                    let y = (Double(at / 7) / 4 - 0.5) * Double(height - 1)
                    guard let there = place(a, b, x: x, y: y) else { continue }
                    guard let guess = found(a, b, x * scale, y * scale) else {
                        errors.append(1e4)
                        continue
                    }
                    errors.append(hypot(there.x - guess.x / scale, there.y - guess.y / scale))
                }
            }
        }
        return errors.isEmpty ? .infinity : errors.sorted()[errors.count * 95 / 100]
    }

    /// The share of a photo, 0...1, that lies inside the panorama: crops take some of those at the end.
    package func share(of photo: Int, in panorama: Stitcher.Panorama) -> Double {
        let inside = (0..<140).count { at in
            let (x, y) = ((Double(at % 14) + 0.5) / 14, (Double(at / 14) + 0.5) / 10)
            return panorama.editor.place(photo: photo, x: x, y: y, frame: panorama.frame) != nil
        }
        return Double(inside) / 140
    }

    /// Things of which neither hardly anything nor nearly all is shown.
    private func ghosts(_ panorama: Stitcher.Panorama) -> Int {
        let (frame, shares) = (panorama.frame, panorama.shares)
        var count = 0
        for (photo, boxes) in walkers.enumerated() {
            for box in boxes {
                var (own, others) = (0, 0)
                for at in 0..<45 {
                    let x = Double(box[0]) + (Double(at % 5) + 0.5) / 5 * Double(box[2])
                    let y = Double(box[1]) + (Double(at / 5) + 0.5) / 9 * Double(box[3])
                    guard x >= 0, x < Double(width), y >= 0, y < Double(height),
                        let spot = panorama.editor.place(
                            photo: photo, x: x / Double(width), y: y / Double(height), frame: frame)
                    else { continue }
                    let column = Int(spot.x * Double(shares.width) / Double(frame.width))
                    let row = Int(spot.y * Double(shares.height) / Double(frame.height))
                    guard (0..<shares.width).contains(column), (0..<shares.height).contains(row) else { continue }
                    if shares.photos[row * shares.width + column] == photo { own += 1 } else { others += 1 }
                }
                // An eighth is the softness of the seam.
                if own * 8 > own + others, others * 8 > own + others { count += 1 }
            }
        }
        return count
    }
}
