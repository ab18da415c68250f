internal import Imaging

/// What was seen in a picture on its way to a search or an index.
struct PictureLook: Sendable {
    /// The part that was looked at.
    let choice: ObjectChoice
    /// What the model says of it.
    let reading: PictureReading
    /// The variance of the picture's Laplacian.
    let sharpness: Double
}

extension CatalogueModels {
    /// How the part of a customer's photo is chosen: the object that a detector is sure of, else the middle that the
    /// embedder was measured with.
    func customerRules(for embedder: (any PictureEmbedder)?) -> ObjectChoice.Rules {
        var rules = ObjectChoice.Rules()
        rules.sure = finder.sure
        rules.middle = embedder?.middle ?? 1
        return rules
    }

    /// Looks at a customer's photo as a scan does.
    func look(at photo: LookedAt, with embedder: any PictureEmbedder) throws -> PictureLook {
        let choice = ObjectChoice(
            try finder.objects(in: photo.decoded.image), rules: customerRules(for: embedder),
            hasLooked: finder.isLooking)
        return PictureLook(
            choice: choice, reading: try reading(of: photo.crop(choice.box), by: embedder),
            sharpness: try photo.decoded.image.sharpness())
    }

    /// What an embedder says of the picture of a thing, with the word of the model that is there for categories. Where that
    /// one fails or says nothing, the embedder's own word stays: a worse answer beats none.
    func reading(of picture: Image, by embedder: any PictureEmbedder) throws -> PictureReading {
        var reading = try embedder.reading(of: picture)
        if let named = try? namer?.categories(of: picture), !named.isEmpty { reading.categories = named }
        return reading
    }
}
