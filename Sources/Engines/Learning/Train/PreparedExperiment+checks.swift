internal import Basics

extension PreparedExperiment {
    /// What the pictures lack for what the stages want of them; known only when every picture has its split.
    func lacks() -> [String] {
        experiment.stages.enumerated().flatMap { index, stage -> [String] in
            let path = experiment.json["stages"] == nil ? "" : "stages[\(index)]."
            return unrecomputed(stage, path) + unpaired(stage, hasViews: !augmenters[index].steps.isEmpty)
                + untargeted(stage, path)
        }
    }

    /// Losses that compare pictures of one class need two of each, or two views of one.
    private func unpaired(_ stage: Experiment.Stage, hasViews: Bool) -> [String] {
        let makesViews = stage.batch.sampler == .byLabels && stage.batch.perLabel > 1 && hasViews
        guard !makesViews, !experiment.isDetector else { return [] }
        let train = dataset.samples(of: .train)
        return stage.losses.compactMap { term in
            let context = LossContext(classes: 2, dimension: 4)
            let loss = try? LossRegistry.make(term.json, context, passed: Experiment.Stage.ownKeys)
            guard loss?.comparesRows == true else { return nil }
            let names = dataset.classNames[term.label] ?? []
            let single = train.classSizes(term.label).enumerated().filter { $1 == 1 && names.indices.contains($0) }
            guard let first = single.first else { return nil }
            return
                "\(term.path)label: \(single.count) classes of \(term.label) have one picture to learn from, such as "
                + "\(names[first.offset]); \(term.name) compares two. Add pictures, or draw P x K batches with K of 2 or "
                + "more and augmentations, so that there are two views"
        }
    }

    /// Parts of a batch whose rows are compared are computed twice anyhow.
    private func unrecomputed(_ stage: Experiment.Stage, _ path: String) -> [String] {
        guard stage.batch.recomputes, stage.batch.parts > 1, comparesRows(stage) || experiment.teacher != nil else {
            return []
        }
        return ["\(path)batch.recompute: with accumulate, losses that compare rows compute parts again already"]
    }

    private func comparesRows(_ stage: Experiment.Stage) -> Bool {
        stage.losses.contains { term in
            let context = LossContext(classes: 2, dimension: 4)
            return (try? LossRegistry.make(term.json, context, passed: Experiment.Stage.ownKeys))?.comparesRows == true
        }
    }

    private func untargeted(_ stage: Experiment.Stage, _ path: String) -> [String] {
        guard stage.batch.sampler == .queryTargeted else { return [] }
        func hasText(_ split: Split) -> Bool { dataset.samples.contains { $0.split == split && $0.text != nil } }
        guard hasText(.train), hasText(.test) else {
            return ["\(path)batch.sampler: queryTargeted needs texts of pictures to learn from and of the split test"]
        }
        return []
    }

    /// What figures of this experiment cannot claim, for the reader of its beginning.
    package var remarks: [String] {
        guard experiment.stages.contains(where: { $0.batch.sampler == .queryTargeted }) else { return [] }
        return ["batches follow the queries of the test: no figure on that test is a fair one"]
    }
}
