//! `judge`: what a model says of a reply, by a rubric; and how a suite names those whom its checks ask.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use super::{Form, Place};
use crate::{
    artifact::{Fields, Item},
    name::Name,
    object::{BundleId, Digest},
    problem::did_you_mean,
};

/// The most votes on one rubric.
const MOST_VOTES: i64 = 25;

/// The longest rubric, in bytes.
const LONGEST_RUBRIC: usize = 8 * 1024;

/// What somebody who is asked answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// Whether what is asked holds of a reply.
    Verdict,
    /// Where a text lies among others: a list of numbers.
    Vector,
}

impl Answers {
    /// What each is called, and the table that names them.
    const ALL: [(Self, &str, &str); 2] = [(Self::Verdict, "judge", "judges"), (Self::Vector, "embedder", "embedders")];

    /// What who answers so is called.
    pub fn word(self) -> &'static str {
        match self {
            Self::Verdict => "judge",
            Self::Vector => "embedder",
        }
    }
}

/// `[judges.NAME]` or `[embedders.NAME]` of a suite: which prompt is asked, and how many of its votes decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judge {
    /// What it answers.
    pub answers: Answers,
    /// What checks of the suite call it.
    pub name: String,
    /// The prompt that is asked.
    pub prompt: Name,
    /// The bundle of that prompt, model included, that the suite pins; without it nothing can be attested.
    pub bundle: Option<BundleId>,
    /// How often it is asked about each reply.
    pub votes: u32,
    /// How many of the votes must be for the reply; more than half of them where nothing is said.
    pub at_least: u32,
}

/// `judge = { by = "NAME", rubric = "…" }`: enough of a judge's votes are for the reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Who is asked.
    pub by: Arc<Judge>,
    /// What must hold of the reply, in words.
    pub rubric: String,
}

/// The judges of a suite by name; `None` for one that could not be read.
pub(in crate::artifact) type Judges = BTreeMap<String, Option<Arc<Judge>>>;

/// Reads `[judges]`, where the suite has it.
pub(in crate::artifact) fn judges(fields: &mut Fields<'_>) -> Judges {
    let mut judges = Judges::new();
    for (answers, _, key) in Answers::ALL {
        let Some(mut table) = fields.table(key) else { continue };
        for (name, item) in table.entries() {
            if judges.contains_key(&name) {
                item.report(
                    item.problem_at_key("duplicate", format!("`{}` has this name already", name.escape_debug())),
                );
            }
            let judge = Judge::read(&name, answers, &item).map(Arc::new);
            judges.insert(name, judge);
        }
    }
    judges
}

/// Reports the judges that no check names.
pub(in crate::artifact) fn refuse_idle<'j>(fields: &mut Fields<'_>, named: impl Iterator<Item = &'j Judge>) {
    let named: Vec<&str> = named.map(|judge| judge.name.as_str()).collect();
    for (answers, word, key) in Answers::ALL {
        let Some(mut table) = fields.table(key) else { continue };
        for (name, item) in table.entries() {
            if !named.contains(&name.as_str()) {
                let problem =
                    item.problem_at_key("unused-judge", format!("no check asks the {word} `{}`", name.escape_debug()));
                item.report(problem.next(match answers {
                    Answers::Verdict => format!("ask it: {{ judge = {{ by = \"{name}\", rubric = \"…\" }} }}"),
                    Answers::Vector => {
                        format!("ask it: {{ similar = {{ by = \"{name}\", to = \"…\", at_least = 0.8 }} }}")
                    }
                }));
            }
        }
    }
}

impl Judge {
    fn read(name: &str, answers: Answers, item: &Item<'_>) -> Option<Self> {
        let mut fields = item.table()?;
        let prompt = fields.required("prompt").and_then(|item| item.parsed("bad-name", Name::parse));
        let bundle = fields.item("bundle").map(|item| bundle(&item));
        let (votes, least) = match answers {
            Answers::Verdict => decide(&mut fields),
            // A text lies in one place, however often it is asked.
            Answers::Vector => (Some(1), Some(1)),
        };
        fields.finish();
        Some(Self {
            answers,
            name: name.to_owned(),
            prompt: prompt?,
            bundle: bundle.map_or(Some(None), |read| read.map(Some))?,
            votes: u32::try_from(votes?).ok()?,
            at_least: u32::try_from(least?).ok()?,
        })
    }
}

/// How many votes there are, and how many decide.
fn decide(fields: &mut Fields<'_>) -> (Option<i64>, Option<i64>) {
    let votes = fields.item("votes").map_or(Some(1), |item| item.integer_within(1..=MOST_VOTES));
    let most = votes.unwrap_or(MOST_VOTES);
    let least = fields.item("at_least").map_or(Some(most / 2 + 1), |item| item.integer_within(1..=most));
    (votes, least)
}

fn bundle(item: &Item<'_>) -> Option<BundleId> {
    let text = item.string()?;
    if let Ok(digest) = text.parse::<Digest>() {
        return Some(BundleId(digest));
    }
    let problem = item.problem("bad-digest", format!("`{}` must be the whole digest of a bundle", item.keys()));
    item.report(problem.next("64 hexadecimal digits; `chancery eval` says which ones where they are missing"));
    None
}

