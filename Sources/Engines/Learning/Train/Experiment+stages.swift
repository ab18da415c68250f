internal import Basics

extension Experiment.Stage {
    /// A stage from its keys; what they leave out is the base's, or the default where there is no base.
    init(_ reader: inout ConfigurationReader, over base: Self?) {
        // The whole experiment's name is no stage's.
        name = base == nil ? "main" : reader.text("name") ?? reader.path
        epochs = reader.int("epochs", in: 1...1_000_000) ?? base?.epochs ?? 40
        sides = Self.sides(&reader) ?? base?.sides ?? []
        batch = Experiment.Batch(&reader, over: base?.batch)
        losses = Self.losses(&reader) ?? base?.losses ?? []
        augment = reader.value("augment")?.arrayValue ?? base?.augment ?? []
        if let augment = reader.value("augment"), augment.arrayValue == nil {
            reader.problems.add(reader.place("augment"), "a list")
        }
        optimizer = Experiment.Method(&reader, over: base?.optimizer)
        schedule = Self.schedule(&reader) ?? base?.schedule ?? .planned(.cosine())
        clip = reader.number("clip", in: 1e-6...1e9) ?? base?.clip ?? 5
        average = reader.number("average", in: 0...0.999999) ?? base?.average ?? 0.999
        frozen = reader.texts("freeze") ?? base?.frozen ?? []
    }

    /// Keys of a loss that say where it looks and how much it counts; the rest is the loss's own.
    static let ownKeys: Set<String> = ["label", "weight", "name"]

    private static func sides(_ reader: inout ConfigurationReader) -> [Experiment.Side]? {
        reader.list("sides")?.map { entry in
            var entry = entry
            let side = Experiment.Side(
                epochs: entry.int("epochs", in: 1...1_000_000) ?? 1, side: entry.int("side", in: 8...2048) ?? 112)
            entry.finish()
            return side
        }
    }

    private static func losses(_ reader: inout ConfigurationReader) -> [Experiment.Term]? {
        guard let list = reader.list("losses", shorthand: "type") else { return nil }
        if list.isEmpty { reader.problems.add(reader.place("losses"), "at least one loss") }
        var names: Set<String> = []
        return list.map { entry in
            var entry = entry
            let type = entry.text("type") ?? "loss"
            let label = entry.text("label") ?? "label"
            var name = entry.text("name") ?? "\(type).\(label)"
            while !names.insert(name).inserted { name += "'" }
            let term = Experiment.Term(
                name: name, label: label, weight: weight(&entry), path: entry.path + ".", json: entry.object)
            check(term, entry)
            return term
        }
    }

    private static func weight(_ entry: inout ConfigurationReader) -> Double? {
        if entry.value("weight")?.stringValue == "trend" { return nil }
        let isThere = entry.value("weight") != nil
        if isThere, entry.value("weight")?.doubleValue == nil {
            entry.problems.add(entry.place("weight"), "a number, or the text trend")
            return 1
        }
        return isThere ? entry.number("weight", in: 0...1000) ?? 1 : 1
    }

    /// Makes the loss once, for a net and labels of no matter, to learn what is wrong with it.
    private static func check(_ term: Experiment.Term, _ entry: ConfigurationReader) {
        do {
            _ = try LossRegistry.make(
                term.json, LossContext(classes: 2, dimension: 2), path: term.path, passed: ownKeys)
        } catch {
            entry.problems.add(error.problems)
        }
    }

