//! What one golden case asks for, small enough to be kept with every version of its suite.

use serde::{Deserialize, Serialize};

use crate::{
    artifact::{Case, Check, Expectation, Quarantine},
    object::Digest,
};

/// The largest number that canonical JSON keeps exactly.
const LARGEST: u64 = (1 << 53) - 1;

/// What a golden case asks for: by digest, but for bounds that can be compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseForm {
    /// The digest of its variables.
    pub vars: Digest,
    /// The digest of each check, sorted, each once; `max_tokens` is not among them.
    pub checks: Vec<Digest>,
    /// The most tokens a reply may have, where that is asked; of several the fewest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u64>,
    /// That a failure of it is borne, why and until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quarantine: Option<Quarantine>,
}

impl CaseForm {
    /// What a case asks for. Its name and tags ask for nothing.
    pub fn of(case: &Case) -> Self {
        let quarantine = case.quarantine.clone();
        let mut form = Self { vars: case.vars_digest(), checks: Vec::new(), max_tokens: None, quarantine };
        let unsaid = case.conversation.unsaid(&case.expect);
        case.expect.iter().chain(&unsaid).for_each(|expectation| form.add(expectation));
        form.checks.sort();
        form.checks.dedup();
        form
    }

    fn add(&mut self, expectation: &Expectation) {
        match &expectation.check {
            Check::MaxTokens(most) if !expectation.negated => {
                let most = (*most).min(LARGEST);
                self.max_tokens = Some(self.max_tokens.map_or(most, |known| known.min(most)));
            }
            // Whether they stand in a group of which all must hold or beside each other is the same.
            Check::All(of) if !expectation.negated => of.iter().for_each(|member| self.add(member)),
            _ => self.checks.push(expectation.digest()),
        }
    }

