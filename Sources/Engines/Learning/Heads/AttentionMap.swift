extension EmbeddingNet {
    /// Where the net looks when it gives a score (Selvaraju et al. 2017, eq. 1 and 2): ReLU(sum_c a_c F_c) of the last
    /// stage's maps F, a_c the mean slope of the score for map c; each picture's largest place is 1.
    ///
    /// `score` gives one number for each picture [n], such as the cosine with its class. Batch norms keep their running
    /// numbers as they are. The result is [n, side, side], enlarged bilinearly.
    public func attentionMaps(_ pictures: Tensor, side: Int = 16, score: (Output) -> Tensor) -> Tensor {
        let wasTraining = isTraining
        train(false)
        defer { train(wasTraining) }
        let maps = withoutGrad { Array(backbone.features(pictures).suffix(necks.count)) }.map { $0.detached() }
        guard let last = maps.last else { return .zeros([pictures.length(0), side, side]) }
        last.requiresGrad = true
        guard let slopes = score(answer(maps)).sum().gradients(of: [last])[0] else {
            return .zeros([pictures.length(0), side, side])
        }
        return withoutGrad {
            let weights = slopes.mean(-2, -1, keepsAxes: true)
            let seen = relu((weights * last.detached()).sum(1, keepsAxes: true))
            let peaks = seen.largest(-1, keepsAxis: true).largest(-2, keepsAxis: true).clamped(min: 1e-12)
            let enlarged = callOp(
                .upsampleBilinear, .tensor((seen / peaks).contiguous()), .ints([side, side]), .bool(false), .none)
            return enlarged.droppingAxis(1)
        }
    }

    /// The same maps as bytes, rows first, one list for each picture.
    public func attentionBytes(
        _ pictures: Tensor, side: Int = 16, score: (Output) -> Tensor
    ) -> [[UInt8]] {
        let values = attentionMaps(pictures, side: side, score: score).host().floats
        return stride(from: 0, to: values.count, by: side * side).map { start in
            values[start..<start + side * side].map { UInt8(min(max($0 * 255, 0), 255)) }
        }
    }
}
