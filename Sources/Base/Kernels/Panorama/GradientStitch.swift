/// Gradients of all photos, feathered, become one picture (GIST1; Levin, Zomet, Peleg and Weiss 2004).
///
/// The cost is Σ over neighbours and photos of w |I(p) - I(q) - (Ik(p) - Ik(q))|, squared (l2) or not (l1). l2 is one
/// Poisson equation. l1 begins with it, is brought near its least by reweighted equations, and ends with rounds in which
/// each pixel takes the weighted median of what its neighbours and the photos ask for; these never raise the cost.
package struct GradientStitch: Sendable {
    /// Whether steps count by their size instead of their square.
    package var isL1 = true
    /// Reweighted equations.
    package var equations = 8
    /// Rounds of medians.
    package var medians = 4
    /// What holds the whole at the feathered mean.
    package var screen: Float = 1e-5

    /// The l1 form with the usual effort.
    package init() {}

    /// The picture of a sheet, with one weight a pixel of each photo.
    package func stitched(_ sheet: LayerSheet, weights: [[Float]]) -> LayerSheet.Sheet {
        let base = sheet.mean(weights)
        var out = base
        for channel in 0..<3 {
            let field = StitchField(sheet, weights, base, channel, screen)
            var values = field.solved(reweighed: nil)
            if isL1 {
                for _ in 0..<equations { values = field.solved(reweighed: values) }
                for _ in 0..<medians { field.takeMedians(&values) }
            }
            for at in values.indices where base.mask[at] > 0 {
                out.rgb[at * 3 + channel] = UInt8(min(max(values[at] + 0.5, 0), 255))
            }
        }
        return out
    }
}

/// What the photos ask of one channel.
private struct StitchField {
    private struct Wish {
        let step: Float
        let weight: Float
    }

    private let grid: PoissonGrid
    private let base: [Float]
    private let mask: [UInt8]
    private let screen: Float
    /// Wishes of pixel `at` towards its right and lower neighbours: a range of the list each.
    private var wishes: [Wish] = []
    private var starts: [Int32]

    init(_ sheet: LayerSheet, _ weights: [[Float]], _ picture: LayerSheet.Sheet, _ channel: Int, _ screen: Float) {
        let (width, height) = (sheet.width, sheet.height)
        grid = PoissonGrid(width: width, height: height, wraps: sheet.wraps)
        base = (0..<(width * height)).map { Float(picture.rgb[$0 * 3 + channel]) }
        mask = picture.mask
        self.screen = screen
        starts = [0]
        for at in 0..<(width * height) {
            let (x, y) = (at % width, at / width)
            for side in 0..<2 {
                let next = side == 0 ? (x + 1 < width ? x + 1 : grid.wraps ? 0 : -1) : x
                let below = side == 0 ? y : y + 1
                if next >= 0, below < height {
                    for (index, piece) in sheet.pieces.enumerated() {
                        guard let from = piece.place(x: x, y: y, canvasWidth: width),
                            let to = piece.place(x: next, y: below, canvasWidth: width)
                        else { continue }
                        let weight = min(weights[index][from], weights[index][to])
                        guard weight > 0 else { continue }
                        let step = Float(piece.rgb[to * 3 + channel]) - Float(piece.rgb[from * 3 + channel])
                        wishes.append(Wish(step: step, weight: weight))
                    }
                }
                starts.append(Int32(wishes.count))
            }
        }
    }

    private func neighbour(_ at: Int, _ side: Int) -> Int {
        guard side == 0 else { return at + grid.width }
        return at % grid.width + 1 < grid.width ? at + 1 : at + 1 - grid.width
    }

    /// The least of the squares, with weights divided by the present errors where these are given.
    func solved(reweighed now: [Float]?) -> [Float] {
        var grid = grid
        var (across, down) = (base.map { _ in Float(0) }, base.map { _ in Float(0) })
        for at in base.indices {
            if mask[at] > 0 { grid.screen[at] = screen }
            for side in 0..<2 {
                var (sum, weight) = (Float(0), Float(0))
                for wish in wishes[Int(starts[at * 2 + side])..<Int(starts[at * 2 + side + 1])] {
                    var share = wish.weight
                    if let now { share /= abs(now[neighbour(at, side)] - now[at] - wish.step) + 0.3 }
                    sum += share * wish.step
                    weight += share
                }
                guard weight > 0 else { continue }
                if side == 0 {
                    (grid.right[at], across[at]) = (weight, sum / weight)
                } else {
                    (grid.down[at], down[at]) = (weight, sum / weight)
                }
            }
        }
        var target = grid.divergence(across: across, down: down)
        for at in target.indices { target[at] += grid.screen[at] * base[at] }
        return grid.solved(target, start: now ?? base, tolerance: 1e-4, limit: 80)
    }

    /// One round of weighted medians, red pixels then black ones.
    func takeMedians(_ values: inout [Float]) {
        for colour in 0..<2 {
            for at in values.indices where (at % grid.width + at / grid.width) % 2 == colour && mask[at] > 0 {
                var asked: [(value: Float, weight: Float)] = []
                for side in 0..<2 {
                    for wish in wishes[Int(starts[at * 2 + side])..<Int(starts[at * 2 + side + 1])] {
                        asked.append((values[neighbour(at, side)] - wish.step, wish.weight))
                    }
                    let other = side == 0 ? before(at) : at - grid.width
                    guard other >= 0 else { continue }
                    for wish in wishes[Int(starts[other * 2 + side])..<Int(starts[other * 2 + side + 1])] {
                        asked.append((values[other] + wish.step, wish.weight))
                    }
                }
                if let median = Self.median(&asked) { values[at] = median }
            }
        }
    }

    private func before(_ at: Int) -> Int {
        if at % grid.width > 0 { return at - 1 }
        return grid.wraps ? at + grid.width - 1 : -1
    }

    private static func median(_ asked: inout [(value: Float, weight: Float)]) -> Float? {
        asked.sort { $0.value < $1.value }
        let half = asked.reduce(0) { $0 + $1.weight } / 2
        var sum: Float = 0
        for one in asked {
            sum += one.weight
            if sum >= half { return one.value }
        }
        return nil
    }
}
