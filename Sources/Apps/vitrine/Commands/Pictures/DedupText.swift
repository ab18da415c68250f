/// What the page of duplicates says, in English and Chinese.
enum DedupText: String, CaseIterable {
    case title, pictures, copies, review, shared, unread, savedBytes, stays, goes, maybe, other
    case same, bytes, pixels, both, one, none, more, turned, bits, likeness, language, all, explain

    var english: String {
        switch self {
        case .title: "Duplicate pictures"
        case .pictures: "pictures"
        case .copies: "Copies"
        case .review: "To look at"
        case .shared: "Shared by sellers"
        case .unread: "not readable"
        case .savedBytes: "in copies"
        case .stays: "stays"
        case .goes: "copy"
        case .maybe: "perhaps a copy"
        case .other: "of another seller"
        case .same: "Why"
        case .bytes: "Equal files"
        case .pixels: "Equal pixels, other metadata"
        case .both: "Both checks agree"
        case .one: "Only one of two checks agrees"
        case .none: "No duplicates were found."
        case .more: "more pairs are not shown; <code>--show N</code> shows more."
        case .turned: "mirrored or turned"
        case .bits: "bits differ"
        case .likeness: "alike"
        case .language: "中文"
        case .all: "All"
        case .explain:
            "Nothing is moved by this page. <code>vitrine dedup FOLDER --apply</code> moves the copies aside and can be undone."
        }
    }

    var chinese: String {
        switch self {
        case .title: "重复图片"
        case .pictures: "张图片"
        case .copies: "副本"
        case .review: "待人工确认"
        case .shared: "不同卖家共用"
        case .unread: "张无法读取"
        case .savedBytes: "为副本所占"
        case .stays: "保留"
        case .goes: "副本"
        case .maybe: "可能是副本"
        case .other: "其他卖家"
        case .same: "依据"
        case .bytes: "文件完全相同"
        case .pixels: "像素相同，元数据不同"
        case .both: "两项检查一致"
        case .one: "仅一项检查一致"
        case .none: "没有发现重复图片。"
        case .more: "对未显示；可用 <code>--show N</code> 显示更多。"
        case .turned: "镜像或旋转"
        case .bits: "位不同"
        case .likeness: "相似"
        case .language: "English"
        case .all: "全部"
        case .explain: "本页不会移动任何文件。<code>vitrine dedup 文件夹 --apply</code> 会把副本移到一旁，并可撤销。"
        }
    }

    /// Both texts; the page shows one of them.
    var html: String { "<span lang=\"en\">\(english)</span><span lang=\"zh\">\(chinese)</span>" }
}
