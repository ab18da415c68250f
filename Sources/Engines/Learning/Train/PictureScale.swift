/// How the bytes of pictures become the numbers that a net sees: (byte / 255 - mean) / deviation, by channel.
public struct PictureScale: Hashable, Sendable {
    /// What is taken away, red first, on a scale from 0 to 1.
    public var means: [Double]
    /// What is divided by.
    public var deviations: [Double]

    /// A scale; by default the usual one for photographs.
    public init(means: [Double] = [0.485, 0.456, 0.406], deviations: [Double] = [0.229, 0.224, 0.225]) {
        (self.means, self.deviations) = (means, deviations)
    }

    package init(_ reader: inout ConfigurationReader) {
        self.init()
        means = Self.three(&reader, "mean", 0...1) ?? means
        deviations = Self.three(&reader, "std", 0.001...10) ?? deviations
    }

    private static func three(
        _ reader: inout ConfigurationReader, _ key: String, _ range: ClosedRange<Double>
    ) -> [Double]? {
        guard let numbers = reader.numbers(key, in: range) else { return nil }
        if numbers.count != 3 { reader.problems.add(reader.place(key), "three numbers, red first") }
        return numbers.count == 3 ? numbers : nil
    }

    /// Pictures [n, 3, h, w] of bytes as floats, with the channels of a pixel side by side.
    public func callAsFunction(_ bytes: Tensor) -> Tensor {
        let factors = Tensor(deviations.map { Float(1 / (255 * $0)) }, shape: [1, 3, 1, 1]).to(bytes.device)
        let shifts = Tensor(zip(means, deviations).map { Float(-$0 / $1) }, shape: [1, 3, 1, 1]).to(bytes.device)
        return (bytes.to(.float32) * factors + shifts).channelsLast()
    }
}