impl Judged {
    pub(super) fn read(item: &Item<'_>, place: Place<'_>) -> Option<Self> {
        let mut fields = item.table()?;
        let by = fields.required("by").and_then(|item| known(&item, Answers::Verdict, place.judges));
        let rubric = fields.required("rubric").and_then(|item| {
            let rubric = item.filled_string()?;
            if rubric.len() > LONGEST_RUBRIC {
                let message = format!("`{}` has {} bytes, and may have {LONGEST_RUBRIC}", item.keys(), rubric.len());
                item.refuse("too-long", message);
                return None;
            }
            Some(rubric)
        });
        fields.finish();
        Some(Self { by: by?, rubric: rubric? })
    }

    /// Compared is who is asked, not what the suite calls them.
    pub(super) fn to_json(&self, form: Form) -> Value {
        if form == Form::Written {
            return json!({ "by": self.by.name, "rubric": self.rubric });
        }
        let Judge { prompt, bundle, votes, at_least, .. } = self.by.as_ref();
        let mut told = json!({ "prompt": prompt, "votes": votes, "at_least": at_least, "rubric": self.rubric });
        if let (Some(told), Some(bundle)) = (told.as_object_mut(), bundle) {
            told.insert("bundle".to_owned(), json!(bundle));
        }
        told
    }
}

/// The judge or embedder of this name; nothing after a report.
pub(super) fn known(item: &Item<'_>, answers: Answers, judges: &Judges) -> Option<Arc<Judge>> {
    let name = item.string()?;
    let fits = |judge: &Option<Arc<Judge>>| judge.as_ref().is_none_or(|judge| judge.answers == answers);
    if let Some(judge) = judges.get(&name).filter(|judge| fits(judge)) {
        return judge.clone();
    }
    let word = answers.word();
    let problem = item.problem("unknown-judge", format!("the suite has no {word} `{}`", name.escape_debug()));
    let advice = did_you_mean(&name, judges.iter().filter(|(_, judge)| fits(judge)).map(|(name, _)| name.as_str()));
    let add = || format!("add `[{word}s.{}]` with `prompt = \"NAME\"` to the suite", name.escape_debug());
    item.report(problem.next(advice.unwrap_or_else(add)));
    None
}

#[cfg(test)]
mod tests {
    use crate::artifact::{Check, Source, Suite};

    fn read(judges: &str, checks: &str) -> Result<Suite, Vec<String>> {
        let text = format!("prompt = \"p\"\n{judges}\n[[case]]\nid = \"a\"\nexpect = [{checks}]\n");
        let read = Suite::parse("evals/p.toml", &Source::single("p.toml", text.into_bytes()));
        read.map(|(suite, _)| suite).map_err(|problems| problems.into_iter().map(|problem| problem.code).collect())
    }

    const ASKED: &str = "{ judge = { by = \"tone\", rubric = \"Is kind.\" } }";

    #[test]
    fn a_judge_is_named_once_and_asked_by_name() {
        let suite = read("[judges.tone]\nprompt = \"judge\"\nvotes = 4", ASKED).unwrap();
        let Check::Judge(judged) = &suite.cases[0].expect[0].check else { panic!() };
        assert_eq!((judged.by.votes, judged.by.at_least, judged.by.bundle), (4, 3, None));
        assert_eq!(suite.judges().len(), 1);
        let one = read("[judges.tone]\nprompt = \"judge\"", ASKED).unwrap();
        assert_eq!(one.judges()[0].at_least, 1);
    }

    #[test]
    fn another_judge_is_another_check_and_another_word_for_it_is_not() {
        let digest = |head: &str, checks: &str| read(head, checks).unwrap().cases[0].digest();
        let head = "[judges.tone]\nprompt = \"judge\"\n";
        let before = digest(head, ASKED);
        let pinned = format!("{head}bundle = \"{}\"\n", "a".repeat(64));
        for other in
            [pinned, head.replace("\"judge\"", "\"other\""), format!("{head}votes = 3"), format!("{head}votes = 2")]
        {
            assert_ne!(digest(&other, ASKED), before, "{other}");
        }
        assert_eq!(digest(&head.replace("tone", "kindness"), &ASKED.replace("tone", "kindness")), before);
    }

    #[test]
    fn what_could_never_be_judged_is_refused() {
        let head = "[judges.tone]\nprompt = \"judge\"\n";
        for (judges, checks, code) in [
            (head, "{ json = true }", "unused-judge"),
            ("", ASKED, "unknown-judge"),
            (head, "{ judge = { by = \"tnoe\", rubric = \"x\" } }", "unknown-judge"),
            (head, "{ judge = { by = \"tone\", rubric = \" \" } }", "empty-value"),
            (head, "{ judge = { by = \"tone\" } }", "missing-key"),
            (head, "{ judge = \"Is kind.\" }", "wrong-type"),
            ("[judges.tone]\nprompt = \"judge\"\nvotes = 0\n", ASKED, "out-of-range"),
            ("[judges.tone]\nprompt = \"judge\"\nvotes = 2\nat_least = 3\n", ASKED, "out-of-range"),
            ("[judges.tone]\nprompt = \"judge\"\nbundle = \"3f9a\"\n", ASKED, "bad-digest"),
            ("[judges.tone]\nvotes = 1\n", ASKED, "missing-key"),
            ("[judges.tone]\nprompt = \"judge\"\nmodel = \"x\"\n", ASKED, "unknown-key"),
        ] {
            let found = read(judges, checks).unwrap_err();
            assert!(found.contains(&code.to_owned()), "{judges} {checks}: {found:?}");
        }
    }
}
