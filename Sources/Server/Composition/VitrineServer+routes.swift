extension VitrineServer {
    /// Every route of the product, feature by feature.
    func addRoutes(to routes: inout RouteTable) {
        routes.add(
            HealthRoutes(
                database: core.database, metrics: metrics, readers: configuration.metricsReaders, clock: core.clock,
                inference: { [models = core.models] in models.inference }))
        routes.add(MediaRoutes(media: core.media))
        addAccountRoutes(to: &routes)
        addMessagingRoutes(to: &routes)
        addModelRoutes(to: &routes)
        addVisualSearchRoutes(to: &routes)
        addPanoramaRoutes(to: &routes)
        addDeskRoutes(to: &routes)
        addStatisticsRoutes(to: &routes)
    }
}