    private static func schedule(_ reader: inout ConfigurationReader) -> Experiment.Course? {
        guard var inner = reader.inner("schedule") else { return nil }
        defer { inner.finish() }
        switch inner.choice("type", ScheduleName.self) {
        case .constant: return .planned(.constant)
        case .step:
            return .planned(
                .steps(
                    at: inner.numbers("at", in: 0...1) ?? [0.5, 0.75], factor: inner.number("factor", in: 0...1) ?? 0.1)
            )
        case .oneCycle:
            return .planned(
                .oneCycle(
                    up: inner.number("up", in: 0.001...0.999) ?? 0.2, from: inner.number("from", in: 1...1e6) ?? 25,
                    to: inner.number("to", in: 1...1e9) ?? 1e4))
        case .plateau:
            return .plateau(
                factor: inner.number("factor", in: 0.001...1) ?? 0.1,
                patience: inner.int("patience", in: 0...10_000) ?? 3)
        case .cosine, nil:
            return .planned(
                .cosine(
                    warmUp: inner.number("warmUp", in: 0...1) ?? 0.03, floor: inner.number("floor", in: 0...1) ?? 0.01))
        }
    }
}

private enum ScheduleName: String, CaseIterable {
    case constant, step, cosine, oneCycle, plateau
}

extension Experiment.Batch {
    /// Draws in shuffled order, where no order was asked for by labels.
    mutating func shuffle(usual: Int) {
        guard sampler == .byLabels, labels == 16, perLabel == 4 else { return }
        (sampler, size) = (.shuffled, usual)
    }

    fileprivate init(_ reader: inout ConfigurationReader, over base: Self?) {
        var inner = reader.inner("batch")
        labels = inner?.int("P", in: 2...100_000) ?? base?.labels ?? 16
        perLabel = inner?.int("K", in: 1...10_000) ?? base?.perLabel ?? 4
        parts = inner?.int("accumulate", in: 1...10_000) ?? base?.parts ?? 1
        label = inner?.text("label") ?? base?.label
        mixesSources = inner?.flag("mixed") ?? base?.mixesSources ?? false
        let isByLabels = inner?.object["P"] != nil || inner?.object["K"] != nil
        let usual: Order =
            isByLabels ? .byLabels : inner?.object["size"] != nil ? .shuffled : base?.sampler ?? .byLabels
        sampler = inner?.choice("sampler") ?? usual
        recomputes = inner?.flag("recompute") ?? base?.recomputes ?? false
        hardness = Hardness(
            power: inner?.number("power", in: 0...8) ?? base?.hardness.power ?? 1,
            floor: inner?.number("floor", in: 0.001...100) ?? base?.hardness.floor ?? 0.25)
        targeting = Targeting(
            copies: inner?.number("copies", in: 0...10_000) ?? base?.targeting.copies ?? 50,
            nearest: inner?.int("nearest", in: 1...10_000) ?? base?.targeting.nearest ?? 10)
        let product = labels.multipliedReportingOverflow(by: perLabel)
        size = inner?.int("size", in: 1...1_000_000) ?? base?.size ?? product.partialValue
        if sampler == .byLabels { size = product.overflow ? .max : product.partialValue }
        inner?.finish()
    }
}

extension Experiment.Method {
    fileprivate init(_ reader: inout ConfigurationReader, over base: Self?) {
        var inner = reader.inner("optimizer")
        kind = inner?.choice("type") ?? base?.kind ?? .adamw
        let isSame = base?.kind == kind
        rate = inner?.number("lr", in: 1e-12...1000) ?? (isSame ? base?.rate : nil) ?? (kind == .sgd ? 0.05 : 1e-3)
        headFactor = inner?.number("headFactor", in: 0...1000) ?? base?.headFactor ?? 1
        weightDecay =
            inner?.number("weightDecay", in: 0...10) ?? (isSame ? base?.weightDecay : nil)
            ?? (kind == .adamw ? 0.01 : kind == .sgd ? 5e-4 : 0)
        momentum = inner?.number("momentum", in: 0...0.9999) ?? base?.momentum ?? 0.9
        isNesterov = inner?.flag("nesterov") ?? base?.isNesterov ?? false
        betas = inner?.numbers("betas", in: 0...0.999999) ?? base?.betas ?? [0.9, 0.999]
        if betas.count != 2 {
            reader.problems.add(reader.place("optimizer.betas"), "two numbers")
            betas = [0.9, 0.999]
        }
        inner?.finish()
    }
}
