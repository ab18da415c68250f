extension ImageClassifier: OnnxLayer {
    /// The logits.
    public func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue {
        guard let last = try graph.features(backbone, x).last else { return x }
        return try graph.apply(fc, graph.pooled(last))
    }
}

extension EmbeddingNeck: OnnxLayer {
    /// The vectors.
    public func emit(_ x: OnnxValue, into graph: OnnxGraph) throws -> OnnxValue {
        try graph.chain(x, [pool, fc, norm])
    }
}

extension EmbeddingNet {
    /// The name of a head's output.
    public static func outputName(ofHead name: String) -> String { name + "_logits" }

    /// The graph from `image` to `embedding` of length 1 and to the logits of the heads that are named.
    ///
    /// The side of the picture may be left open.
    public func onnxGraph(side: Int?, heads kept: [String]) throws -> OnnxGraph {
        let graph = OnnxGraph(of: self)
        let sides: [OnnxPort.Length] = side.map { [.fixed($0), .fixed($0)] } ?? [.open("H"), .open("W")]
        let image = graph.input(
            OnnxPort("image", [.open("N"), .fixed(options.backbone.inputChannels)] + sides))
        let maps = try graph.features(backbone, image).suffix(necks.count)
        let levels = try zip(necks, maps).map { try graph.apply($0, $1) }
        let parts = levels.map { graph.normalize($0) }
        let embedding =
            parts.count == 1
            ? parts[0] : graph.add("Mul", graph.concatenate(parts, axis: 1), graph.number(partLength))
        graph.output(embedding, OnnxPort("embedding", [.open("N"), .fixed(options.dimension)]))
        let raw = levels.count == 1 ? levels[0] : graph.concatenate(levels, axis: 1)
        for (head, layer) in zip(options.heads, heads.layers) where kept.contains(head.name) {
            graph.output(
                try graph.apply(layer, raw),
                OnnxPort(Self.outputName(ofHead: head.name), [.open("N"), .fixed(head.classes)]))
        }
        return graph
    }
}

extension DetectionTower {
    func emit(_ x: OnnxValue, level: Int, into graph: OnnxGraph) throws -> OnnxValue {
        try zip(convolutions, norms[level]).reduce(x) { graph.relu(try graph.chain($0, [$1.0, $1.1])) }
    }
}

extension FeaturePyramid {
    func emit(_ maps: [OnnxValue], into graph: OnnxGraph) throws -> [OnnxValue] {
        var above: OnnxValue?
        var levels: [OnnxValue] = []
        for index in lateral.indices.reversed() {
            let own = try graph.apply(lateral[index], maps[index])
            let sum = above.map { graph.add("Add", own, graph.doubled($0)) } ?? own
            above = sum
            levels.insert(try graph.apply(output[index], sum), at: 0)
        }
        guard let last = levels.last else { return [] }
        return levels + [try graph.apply(extra, last)]
    }
}

extension OnnxGraph {
    /// Maps, every place repeated to a square of four.
    func doubled(_ x: OnnxValue) -> OnnxValue {
        add(
            "Resize", x, .none, constant(HostTensor([Float(1), 1, 2, 2])),
            attributes: [
                "mode": .text("nearest"), "coordinate_transformation_mode": .text("asymmetric"),
                "nearest_mode": .text("floor"),
            ])
    }

    /// The maps [n, a k, h, w] as one row of k numbers for every place and anchor.
    func rows(_ maps: OnnxValue, _ width: Int) -> OnnxValue {
        reshape(transpose(maps, [0, 2, 3, 1]), [0, -1, width])
    }
}

/// A detector's head that says what it computes in ONNX operators of set 17.
protocol OnnxDetectionHead {
    /// Scores [n, count, classes] between 0 and 1, and boxes [n, count, 4] as the head says them.
    func emit(_ levels: [OnnxValue], into graph: OnnxGraph) throws -> (scores: OnnxValue, boxes: OnnxValue)
}

extension RetinaHead: OnnxDetectionHead {
    func emit(_ levels: [OnnxValue], into graph: OnnxGraph) throws -> (scores: OnnxValue, boxes: OnnxValue) {
        let logits = try levels.enumerated().map { level, maps in
            graph.rows(try graph.apply(classes, classTower.emit(maps, level: level, into: graph)), classCount)
        }
        let codes = try levels.enumerated().map { level, maps in
            graph.rows(try graph.apply(boxes, boxTower.emit(maps, level: level, into: graph)), 4)
        }
        return (graph.sigmoid(graph.concatenate(logits, axis: 1)), graph.concatenate(codes, axis: 1))
    }
}

extension AnchorFreeHead: OnnxDetectionHead {
    func emit(_ levels: [OnnxValue], into graph: OnnxGraph) throws -> (scores: OnnxValue, boxes: OnnxValue) {
        var (scores, distances): ([OnnxValue], [OnnxValue]) = ([], [])
        for (level, maps) in levels.enumerated() {
            let seen = try boxTower.emit(maps, level: level, into: graph)
            let logits = try graph.apply(classes, classTower.emit(maps, level: level, into: graph))
            let sure = graph.sigmoid(graph.rows(logits, classCount))
            let central = graph.sigmoid(graph.rows(try graph.apply(centre, seen), 1))
            scores.append(graph.add("Sqrt", graph.add("Mul", sure, central)))
            let factor = graph.number(withoutGrad { scales[level].item() })
            let exponents = graph.add(
                "Clip", graph.add("Mul", try graph.apply(boxes, seen), factor), .none,
                graph.number(Self.largestExponent))
            let pixels = graph.add("Mul", graph.add("Exp", exponents), graph.number(Double(strides[level])))
            distances.append(graph.rows(pixels, 4))
        }
        return (graph.concatenate(scores, axis: 1), graph.concatenate(distances, axis: 1))
    }
}

extension ItemDetector {
    /// The graph from `image` to `scores` [n, count, classes] between 0 and 1, and `boxes` [n, count, 4] as the head says
    /// them. Height and width are open; they must be multiples of ``sideFactor``.
    public func onnxGraph() throws -> OnnxGraph {
        let graph = OnnxGraph(of: self)
        let image = graph.input(
            OnnxPort("image", [.open("N"), .fixed(options.backbone.inputChannels), .open("H"), .open("W")]))
        let levels = try pyramid.emit(graph.features(backbone, image).suffix(3), into: graph)
        guard let known = head as? any OnnxDetectionHead else {
            throw OnnxError(message: "\(type(of: head)) cannot be exported.")
        }
        let (scores, boxes) = try known.emit(levels, into: graph)
        graph.output(scores, OnnxPort("scores", [.open("N"), .open("places"), .fixed(options.classes)]))
        graph.output(boxes, OnnxPort("boxes", [.open("N"), .open("places"), .fixed(4)]))
        return graph
    }
}
