import Learning

let oneThread: Void = { TorchRuntime.threads = 1 }()

/// Draws all numbers of a module anew, so that no part is silent and running numbers are not those of a beginning.
func stir(_ module: Module, seed: UInt64 = 5) {
    _ = oneThread
    TorchRuntime.seed(seed)
    for (key, tensor) in module.flattened() where tensor.dtype.isFloating {
        let drawn = Tensor.rand(tensor.shape)
        switch key.split(separator: ".").last {
        case "running_var": tensor.copyInPlace(drawn * 0.5 + 0.75)
        case "running_mean", "bias": tensor.copyInPlace((drawn - 0.5) * 0.2)
        // The last norm of a residual block begins at 0, and stays small in nets that learnt.
        case "weight" where tensor.rank == 1 && tensor.abs().sum().item() == 0: tensor.copyInPlace(drawn * 0.2 + 0.1)
        case "weight" where tensor.rank == 1: tensor.copyInPlace(drawn * 0.5 + 0.75)
        default: break
        }
    }
    module.train(false)
}

func box(_ tensor: Tensor) -> Serving.Box { Serving.Box(shape: tensor.shape, floats: tensor.host().floats) }

extension HostTensor {
    init(_ box: Serving.Box) { self.init(box.floats, shape: box.shape) }
}

/// A layer's graph from `x` to `y`, the first dimension open.
func graph(_ layer: Layer, shape: [Int]) throws -> OnnxGraph {
    let graph = OnnxGraph(of: layer)
    let x = graph.input(OnnxPort("x", [.open("N")] + shape.dropFirst().map { .fixed($0) }))
    let y = try graph.apply(layer, x)
    graph.output(y, OnnxPort("y", (0..<y.rank).map { .open("d\($0)") }))
    return graph
}

/// Compares a layer that does not learn with its exported form on drawn numbers.
func parity(_ layer: Layer, shape: [Int], folds: Bool = true) throws -> ExportParity {
    stir(layer)
    let x = Tensor.randn(shape)
    let own = try checked { withoutGrad { layer(x).host() } }
    let graph = try graph(layer, shape: shape)
    if folds { graph.foldBatchNorms() }
    let file = try OnnxFile(graph)
    let served = try Serving.run(file.bytes, ["x": box(x)])
    var parity = ExportParity(runtime: try Serving.version())
    if let y = served["y"] { try parity.compare("y", trained: own, served: HostTensor(y)) }
    return parity
}
