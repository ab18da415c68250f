import Foundation
public import Imaging

/// Photos of one place at several exposures, found by what cameras write beside them.
public enum BracketGroups {
    /// What is known of a photo.
    public struct Shot: Sendable, Hashable {
        /// Seconds since some day.
        public var second: Double
        /// Light that the film got, against others: seconds · sensitivity / aperture².
        public var exposure: Double
        /// The camera, and width and height.
        public var camera: String

        /// A shot.
        public init(second: Double, exposure: Double, camera: String) {
            self.second = second
            self.exposure = exposure
            self.camera = camera
        }

        /// What EXIF tells; nil where time or exposure is missing.
        public init?(_ exif: ExifFields, width: Int, height: Int) {
            guard let taken = exif.taken, let second = Self.seconds(taken), let time = exif.exposureSeconds else {
                return nil
            }
            let aperture = exif.fNumber ?? 1
            let light = time * (exif.sensitivity ?? 100) / 100 / (aperture * aperture)
            self.init(
                second: second, exposure: light,
                camera: "\(exif.make ?? "") \(exif.model ?? "") \(width)x\(height)")
        }

        /// `YYYY:MM:DD HH:MM:SS` in seconds, months counted as 31 days: only short distances matter.
        private static func seconds(_ text: String) -> Double? {
            let parts = text.split(whereSeparator: { $0 == ":" || $0 == " " }).compactMap { Int($0) }
            guard parts.count == 6, parts.allSatisfy({ $0 >= 0 && $0 < 10_000 }) else { return nil }
            let days = (parts[0] * 12 + parts[1]) * 31 + parts[2]
            return Double(((days * 24 + parts[3]) * 60 + parts[4]) * 60 + parts[5])
        }
    }

    /// Runs of photos, in the order given, that are one place at several exposures: the same camera, at most
    /// `seconds` from one to the next, every exposure another by at least a third of a stop; a run ends where an exposure
    /// comes again. Runs of one are left out.
    public static func found(_ shots: [Shot?], seconds: Double = 4) -> [[Int]] {
        var groups: [[Int]] = []
        var run: [Int] = []
        func finish() {
            if run.count > 1 { groups.append(run) }
            run = []
        }
        for index in shots.indices {
            guard let shot = shots[index] else {
                finish()
                continue
            }
            if let last = run.last, let before = shots[last] {
                let isNew = run.allSatisfy { member in
                    abs(log2(shot.exposure / (shots[member]?.exposure ?? shot.exposure))) >= 0.33
                }
                let isNear = shot.second >= before.second && shot.second - before.second <= seconds
                if !isNew || !isNear || shot.camera != before.camera || run.count >= 9 { finish() }
            }
            run.append(index)
        }
        finish()
        return groups
    }
}
