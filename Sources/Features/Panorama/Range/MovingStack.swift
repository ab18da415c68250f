import Foundation
public import Imaging
internal import Kernels

/// A stack of exposures that was taken by hand, of things that move (after Kang, Uyttendaele, Winder and Szeliski 2003):
/// all pictures are brought to the reference's exposure and place, by a common displacement and one a block; what then
/// still differs is left out, so that each thing is shown where the reference shows it, whole.
public struct MovingStack: Sendable {
    /// Levels of difference, at the reference's exposure, from which a pixel is not believed.
    public var tolerance = 14
    /// Pixels around such a pixel that are not believed either.
    public var margin = 3

    /// The usual limits.
    public init() {}

    /// The merged light.
    ///
    /// - Parameters:
    ///   - stack: Packed `rgb8` pictures of one size.
    ///   - curve: The response of all channels.
    ///   - seconds: Exposure times.
    ///   - reference: Number of the picture that tells where things are; nil for the one of the middle time.
    /// - Returns: nil for what does not fit together.
    public func merged(_ stack: [Image], curve: ResponseCurve, seconds: [Double], reference: Int? = nil) -> RadianceMap?
    {
        guard let first = stack.first, stack.count == seconds.count, seconds.allSatisfy({ $0 > 0 && $0.isFinite }),
            stack.allSatisfy({
                $0.width == first.width && $0.height == first.height && $0.format == .rgb8 && $0.isPacked
            })
        else { return nil }
        let byTime = seconds.indices.sorted { (seconds[$0], $0) < (seconds[$1], $1) }
        let main = reference ?? byTime[byTime.count / 2]
        guard stack.indices.contains(main) else { return nil }
        let logs = curve.logs
        var pictures = [stack[main].bytes]
        var times = [log(seconds[main])]
        for index in stack.indices where index != main {
            let table = exposureTable(logs, from: log(seconds[index]), to: times[0])
            pictures.append(
                consistentPicture(
                    reference: stack[main].bytes, other: stack[index].bytes, table: table,
                    back: exposureTable(logs, from: times[0], to: log(seconds[index])), width: first.width,
                    height: first.height, tolerance: tolerance, margin: margin))
            times.append(log(seconds[index]))
        }
        let shortest = times.indices.min { times[$0] < times[$1] } ?? 0
        let longest = times.indices.max { times[$0] < times[$1] } ?? 0
        let light = mergedRadiance(
            pictures, curves: [logs, logs, logs], logTimes: times, shortest: shortest, longest: longest)
        return RadianceMap(width: first.width, height: first.height, light: light)
    }

    /// For each byte of one exposure the byte of another that the same light leaves.
    private func exposureTable(_ logs: [Double], from: Double, to: Double) -> [UInt8] {
        logs.map { value in
            let wanted = value - from + to
            // Curves rise; noise of the solver may leave small dips.
            let byte = logs.indices.min { abs(logs[$0] - wanted) < abs(logs[$1] - wanted) } ?? 0
            return UInt8(byte)
        }
    }
}
