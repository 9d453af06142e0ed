//! A bundle with one thing spoiled: what a suite that guards it should notice.

mod negate;

use std::ops::Range;

use serde::Serialize;

use self::negate::negated;
use crate::{
    artifact::Prompt,
    name::Name,
    render::{Parts, Sentence, sentences},
};

/// What was done to the bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spoiled {
    /// A sentence is gone.
    Dropped,
    /// A sentence says the opposite.
    Negated,
    /// A tool is gone.
    ToolRemoved,
}

/// One thing to spoil.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mutant {
    /// What is done.
    pub spoiled: Spoiled,
    /// The fragment, where it is not the prompt itself; or the tool.
    pub part: Option<Name>,
    /// The line of the file on which the sentence begins, from 1; absent for a tool.
    pub line: Option<u32>,
    /// The sentence as it stands, or the tool's name as the model sees it.
    pub text: String,
    /// What stands in its place, where it says the opposite.
    pub instead: Option<String>,
    /// The bytes of the body that go.
    place: Range<usize>,
}

/// Everything that can be spoiled: each sentence of the prompt and of its fragments, dropped and, where our rule for
/// English has an opposite, negated; each tool.
pub fn mutants(parts: &Parts) -> Vec<Mutant> {
    let fragments = parts.fragments.iter().map(|(name, fragment)| (Some(name.clone()), fragment));
    let mut mutants = Vec::new();
    for (part, prompt) in std::iter::once((None, &parts.prompt)).chain(fragments) {
        let (mut line, mut counted) = (prompt.body_line, 0);
        for sentence in sentences(prompt) {
            let between = prompt.body.get(counted..sentence.place.start).unwrap_or_default();
            line = line.saturating_add(u32::try_from(between.matches('\n').count()).unwrap_or(u32::MAX));
            counted = sentence.place.start;
            mutants.extend(spoil(part.as_ref(), prompt, &sentence, line));
        }
    }
    mutants.extend(parts.tools.iter().map(|(name, tool)| Mutant {
        spoiled: Spoiled::ToolRemoved,
        part: Some(name.clone()),
        line: None,
        text: tool.name.clone(),
        instead: None,
        place: 0..0,
    }));
    mutants
}

/// A sentence dropped, and negated where it can be.
fn spoil(part: Option<&Name>, prompt: &Prompt, sentence: &Sentence, line: u32) -> Vec<Mutant> {
    let text = prompt.body.get(sentence.place.clone()).unwrap_or_default();
    let mutant = |spoiled, instead, place| Mutant {
        spoiled,
        part: part.cloned(),
        line: Some(line),
        text: text.to_owned(),
        instead,
        place,
    };
    let within = |value: &Range<usize>| value.start - sentence.place.start..value.end - sentence.place.start;
    let values: Vec<Range<usize>> = sentence.values.iter().map(within).collect();
    let opposite =
        negated(text, &values).map(|opposite| mutant(Spoiled::Negated, Some(opposite), sentence.place.clone()));
    std::iter::once(mutant(Spoiled::Dropped, None, sentence.whole.clone())).chain(opposite).collect()
}

impl Mutant {
    /// The parts with this one thing spoiled.
    pub fn of(&self, parts: &Parts) -> Parts {
        let mut spoiled = parts.clone();
        if self.spoiled == Spoiled::ToolRemoved {
            spoiled.tools.retain(|(name, _)| Some(name) != self.part.as_ref());
            return spoiled;
        }
        let prompt = match &self.part {
            Some(name) => spoiled.fragments.get_mut(name),
            None => Some(&mut spoiled.prompt),
        };
        if let Some(prompt) = prompt {
            let side = |range: Range<usize>| prompt.body.get(range).unwrap_or_default();
            let (before, after) = (side(0..self.place.start), side(self.place.end..prompt.body.len()));
            prompt.body = [before, self.instead.as_deref().unwrap_or_default(), after].concat();
        }
        spoiled
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Map;

    use super::*;
    use crate::{
        artifact::{Parsed, Source, parse},
        name::Kind,
        render::render,
    };

    fn prompt(name: &str, text: &str) -> Prompt {
        let source = Source::single("x.md", text.into());
        let parsed = parse(Kind::Prompt, &Name::parse(name).unwrap(), "prompts/x.md", &source, None);
        let Ok((Parsed::Prompt(prompt), _)) = parsed else { panic!("{text}") };
        prompt
    }

    fn parts() -> Parts {
        let fragment = Name::parse("_tone").unwrap();
        Parts {
            path: "prompts/x.md".to_owned(),
            prompt: prompt("x", "+++\n+++\nYou must greet. Hm hm.\n{% include \"tone\" %}\n"),
            fragments: BTreeMap::from([(fragment, prompt("_tone", "+++\n+++\n\nNever shout.\n"))]),
            policies: BTreeMap::new(),
            tools: Vec::new(),
            model: None,
        }
    }

    #[test]
    fn every_sentence_is_dropped_and_negated_where_it_can_be_fragments_included() {
        let parts = parts();
        let told: Vec<_> = mutants(&parts)
            .into_iter()
            .map(|mutant| {
                let sent = render(&mutant.of(&parts), &Map::new()).unwrap().messages[0].content.clone();
                (mutant.spoiled, mutant.part.is_some(), mutant.line, sent)
            })
            .collect();
        let line = |spoiled, part, line, sent: &str| (spoiled, part, Some(line), sent.to_owned());
        assert_eq!(
            told,
            [
                line(Spoiled::Dropped, false, 3, "Hm hm.\n\nNever shout.\n\n"),
                line(Spoiled::Negated, false, 3, "You must not greet. Hm hm.\n\nNever shout.\n\n"),
                line(Spoiled::Dropped, false, 3, "You must greet. \n\nNever shout.\n\n"),
                line(Spoiled::Dropped, true, 4, "You must greet. Hm hm.\n\n\n"),
                line(Spoiled::Negated, true, 4, "You must greet. Hm hm.\n\nAlways shout.\n\n"),
            ]
        );
    }
}
