//! `similar`: how near a reply is in meaning to a text, as a model places both.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    Form, Place,
    judge::{Answers, Judge, known},
};
use crate::artifact::Item;

/// The longest text to compare with, in bytes.
const LONGEST: usize = 8 * 1024;

/// `similar = { by = "NAME", to = "…", at_least = 0.8 }`: reply and text lie near each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Similar {
    /// Who places texts.
    pub by: Arc<Judge>,
    /// What the reply is compared with.
    pub to: String,
    /// The least cosine of the angle between both; above 0, at most 1.
    pub at_least: f64,
}

impl Similar {
    pub(super) fn read(item: &Item<'_>, place: Place<'_>) -> Option<Self> {
        let mut fields = item.table()?;
        let by = fields.required("by").and_then(|item| known(&item, Answers::Vector, place.judges));
        let to = fields.required("to").and_then(|item| {
            let to = item.filled_string()?;
            if to.len() > LONGEST {
                let message = format!("`{}` has {} bytes, and may have {LONGEST}", item.keys(), to.len());
                item.refuse("too-long", message);
                return None;
            }
            Some(to)
        });
        let least = fields.required("at_least").and_then(|item| item.number_within(f64::MIN_POSITIVE..=1.0));
        fields.finish();
        Some(Self { by: by?, to: to?, at_least: least? })
    }

    /// Compared is who is asked, not what the suite calls them.
    pub(super) fn to_json(&self, form: Form) -> Value {
        if form == Form::Written {
            return json!({ "by": self.by.name, "to": self.to, "at_least": self.at_least });
        }
        let mut told = json!({ "prompt": self.by.prompt, "to": self.to, "at_least": self.at_least });
        if let (Some(told), Some(bundle)) = (told.as_object_mut(), &self.by.bundle) {
            told.insert("bundle".to_owned(), json!(bundle));
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use crate::artifact::{Check, Source, Suite};

    fn read(head: &str, check: &str) -> Result<Suite, Vec<String>> {
        let text = format!("prompt = \"p\"\n{head}\n[[case]]\nid = \"a\"\nexpect = [{check}]\n");
        let read = Suite::parse("evals/p.toml", &Source::single("p.toml", text.into_bytes()));
        read.map(|(suite, _)| suite).map_err(|problems| problems.into_iter().map(|problem| problem.code).collect())
    }

    const NEAR: &str = "[embedders.near]\nprompt = \"embed\"\n";

    #[test]
    fn an_embedder_is_named_once_and_asked_by_name() {
        let suite = read(NEAR, "{ similar = { by = \"near\", to = \"It is refunded.\", at_least = 0.8 } }").unwrap();
        let Check::Similar(similar) = &suite.cases[0].expect[0].check else { panic!() };
        assert_eq!((similar.to.as_str(), similar.by.votes, suite.judges().len()), ("It is refunded.", 1, 1));
        assert_eq!(suite.cases[0].expect[0].to_json()["similar"]["by"], "near");
    }

    #[test]
    fn what_could_never_be_compared_is_refused() {
        let check = "{ similar = { by = \"near\", to = \"x\", at_least = 0.8 } }";
        let judge = "[judges.near]\nprompt = \"embed\"\n";
        for (head, check, code) in [
            (NEAR, check.replace("0.8", "0"), "out-of-range"),
            (NEAR, check.replace("0.8", "1.1"), "out-of-range"),
            (NEAR, check.replace("\"x\"", "\" \""), "empty-value"),
            (NEAR, check.replace("near", "nera"), "unknown-judge"),
            (NEAR, "{ json = true }".to_owned(), "unused-judge"),
            (NEAR, "{ judge = { by = \"near\", rubric = \"x\" } }".to_owned(), "unknown-judge"),
            (judge, check.to_owned(), "unknown-judge"),
            ("[embedders.near]\nprompt = \"embed\"\nvotes = 3\n", check.to_owned(), "unknown-key"),
        ] {
            let found = read(head, &check).unwrap_err();
            assert!(found.contains(&code.to_owned()), "{head} {check}: {found:?}");
        }
        let both = format!("{NEAR}{judge}");
        assert!(read(&both, check).unwrap_err().contains(&"duplicate".to_owned()));
    }
}
