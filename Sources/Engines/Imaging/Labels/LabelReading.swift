extension LabelSet {
    /// What a file says of a picture, and why something of it was left out.
    ///
    /// Who imports labels wants a faulty file refused, who trains on many thousands wants what can be used of it.
    public struct Reading: Sendable, Hashable {
        /// The picture with the boxes that make sense; 0 x 0 large where the file does not tell its size.
        public var picture: Picture
        /// What makes no sense, in the order of the file.
        public var faults: [Fault] = []

        /// A picture without boxes; a size that is not told, or impossible, is the first fault.
        init(name: String, size: ImageSize?, _ fault: @autoclosure () -> String) {
            picture = Picture(name: name, size: size ?? ImageSize(width: 0, height: 0))
            if size == nil { faults.append(Fault(fault())) }
        }

        /// Whether the file tells the picture's size.
        public var isSized: Bool { picture.size.width > 0 }

        /// The picture, if all that the file says of it makes sense.
        public func whole() throws(Fault) -> Picture {
            if let fault = faults.first { throw fault }
            return picture
        }
    }
}
