import Basics
import Foundation
import Inference
import ServiceLifecycle
import Storage
import VisualSearch

extension VitrineServer {
    /// The routes about panoramas.
    func addPanoramaRoutes(to routes: inout RouteTable) {
        let access = CatalogueAccess(catalogues: core.catalogues)
        routes.add(
            PanoramaRoutes(panoramas: core.panoramas),
            PanoramaFileRoutes(panoramas: core.panoramas, jobs: panoramaJobs),
            ViewerRoutes(panoramas: core.panoramas) { sku in
                guard let names = try? await access.catalogues.names(),
                    let name = names.contains(CatalogueAccess.firstName) ? CatalogueAccess.firstName : names.first,
                    let item = try? await access.catalogues.catalogue(name).items(sku: sku).first
                else { return nil }
                return ["title": .string(item.draft.title), "link": .string(item.draft.link)]
            })
    }

    /// What panoramas need done again and again.
    var panoramaChores: [Upkeep.Chore] {
        let panoramas = core.panoramas
        let jobs = panoramaJobs
        return [
            .init(name: "panoramas", every: .seconds(1)) { while try await jobs.runNext(owner: "server") {} },
            .init(name: "old panoramas", every: .seconds(3_600)) { try await panoramas.sweep() },
        ]
    }

    /// Nobody else serves this folder: panoramas that a dead process held go on at once.
    func resumePanoramas() async {
        try? await panoramaJobs.takeOver()
        await panoramaMessages.catchUp()
    }

    private var panoramaMessages: PanoramaMessages {
        PanoramaMessages(panoramas: core.panoramas, messaging: core.messaging, logger: logger)
    }

    private var panoramaJobs: PanoramaJobs {
        let messages = panoramaMessages
        let folder = core.directory.path + "/cage"
        let program = ModelService.Settings(data: core.directory.path).program
        return PanoramaJobs(core.panoramas) { memory, seconds in
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            return CagedProgram.Limits(
                command: [program, "stitch-worker"], folder: folder, memoryBytes: memory, processorSeconds: seconds)
        } made: { [messages] number in
            await messages.deliver(number)
        }
    }
}
