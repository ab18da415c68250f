import Basics
import Testing

@testable import VisualSearch

@Suite("Texts of articles")
struct ArticleTextTests {
    @Test("Markdown gives headings, paragraphs, lists and pictures without its marks")
    func markdown() {
        let draft = ArticleDraft(
            key: "boots.md",
            markdown: """
                ---
                kind: encyclopedia
                category: shoes
                source: "The museum"
                link: https://museum.test/boots
                ---
                # Acme **boots**

                They are [made](https://x.test "why") of `leather`
                and \\*rubber\\*. ![Red boots](img/red.jpg "front") See below.

                ## Care ##
                - dry
                2. wax
                > a word
                ```
                code   here
                ```
                """)
        #expect(draft.kind == .encyclopedia && draft.title == "Acme boots" && draft.category == "shoes")
        #expect(draft.source == "The museum" && draft.link == "https://museum.test/boots" && draft.fault == nil)
        #expect(
            draft.text.blocks == [
                .paragraph("They are made of leather and *rubber*. See below."), .picture(0), .heading("Care"),
                .item("dry"), .item("wax"), .paragraph("a word"), .paragraph("code here"),
            ])
        #expect(draft.pictures == [.init(name: "img/red.jpg", caption: "Red boots")])
        #expect(ArticleText(encoded: draft.text.encoded) == draft.text)
    }

    @Test("a page gives its text without menus, scripts and forms")
    func page() {
        let page = """
            <!doctype html><html><head><title>Shop | Boots</title><style>p{}</style>
            <meta property="og:site_name" content="Gazette &amp; Co"></head>
            <body><nav><a href=/>Home</a></nav><h1>Boots of <em>the</em> year</h1>
            <p>First &lt;b&gt; caf&eacute; &#x4E2D;&nope; 1 < 2.<br>Second<script>if (a<b) { "</p>" }</script></p>
            <ul><li>one<li>two</ul><figure><img src='a.jpg' alt="A &quot;boot&quot;"><figcaption>Seen</figcaption></figure>
            <form>no</form><!-- <p>hidden</p> --><h2>End</h2></body>
            """
        let draft = ArticleDraft(key: "p", html: Array(page.utf8))
        #expect(draft.title == "Boots of the year" && draft.source == "Gazette & Co")
        #expect(
            draft.text.blocks == [
                .paragraph("First <b> café 中&nope; 1 < 2."), .paragraph("Second"), .item("one"), .item("two"),
                .picture(0), .paragraph("Seen"), .heading("End"),
            ])
        #expect(draft.pictures == [.init(name: "a.jpg", caption: "A \"boot\"")])
    }

    @Test("anything can be read as a page or as Markdown, however broken")
    func broken() {
        let pieces = [
            "<", "</", "<p", "<a href=", "\"", "'", ">", "<!--", "-->", "<script>", "&#", ";", "![", "](", ")", "#",
        ]
        var random = SeededRandom(seed: 17)
        for _ in 0..<300 {
            let text = (0..<12).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            _ = ArticleDraft(key: "k", html: Array(text.utf8))
            _ = ArticleDraft(key: "k", markdown: text)
        }
        #expect(ArticleDraft(key: "", markdown: "# a").fault != nil)
        #expect(ArticleDraft(key: "k", markdown: "no title").fault != nil)
        #expect(ArticleDraft(key: "k", title: "t", link: "javascript:alert(1)").fault != nil)
    }

    @Test("a record brings its own fields, and its pictures follow the text")
    func record() {
        let draft = ArticleDraft(record: [
            "title": "News", "body": "Words ![x](a.png)", "url": "https://n.test/1", "pictures": ["a.png", "b.png"],
            "kind": "article",
        ])
        #expect(draft.key == "https://n.test/1" && draft.title == "News")
        #expect(draft.text.blocks == [.paragraph("Words"), .picture(0), .picture(1)])
        #expect(draft.pictures.map(\.name) == ["a.png", "b.png"])
    }
}
