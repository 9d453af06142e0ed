//! Markup that is well-formed whatever is put in: the same bytes are read alike by readers of XML and of HTML.

use crate::sight::visible;

/// Adds text with its markup escaped, and with what nobody sees spelled out; XML 1.0 forbids most of it.
pub(super) fn escaped(out: &mut String, text: &str, attribute: bool) {
    let shown: String = text.split_inclusive(['\n', '\t']).map(shown).collect();
    for c in shown.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' if attribute => out.push_str("&#10;"),
            '\t' if attribute => out.push_str("&#9;"),
            c => out.push(c),
        }
    }
}

/// A text up to a line feed or a tab, which stays.
fn shown(piece: &str) -> String {
    let text = piece.trim_end_matches(['\n', '\t']);
    visible(text) + piece.get(text.len()..).unwrap_or_default()
}

/// Elements that have no end in HTML.
const VOID: [&str; 2] = ["meta", "br"];

/// Attributes, by name.
pub(super) type Attributes<'a> = &'a [(&'a str, &'a str)];

/// A page in the making. Elements close themselves; text can be nothing but text.
#[derive(Debug, Default)]
pub(super) struct Markup(String);

impl Markup {
    /// A document of HTML.
    pub(super) fn html() -> Self {
        Self("<!DOCTYPE html>\n".to_owned())
    }

    /// An element with what `inside` adds to it.
    pub(super) fn element(&mut self, name: &str, attributes: Attributes<'_>, inside: impl FnOnce(&mut Self)) {
        self.start(name, attributes);
        if VOID.contains(&name) {
            self.0.push_str("/>");
            return;
        }
        self.0.push('>');
        inside(self);
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
    }

    /// An element that holds text alone.
    pub(super) fn leaf(&mut self, name: &str, attributes: Attributes<'_>, text: &str) {
        self.element(name, attributes, |inside| inside.text(text));
    }

    /// An element on lines of its own.
    pub(super) fn block(&mut self, name: &str, attributes: Attributes<'_>, inside: impl FnOnce(&mut Self)) {
        self.element(name, attributes, |page| {
            page.0.push('\n');
            inside(page);
        });
        self.0.push('\n');
    }

    /// An element that holds text alone, on a line of its own.
    pub(super) fn line(&mut self, name: &str, attributes: Attributes<'_>, text: &str) {
        self.leaf(name, attributes, text);
        self.0.push('\n');
    }

    /// Text, whatever stands in it.
    pub(super) fn text(&mut self, text: &str) {
        escaped(&mut self.0, text, false);
    }

    /// A style sheet of ours, whose bytes must stay as they are: it holds neither `<` nor `&`.
    pub(super) fn style(&mut self, sheet: &'static str) {
        self.element("style", &[], |page| page.0.push_str(sheet));
        self.0.push('\n');
    }

    /// The text of all of it.
    pub(super) fn into_text(self) -> String {
        self.0
    }

    fn start(&mut self, name: &str, attributes: Attributes<'_>) {
        self.0.push('<');
        self.0.push_str(name);
        for (key, value) in attributes {
            self.0.push(' ');
            self.0.push_str(key);
            self.0.push_str("=\"");
            escaped(&mut self.0, value, true);
            self.0.push('"');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_stays_text() {
        let mut page = Markup::default();
        page.element("p", &[("title", "\"><script>\n")], |page| {
            page.text("</p><img src=x onerror=alert(1)>&amp;\u{202e}");
            page.element("br", &[], |_| {});
            page.leaf("td", &[], "");
        });
        let expected = "<p title=\"&quot;&gt;&lt;script&gt;&#10;\">&lt;/p&gt;&lt;img src=x onerror=alert(1)&gt;&amp;amp;\
                        &lt;U+202E&gt;<br/><td></td></p>";
        assert_eq!(page.into_text(), expected);
    }
}
