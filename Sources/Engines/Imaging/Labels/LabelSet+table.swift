internal import Basics
internal import Foundation

extension LabelSet {
    /// Reads a table of separated values whose first line names `path`, `left`, `top`, `right`, `bottom`, in pixels, and
    /// perhaps `label`; one line a box. The sizes of the pictures are not in it and stay 1 x 1.
    ///
    /// - Parameter column: the column that becomes the boxes' category.
    public init(table bytes: [UInt8], label column: String = "label") throws(Fault) {
        let records = DelimitedRecords(bytes).records.map { record in
            (line: record.line, fields: record.fields.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) })
        }
        let head = records.first?.fields.map { $0.lowercased() } ?? []
        let columns = ["path", "left", "top", "right", "bottom"].compactMap { head.firstIndex(of: $0) }
        guard columns.count == 5 else { throw Fault("the first line must name path, left, top, right and bottom") }
        let label = head.firstIndex(of: column)
        var places: [String: Int] = [:]
        var pictures: [Picture] = []
        for record in records.dropFirst() {
            let fields = columns.compactMap { record.fields.indices.contains($0) ? record.fields[$0] : nil }
            let edges = fields.dropFirst().compactMap { Double($0) }
            let category = label.flatMap { record.fields.indices.contains($0) ? record.fields[$0] : nil } ?? ""
            guard let path = fields.first, !path.isEmpty, edges.count == 4,
                let box = Box(left: edges[0], top: edges[1], right: edges[2], bottom: edges[3], category: category)
            else { throw Fault("line \(record.line) is no box") }
            if places[path] == nil {
                places[path] = pictures.count
                pictures.append(Picture(name: path, size: ImageSize(width: 1, height: 1)))
            }
            if let place = places[path] { pictures[place].boxes.append(box) }
        }
        self.init(pictures: pictures)
    }
}
