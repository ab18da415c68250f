/// A look through a catalogue that ends in questions to people.
public enum CatalogueLook: String, Sendable, Hashable, CaseIterable {
    /// Pictures that do not belong to their items.
    case noise
    /// Items that are one thing.
    case merge
    /// Pictures that are parts of others, or turned a little.
    case crops
    /// Titles that speak against their categories.
    case titles
    /// Scans whose best item was near, and not near enough.
    case unsure

    var kind: CatalogueJobs.Kind {
        switch self {
        case .noise: .denoise
        case .merge: .merge
        case .crops: .crops
        case .titles: .titles
        case .unsure: .unsure
        }
    }
}
