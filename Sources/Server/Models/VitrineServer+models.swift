import Inference
import Storage
import Synchronization

extension VitrineServer {
    /// Routes of the registry of models and of training runs.
    func addModelRoutes(to routes: inout RouteTable) {
        routes.add(ModelRoutes(models: core.models))
        routes.add(RunRoutes(folder: core.directory.path + "/runs"))
    }

    /// Counters of what models did.
    func registerModelMetrics() {
        let models = core.models
        func total(_ name: String, _ help: String, _ value: @escaping @Sendable (ModelFigures) -> UInt64) {
            metrics.counter(name, help) { Double(models.totals(value)) }
        }
        total("vitrine_model_answers_total", "Requests that models answered.") { $0.answers }
        total("vitrine_model_runs_total", "Runs of models; several requests may share one.") { $0.runs }
        total("vitrine_model_failures_total", "Requests at which a model failed.") { $0.failures }
        total("vitrine_model_timeouts_total", "Requests whose deadline passed.") { $0.timeouts }
        total("vitrine_model_overloads_total", "Requests that found too many waiting.") { $0.overloads }
        metrics.gauge("vitrine_models_loaded", "Models that are loaded.") {
            Double(models.loaded.withLock { $0.models.count })
        }
    }
}

extension ModelService {
    /// A figure over all models that are loaded, and those that were.
    func totals(_ value: (ModelFigures) -> UInt64) -> UInt64 {
        loaded.withLock { loaded in
            loaded.models.reduce(value(loaded.gone)) { $0 &+ value($1.queue.figures) }
        }
    }
}
