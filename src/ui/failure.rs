//! A failure's two faces.

use serde_json::{Value, json};

use super::{Line, Page};
use crate::{
    ops::{Failure, Next},
    scan::safe_document,
};

/// One next step as a person reads it.
fn spell(next: &Next) -> String {
    match next {
        Next::Run(command) => command.clone(),
        Next::Edit { path, line: Some(line), what } => format!("edit {path}:{line}: {what}"),
        Next::Edit { path, line: None, what } => format!("edit {path}: {what}"),
        Next::Ask { who, what } => format!("ask {who}: {what}"),
        Next::Say(text) => text.clone(),
    }
}

/// The page of a failure.
pub(super) fn failure_page(failure: &Failure) -> Page {
    let mut page = Page::new();
    page.paragraph(Line::new().bad("error").text(": ").strong(&failure.message));
    page.indented(|page| {
        page.problems(&failure.problems);
        if let Some(because) = &failure.because {
            page.paragraph(Line::new().faint("because: ").text(because));
        }
        for next in &failure.next {
            page.paragraph(Line::new().faint("next: ").text(spell(next)));
        }
    });
    page
}

/// The JSON document of a failure.
pub fn document(failure: &Failure) -> Value {
    let mut document = json!({
        "schema": "chancery.failure/1",
        "code": failure.code,
        "message": failure.message,
        "because": failure.because,
        "next": failure.next.iter().map(spell).collect::<Vec<_>>(),
        "exit": failure.exit.code(),
    });
    if let (false, Some(fields)) = (failure.problems.is_empty(), document.as_object_mut()) {
        fields.insert("problems".to_owned(), json!(failure.problems));
    }
    safe_document(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_what_why_and_what_next() {
        let failure =
            Failure::moved("moved", "cannot carry out proposal `7be4410c`").because("it moved").run("chancery status");
        let shown = String::from_utf8(failure_page(&failure).answer(80)).unwrap();
        assert_eq!(
            anstream::adapter::strip_str(&shown).to_string(),
            "error: cannot carry out proposal `7be4410c`\n  because: it moved\n  next: chancery status\n"
        );
        assert_eq!(document(&failure)["exit"], 4);
    }
}
