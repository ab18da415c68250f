import TestSupport

/// The words of the settings.
extension ChromiumPage {
    /// Opens a section and waits until its rows, or their absence, are shown.
    func choose(_ section: String) async throws {
        try await evaluate("location.hash = '#\(section)'")
        try await wait(
            "document.querySelector('#set-\(section)') && (document.querySelector('.set-row, .board-card') || !document.querySelector('.set-none').hidden)"
        )
    }

    /// Fills the field with that label, of the open dialog where there is one.
    func put(_ label: String, _ value: String) async throws {
        try await evaluate(
            """
            (() => { const place = document.querySelector('dialog[open]') ?? document;
            const label = [...place.querySelectorAll('label')].find(l => l.textContent === \(Self.quoted(label)));
            const input = label.control; input.value = \(Self.quoted(value));
            for (const type of ['input', 'change']) input.dispatchEvent(new Event(type, { bubbles: true })); })()
            """)
    }

    func tick(_ label: String) async throws {
        try await evaluate(
            "[...document.querySelectorAll('dialog[open] .set-tick')].find(l => l.textContent === \(Self.quoted(label))).click()"
        )
    }

    func day(_ day: Int, _ hours: String) async throws {
        try await evaluate(
            """
            (() => { const input = document.querySelector('dialog[open] [data-day="\(day)"]'); input.value = '\(hours)';
            input.dispatchEvent(new Event('input', { bubbles: true })); })()
            """)
    }

    /// Presses a button by its words, in the row whose name begins so.
    func press(button: String, in row: String? = nil) async throws {
        let place =
            row.map {
                "[...document.querySelectorAll('.set-row')].find(r => r.querySelector('h3')?.textContent.startsWith(\(Self.quoted($0))))"
            } ?? "document.querySelector('.set-section')"
        try await wait(place)
        try await evaluate("[...\(place).querySelectorAll('button')].find(b => b.textContent === '\(button)').click()")
    }

    /// Keeps what is in the open dialog and waits until it has closed.
    func submit() async throws {
        try await evaluate(
            """
            (() => { const dialog = document.querySelector('dialog[open]'); dialog.id = 'submitted';
            dialog.querySelector('form').requestSubmit(); })()
            """)
        try await wait("!document.querySelector('#submitted')")
    }
}
