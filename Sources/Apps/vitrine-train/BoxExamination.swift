import Evaluation
import Learning

/// What a detector found on pictures whose boxes are known, as figures.
struct BoxExamination {
    let pictures: [ExaminedPicture]
    /// Pictures of one group (session, seller) are drawn together.
    let groups: [Int]
    /// The names of the detector's classes.
    let classNames: [String]

    /// Pictures of a data set.
    init(_ pictures: [ExaminedPicture], of dataset: Dataset, classNames: [String]) {
        (self.pictures, self.classNames) = (pictures, classNames)
        let names = pictures.map { dataset.samples[$0.index].group ?? "/\($0.index)" }
        var numbers: [String: Int] = [:]
        groups = names.map { name in
            let number = numbers[name] ?? numbers.count
            numbers[name] = number
            return number
        }
    }

    func measurements() -> [Measurement] { [headline()].compactMap { $0 } + sizes + classes }

    /// The measurement that comparisons of runs are about; each picture counts as a query whose answer is its surest box.
    func headline() -> Measurement? {
        let report = report
        var figures: [(name: String, figure: Figure)] = []
        if let figure = report.averagePrecision() { figures.append(("AP50", figure)) }
        if let figure = report.meanAveragePrecision() { figures.append(("AP50:95", figure)) }
        let asked = pictures.indices.filter { pictures[$0].hasMainBox != nil }
        let hits = asked.map { pictures[$0].hasMainBox == true ? 1.0 : 0 }
        let own = asked.map { groups[$0] }
        if let figure = Bootstrap().mean(hits, groups: own) { figures.append(("mainBox", figure)) }
        guard !figures.isEmpty else { return nil }
        return Measurement(
            title: "boxes on \(pictures.count) pictures; mainBox: the surest one overlaps a true one by 0.5 or more",
            figures: figures, hits: hits, groups: own)
    }

    private var sizes: [Measurement] {
        DetectionReport.Size.allCases.compactMap { size in
            measurement(
                "\(size.rawValue) boxes (below 32, below 96, and from 96 pixels of the net's input on)",
                report.averagePrecision(size: size), report.meanAveragePrecision(size: size))
        }
    }

    private var classes: [Measurement] {
        let report = report
        guard report.labels.count > 1 else { return [] }
        return report.labels.compactMap { label in
            let name = classNames.indices.contains(label) ? classNames[label] : "\(label)"
            return measurement(
                "class \(name)", report.averagePrecision(label: label), report.meanAveragePrecision(label: label))
        }
    }

    private func measurement(_ title: String, _ half: Figure?, _ mean: Figure?) -> Measurement? {
        guard let half, let mean else { return nil }
        return Measurement(title: title, figures: [("AP50", half), ("AP50:95", mean)])
    }

    private var report: DetectionReport {
        let found = pictures.enumerated().flatMap { number, picture in
            picture.found.map {
                DetectedBox(
                    image: number, box: Box(left: $0.left, top: $0.top, right: $0.right, bottom: $0.bottom),
                    label: $0.label, score: Double($0.score))
            }
        }
        var bootstrap = Bootstrap()
        bootstrap.resamples = 200
        return DetectionReport(found, truths, images: Array(pictures.indices), bootstrap: bootstrap)
    }

    private var truths: [TrueBox] {
        pictures.enumerated().flatMap { number, picture in
            picture.truths.flatMap { truth -> [TrueBox] in
                let box = Box(
                    left: Float(truth.left), top: Float(truth.top), right: Float(truth.right),
                    bottom: Float(truth.bottom))
                guard truth.label < 0 else { return [TrueBox(image: number, box: box, label: truth.label)] }
                // What is neither right nor wrong is so for every class.
                return classNames.indices.map { TrueBox(image: number, box: box, label: $0, isIgnored: true) }
            }
        }
    }
}
