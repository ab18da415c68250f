internal import CKernels

/// What does not change from step to step while a picture is aligned by the slopes of the template: the template, its slopes
/// as the motion's entries see them, and the structure of its blocks of 16 x 16 pixels.
package struct AlignmentStep: Sendable {
    private let width: Int
    private let height: Int
    private let stride: Int
    private let values: [Float]
    private let weights: [Float]
    private let across: [Float]
    private let down: [Float]
    private let turn: [Float]
    private let origin: (x: Double, y: Double)
    private let blocks: [Block]
    /// A map may lean by so much a pixel that sixteen pixels of a row are sampled at one fraction of a pixel: they are
    /// then at most a quarter of a pixel off, and that is made good by the slopes to first order.
    private static let greatestLean = 0.25 / 7.5

    /// Σ w ∇∇ᵀ of a block, its weight, and its middle in pixels of the template.
    private struct Block {
        var x = 0.0
        var y = 0.0
        var xx = 0.0
        var xy = 0.0
        var yy = 0.0
        var weight = 0.0
    }

    /// What one step compares.
    package struct View: Sendable {
        /// The picture, without weights.
        package var picture: WeightedPlane
        /// Nine numbers from pixels of the template to pixels of the picture.
        package var map: [Double]
        /// Whether places between pixels come from Keys' cubic.
        package var cubic = true
        /// The loss.
        package var loss = RobustLoss.squares
        /// Factor on the template less 1.
        package var gain: Float = 0
        /// Added to the template.
        package var bias: Float = 0

        /// A view of a picture without weights.
        package init(picture: WeightedPlane, map: [Double]) {
            precondition(picture.weights == nil && map.count == 9)
            self.picture = picture
            self.map = map
        }
    }

    /// Fixes a template.
    ///
    /// - Parameters:
    ///   - slopesX: Slopes to the right, one a pixel of the template.
    ///   - slopesY: Slopes downwards.
    ///   - terms: The map at which slopes become slopes by the entries, the origin, and the noise of slopes.
    package init(_ template: WeightedPlane, slopesX: [Float], slopesY: [Float], _ terms: AlignmentTerms) {
        let count = template.values.count
        precondition(slopesX.count == count && slopesY.count == count)
        (width, height) = (template.width, template.height)
        stride = (width + 15) / 16 * 16
        origin = terms.origin
        let map = InlineMap(terms.map)
        let noise = terms.slopeNoise * terms.slopeNoise
        var planes = [[Float]](repeating: [Float](repeating: 0, count: stride * height), count: 5)
        var blocks = [Block](repeating: Block(), count: stride / 16 * ((height + 15) / 16))
        for row in 0..<height {
            let y = Double(row) + origin.y
            for column in 0..<width {
                let (from, to) = (row * width + column, row * stride + column)
                let (gx, gy) = (slopesX[from], slopesY[from])
                var weight = template.weights?[from] ?? 1
                if noise > 0 {
                    let square = gx * gx + gy * gy
                    weight *= square / (square + noise)
                }
                guard weight > 0 else { continue }
                let x = Double(column) + origin.x
                let depth = 1 / map.depth(x, y)
                let u = (map.m[0] * x + map.m[1] * y + map.m[2]) * depth
                let v = (map.m[3] * x + map.m[4] * y + map.m[5]) * depth
                let (ax, ay) = (Double(gx) * depth, Double(gy) * depth)
                planes[0][to] = template.values[from]
                planes[1][to] = weight
                planes[2][to] = Float(ax)
                planes[3][to] = Float(ay)
                planes[4][to] = Float(ax * u + ay * v)
                let block = row / 16 * (stride / 16) + column / 16
                blocks[block].xx += Double(weight * gx * gx)
                blocks[block].xy += Double(weight * gx * gy)
                blocks[block].yy += Double(weight * gy * gy)
                blocks[block].weight += Double(weight)
            }
        }
        for index in blocks.indices {
            let (left, top) = (index % (stride / 16) * 16, index / (stride / 16) * 16)
            blocks[index].x = Double(left + min(width, left + 16) - 1) / 2 + origin.x
            blocks[index].y = Double(top + min(height, top + 16) - 1) / 2 + origin.y
        }
        (values, weights, across, down, turn) = (planes[0], planes[1], planes[2], planes[3], planes[4])
        self.blocks = blocks
    }

    /// The sums of one step without their matrix; slopes are the template's, as they were given.
    package func sums(_ view: View, variant: KernelVariant = .best) -> AlignmentSums {
        var pulls: [Float] = []
        return compared(view, pulls: &pulls, variant)
    }

    /// The sums of one step out of blocks, Σ Jx'(c)ᵀ A Jx'(c) and Σ Jx'(c)ᵀ b, with the motion's slopes at a map in their
    /// middles; the matrix is among them, gain and bias are not.
    ///
    /// - Parameter at: The map in the coordinates of the origins.
    package func blockSums(_ view: View, at map: [Double], variant: KernelVariant = .best) -> AlignmentSums {
        var pulls = [Float](repeating: 0, count: 3 * stride * ((height + 15) / 16))
        var out = compared(view, pulls: &pulls, variant)
        let m = InlineMap(map)
        var matrix = InlineArray<81, Double>(repeating: 0)
        var vector = InlineArray<9, Double>(repeating: 0)
        for (index, block) in blocks.enumerated() where block.weight > 0 {
            let from = index / (stride / 16) * 3 * stride + index % (stride / 16) * 16
            var (pullX, pullY, share): (Float, Float, Float) = (0, 0, 0)
            for at in from..<(from + 16) {
                pullX += pulls[at]
                pullY += pulls[at + stride]
                share += pulls[at + 2 * stride]
            }
            guard share > 0, let place = m.place(block.x, block.y) else { continue }
            // Where part of a block is outside or counts less, so does its structure.
            let part = Double(share) / block.weight
            let depth = 1 / m.depth(block.x, block.y)
            let (x, y) = (block.x * depth, block.y * depth)
            let right: InlineArray<9, Double> = [x, y, depth, 0, 0, 0, -place.x * x, -place.x * y, -place.x * depth]
            let below: InlineArray<9, Double> = [0, 0, 0, x, y, depth, -place.y * x, -place.y * y, -place.y * depth]
            for p in 0..<9 {
                let a = part * (block.xx * right[p] + block.xy * below[p])
                let b = part * (block.xy * right[p] + block.yy * below[p])
                vector[p] += Double(pullX) * right[p] + Double(pullY) * below[p]
                for q in p..<9 { matrix[p * 9 + q] += a * right[q] + b * below[q] }
            }
        }
        for p in 0..<9 {
            out.vector[p] = vector[p]
            for q in p..<9 { out.matrix[p * 11 + q] = matrix[p * 9 + q] }
        }
        return out
    }

    private func compared(_ view: View, pulls: inout [Float], _ variant: KernelVariant) -> AlignmentSums {
        var out = [Double](repeating: 0, count: 13)
        var count = 0
        let hasPulls = !pulls.isEmpty
        values.withUnsafeBufferPointer { values in
            weights.withUnsafeBufferPointer { weights in
                across.withUnsafeBufferPointer { across in
                    down.withUnsafeBufferPointer { down in
                        turn.withUnsafeBufferPointer { turn in
                            view.picture.values.withUnsafeBufferPointer { picture in
                                pulls.withUnsafeMutableBufferPointer { pulls in
                                    var step = vk_alignment()
                                    (step.values, step.weights) = (values.baseAddress, weights.baseAddress)
                                    (step.across, step.down) = (across.baseAddress, down.baseAddress)
                                    (step.turn, step.picture) = (turn.baseAddress, picture.baseAddress)
                                    fill(&step, view)
                                    vk_align_step(
                                        &step, hasPulls ? pulls.baseAddress : nil, &out, &count, variant.code)
                                }
                            }
                        }
                    }
                }
            }
        }
        var sums = AlignmentSums()
        for index in 0..<11 { sums.vector[index] = out[index] }
        (sums.cost, sums.weight, sums.count) = (out[11], out[12], count)
        return sums
    }

    private func fill(_ step: inout vk_alignment, _ view: View) {
        (step.width, step.height, step.stride) = (width, height, stride)
        (step.picture_width, step.picture_height) = (view.picture.width, view.picture.height)
        let m = view.map
        step.map = (m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8])
        (step.origin_x, step.origin_y) = (Float(origin.x), Float(origin.y))
        (step.gain, step.bias) = (view.gain, view.bias)
        step.greatest_lean = Self.greatestLean
        step.cubic = view.cubic ? 1 : 0
        switch view.loss {
        case .squares: step.loss = Int32(VK_LOSS_SQUARES)
        case .huber(let limit): (step.loss, step.scale) = (Int32(VK_LOSS_HUBER), limit)
        case .gemanMcClure(let a): (step.loss, step.scale) = (Int32(VK_LOSS_GEMAN_MCCLURE), a)
        case .absolute(let least): (step.loss, step.scale) = (Int32(VK_LOSS_ABSOLUTE), least)
        }
    }
}