    /// Whether every reply that passes this case would have passed the other one, as far as that can be proven.
    ///
    /// It can where both put the same question, this one makes every check of the other, bounds are no wider, and a
    /// failure is borne no longer. In doubt the answer is no.
    pub fn asks_no_less_than(&self, other: &Self) -> bool {
        let bound = match (self.max_tokens, other.max_tokens) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(now), Some(before)) => now <= before,
        };
        let borne = !self.is_borne_longer_than(other);
        bound
            && borne
            && self.vars == other.vars
            && other.checks.iter().all(|check| self.checks.binary_search(check).is_ok())
    }

    /// Whether a failure is borne that the other one would count, or for more days.
    pub fn is_borne_longer_than(&self, other: &Self) -> bool {
        let until = |form: &Self| form.quarantine.as_ref().map(|quarantine| quarantine.until.clone());
        until(self) > until(other)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::artifact::{Source, Suite};

    fn form(expect: &str, city: &str) -> CaseForm {
        let text = format!("prompt = \"p\"\n[[case]]\nid = \"a\"\nvars = {{ city = \"{city}\" }}\nexpect = {expect}\n");
        let (suite, _) = Suite::parse("evals/p.toml", &Source::single("p.toml", text.into_bytes())).unwrap();
        CaseForm::of(&suite.cases[0])
    }

    #[test]
    fn more_checks_and_tighter_bounds_ask_no_less() {
        let before = form("[{ contains = \"Oslo\" }, { max_tokens = 100 }]", "Oslo");
        for (expect, city, tighter) in [
            ("[{ max_tokens = 100 }, { contains = \"Oslo\" }]", "Oslo", true),
            ("[{ contains = \"Oslo\" }, { max_tokens = 99 }, { json = true }]", "Oslo", true),
            ("[{ contains = \"Oslo\" }, { max_tokens = 500 }, { max_tokens = 50 }]", "Oslo", true),
            ("[{ contains = \"Oslo\" }, { max_tokens = 101 }]", "Oslo", false),
            ("[{ contains = \"Oslo\" }]", "Oslo", false),
            ("[{ max_tokens = 100 }]", "Oslo", false),
            ("[{ not_contains = \"Oslo\" }, { max_tokens = 100 }]", "Oslo", false),
            ("[{ contains = \"Osl\" }, { max_tokens = 100 }]", "Oslo", false),
            ("[{ contains = \"Oslo\" }, { not_max_tokens = 100 }]", "Oslo", false),
            ("[{ contains = \"Oslo\" }, { max_tokens = 100 }]", "Bergen", false),
        ] {
            assert_eq!(form(expect, city).asks_no_less_than(&before), tighter, "{expect} {city}");
        }
    }

    #[test]
    fn what_is_expected_of_a_conversation_unsaid_is_not_given_up_unseen() {
        let talk = |expect: &str| form(&format!("[{expect}]\nthen = [\"yes\"]"), "Oslo");
        let before = talk("{ contains = \"a\" }");
        assert_eq!(before.checks.len(), 3);
        assert!(talk("{ contains = \"a\" }, { json = true }").asks_no_less_than(&before));
        for gives_up in ["{ finish = \"tools\" }", "{ any = [{ valid_calls = true }, { words = { min = 1 } }] }"] {
            assert!(!talk(&format!("{{ contains = \"a\" }}, {gives_up}")).asks_no_less_than(&before), "{gives_up}");
        }
    }

    #[test]
    fn a_group_does_not_hide_that_a_case_asks_less() {
        let before = form(
            "[{ contains = \"a\" }, { max_tokens = 9 }, { any = [{ contains = \"b\" }, { json = true }] }]",
            "Oslo",
        );
        for (expect, tighter) in [
            (
                "[{ all = [{ max_tokens = 9 }, { any = [{ json = true }, { contains = \"b\" }] }, { contains = \"a\" }] }]",
                true,
            ),
            (
                "[{ all = [{ contains = \"a\" }, { all = [{ max_tokens = 8 }, { words = 1 }] }] }, { any = [{ contains = \"b\" }, { json = true }] }]",
                true,
            ),
            (
                "[{ all = [{ contains = \"a\" }, { max_tokens = 10 }] }, { any = [{ contains = \"b\" }, { json = true }] }]",
                false,
            ),
            (
                "[{ any = [{ contains = \"a\" }, { contains = \"x\" }] }, { max_tokens = 9 }, { any = [{ contains = \"b\" }, { json = true }] }]",
                false,
            ),
            (
                "[{ contains = \"a\" }, { max_tokens = 9 }, { any = [{ contains = \"b\" }, { json = true }, { words = 1 }] }]",
                false,
            ),
            (
                "[{ contains = \"a\" }, { not_all = [{ max_tokens = 9 }] }, { any = [{ contains = \"b\" }, { json = true }] }]",
                false,
            ),
            (
                "[{ contains = \"a\" }, { max_tokens = 9 }, { at_least = { n = 1, of = [{ contains = \"b\" }, { json = true }] } }]",
                false,
            ),
        ] {
            assert_eq!(form(expect, "Oslo").asks_no_less_than(&before), tighter, "{expect}");
        }
    }

    #[test]
    fn a_quarantine_asks_less_and_a_longer_one_less_still() {
        let quarantined = |until: &str| CaseForm {
            quarantine: Some(Quarantine { reason: "flaky".to_owned(), until: until.to_owned() }),
            ..form("[{ json = true }]", "Oslo")
        };
        let (free, short, long) =
            (form("[{ json = true }]", "Oslo"), quarantined("2026-12-01"), quarantined("2027-01-01"));
        for (now, before, tighter) in [
            (&short, &free, false),
            (&free, &short, true),
            (&long, &short, false),
            (&short, &long, true),
            (&short, &short, true),
        ] {
            assert_eq!(now.asks_no_less_than(before), tighter, "{now:?} {before:?}");
        }
        assert!(!json!(free).as_object().unwrap().contains_key("quarantine"), "what was stored before stays as it was");
        assert_eq!(serde_json::from_value::<CaseForm>(json!(long)).unwrap(), long);
    }

    #[test]
    fn large_integers_and_floats_are_not_mistaken_for_each_other() {
        let of = |value: &str| form(&format!("[{{ equals = {value} }}]"), "Oslo");
        assert!(!of("9007199254740993").asks_no_less_than(&of("9007199254740992")));
        assert_eq!(of("1"), of("1.0"));
        assert_eq!(serde_json::from_value::<CaseForm>(json!(of("1"))).unwrap(), of("1"));
    }
}
