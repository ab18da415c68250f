#if LEARNING
    @_spi(Fuzzing) import Learning

    extension Targets {
        /// What data for training is written in. Only where libtorch is.
        static let learning: [String: Target] = [
            "data-scene": Target(seeds: { [scene] }, run: DataParsers.scene),
            "data-table": Target(
                seeds: { [Array("path,kind\n\"a, b.jpg\",bag\n".utf8), Array("path\tkind\na.jpg\tbag\n".utf8)] },
                run: DataParsers.table),
            "data-line": Target(seeds: { [line] }, run: DataParsers.line),
            "data-labelme": Target(seeds: { [labelme] }, run: DataParsers.labelme),
            "data-voc": Target(seeds: { [voc] }, run: DataParsers.voc),
            "data-coco": Target(seeds: { [coco] }, run: DataParsers.coco),
            "data-tar": Target(seeds: { [try DataParsers.sampleTar()] }, run: DataParsers.tar),
            "data-zip": Target(seeds: { [zip] }, run: DataParsers.zip),
        ]

        /// One box from (1, 1) to (2, 2) with a feature of one number.
        private static let scene = Array(
            "7\t4\t4\t1\tAACAPwAAgD8AAABAAAAAQA==\tAACAPw==\tAQAAAAAAAAA=\tred bag\t9".utf8)

        private static let line = Array(
            #"{"path": "a.jpg", "labels": {"k": "b"}, "boxes": [{"left": 1, "top": 2, "right": 3, "bottom": 4}]}"#.utf8)

        private static let labelme = Array(
            #"{"imagePath": "a.jpg", "imageWidth": 9, "shapes": [{"label": "b", "points": [[1, 2], [3, 4]]}]}"#.utf8)

        private static let voc = Array(
            """
            <?xml version="1.0"?><annotation><filename>a.jpg</filename><size><width>9</width><height>9</height></size>
            <object><name>b &amp; c</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox>
            </object></annotation>
            """.utf8)

        private static let coco = Array(
            """
            {"images": [{"id": 1, "file_name": "a"}], "categories": [{"id": 1, "name": "b"}],
             "annotations": [{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}]}
            """.utf8)

        /// A member `a` of one stored byte.
        private static let zip: [UInt8] = {
            let sizes: [UInt8] = [0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0]
            let head: [UInt8] = [20, 0, 0, 0, 0, 0, 0, 0, 0, 0] + sizes
            let local = [0x50, 0x4B, 3, 4] + head + [0, 0, 0x61, 7]
            let entry = [0x50, 0x4B, 1, 2, 20, 0] + head + [UInt8](repeating: 0, count: 16) + [0x61]
            let end: [UInt8] = [0, 0, 0, 0, 1, 0, 1, 0, UInt8(entry.count), 0, 0, 0, UInt8(local.count), 0, 0, 0, 0, 0]
            return local + entry + [0x50, 0x4B, 5, 6] + end
        }()
    }
#else
    extension Targets {
        /// Nothing without libtorch.
        static let learning: [String: Target] = [:]
    }
#endif
