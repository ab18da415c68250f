import Foundation

extension StitchReportPage {
    private static let (side, radius) = (640.0, 250.0)

    /// The photos in a circle and what joins them; dashed where an edge fell.
    static func graph(_ graph: StitchGraph, _ verdict: StitchVerdict) -> String {
        let count = graph.photos.count
        guard count > 1, count <= 80 else { return "" }
        let places = (0..<count).map { index -> (x: Double, y: Double) in
            let turn = 2 * Double.pi * Double(index) / Double(count) - .pi / 2
            return (side / 2 + radius * cos(turn), side / 2 + radius * sin(turn))
        }
        let lines = graph.edges.reversed().map { edge in line(edge, places, graph) }
        let nodes = (0..<count).map { index in
            let photo = verdict.photos.indices.contains(index) ? verdict.photos[index] : nil
            return node(index, places[index], name: graph.photos[index], group: photo?.group)
        }
        return """
            <section><h2>What joins what</h2>
            <svg viewBox="0 0 \(Int(side)) \(Int(side))" role="img" aria-label="Graph of matches">\
            \(lines.joined())\(nodes.joined())</svg>
            <p><small>Solid: holds a panorama together. Red: contradicts the others. Dotted: too little agreed, or one of the
            two is left out. Numbers are places in the list of photos; hover for counts.</small></p></section>
            """
    }

    private static func line(
        _ edge: StitchGraph.Edge, _ places: [(x: Double, y: Double)], _ graph: StitchGraph
    ) -> String {
        guard places.indices.contains(edge.first), places.indices.contains(edge.second) else { return "" }
        let (a, b) = (places[edge.first], places[edge.second])
        let look =
            switch edge.fate {
            case .used: "stroke=\"#3a9d5d\" stroke-width=\"\(short(min(6, 1 + Double(edge.inliers) / 60)))\""
            case .contradicts: "stroke=\"#d0463b\" stroke-width=\"2\" stroke-dasharray=\"6 4\""
            case .copy: "stroke=\"#3b7dd0\" stroke-width=\"2\" stroke-dasharray=\"6 4\""
            case .tooFew, .leftOut, .unsolved:
                "stroke=\"#888\" stroke-width=\"1\" stroke-dasharray=\"2 4\" opacity=\".6\""
            }
        let words =
            "\(graph.photos[edge.first]) – \(graph.photos[edge.second]): \(edge.inliers) of \(edge.matches) points agree, "
            + "\(edge.needed) needed; \(edge.fate.rawValue)"
        return "<line x1=\"\(short(a.x))\" y1=\"\(short(a.y))\" x2=\"\(short(b.x))\" y2=\"\(short(b.y))\" \(look)>"
            + "<title>\(safe(words))</title></line>"
    }

    private static func node(_ index: Int, _ place: (x: Double, y: Double), name: String, group: Int?) -> String {
        let tint = group.map { ReportPicture.tints[($0 - 1) % ReportPicture.tints.count] } ?? [136, 136, 136]
        let colour = "rgb(\(tint.map(String.init).joined(separator: ",")))"
        return "<g><circle cx=\"\(short(place.x))\" cy=\"\(short(place.y))\" r=\"13\" fill=\"\(colour)\"/>"
            + "<text x=\"\(short(place.x))\" y=\"\(short(place.y + 4))\" text-anchor=\"middle\" style=\"fill:#fff\">"
            + "\(index + 1)</text><title>\(safe(name))</title></g>"
    }

    private static func short(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}
