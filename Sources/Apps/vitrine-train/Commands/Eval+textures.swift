import Evaluation
import Foundation
import Imaging
import Learning

extension Examination {
    /// The least number of probes that anything is said about.
    private static let fewest = 10

    /// Whether a net goes by shape: held-out pictures in the texture of a thing of another class are asked for their
    /// nearest learnt picture, which is of the shape's class, of the texture's, or of neither.
    func textures(_ count: Int) throws -> Measurement? {
        let known = queries.known(label)
        guard count > 0, known.count > 1 else { return nil }
        let side = model.settings.side
        let cache = PictureCache(samples: known.samples, least: ImageSize(width: side, height: side))
        var (probes, donors, rows) = ([Sample](), [Int](), [Int]())
        let step = max(1, known.count / count)
        for row in stride(from: 0, to: known.count, by: step) where probes.count < count {
            guard let donor = donor(for: row, known), let made = try probe(row, donor, known, cache) else { continue }
            probes.append(made)
            donors.append(known.samples[donor].labels[label] ?? -1)
            rows.append(row)
        }
        guard probes.count >= Self.fewest else { return nil }
        return try judged(probes, donors, rows, known)
    }

    /// The next picture, half way round, that shows something else.
    private func donor(for row: Int, _ known: EmbeddedSet) -> Int? {
        (0..<known.count).lazy.map { (row + known.count / 2 + $0) % known.count }
            .first { known.samples[$0].labels[label] != known.samples[row].labels[label] }
    }

    private func probe(_ row: Int, _ donor: Int, _ known: EmbeddedSet, _ cache: PictureCache) throws -> Sample? {
        guard let bytes = try TextureProbe.png(shape: row, texture: donor, from: cache) else { return nil }
        let own = known.samples[row]
        return Sample(
            id: "\(own.source)/\(own.id)", image: .bytes(bytes), labels: own.labels, group: own.group,
            source: "probes")
    }

    private func judged(
        _ probes: [Sample], _ donors: [Int], _ rows: [Int], _ known: EmbeddedSet
    ) throws -> Measurement? {
        let asked = try model.embedder(Dataset(samples: probes, classNames: prepared.dataset.classNames))
        let stored = learnt.known(label)
        guard stored.count > 0, asked.count > 0 else { return nil }
        func classes(_ set: EmbeddedSet) -> [Int] {
            NearestRows.of(set, in: stored).map { stored.samples[$0].labels[label] ?? -1 }
        }
        let found = classes(asked)
        let before = classes(
            known.filtered { sample in asked.samples.contains { $0.id == "\(sample.source)/\(sample.id)" } })
        let groups = asked.groupNumbers
        let own = asked.labels(label)
        let other = asked.indexes.map { donors[$0] }
        let kept = known.filtered { sample in asked.samples.contains { $0.id == "\(sample.source)/\(sample.id)" } }
        func mean(_ hits: [Bool], _ groups: [Int]) -> Figure? {
            Bootstrap().mean(hits.map { $0 ? 1 : 0 }, groups: groups)
        }
        let figures = [
            ("shape", mean(zip(found, own).map { $0 == $1 }, groups)),
            ("texture", mean(zip(found, other).map { $0 == $1 }, groups)),
            ("untouched", mean(zip(before, kept.labels(label)).map { $0 == $1 }, kept.groupNumbers)),
        ]
        return Measurement(
            title: "things in the texture of another: the nearest learnt picture is of the class of",
            figures: figures.compactMap { name, figure in figure.map { (name, $0) } })
    }
}
