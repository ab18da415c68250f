/// How well a score tells queries that have an answer from queries that have none.
public enum NotFound {
    /// The area under the curve of true against false accepts: the share of pairs (one query with an answer, one
    /// without) in which the one with an answer scores higher, equal scores counting half.
    ///
    /// 0.5 is chance. Nil unless there are queries of both kinds.
    public static func areaUnderCurve(
        scores: [Double], hasAnswer: [Bool], groups: [Int]? = nil, bootstrap: Bootstrap = Bootstrap()
    ) -> Figure? {
        guard scores.count == hasAnswer.count else { return nil }
        let sweep = ScoreSweep(scores: scores, isHigh: hasAnswer)
        return bootstrap.figure(count: scores.count, groups: groups, of: sweep.areaUnderCurve)
    }
}
