//! The sentences of a prompt, found between the constructs of its template.
//!
//! A sentence may hold values (`Answer {{ name }} briefly.`): they go with it. It never reaches into or out of a block,
//! and never over `role(…)`, `messages(…)` or `policy(…)`, so a body without it is a template as before.
//!
//! A sentence ends at `.`, `!` or `?` before a space, unless the next word is written small or the dot belongs to an
//! abbreviation; at an empty line; and at the end of a line, unless the next one goes on with a small letter. Examples in
//! code fences and lone tags are no sentences.

mod runs;

use std::ops::Range;

use minijinja::machinery::ast::Stmt;

use self::runs::Runs;
use super::text::Body;
use crate::artifact::{Prompt, Template};

/// One sentence of a prompt's body, by places in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// Where it stands, without what stands before it on its line: a list mark, a `#`, a space.
    pub place: Range<usize>,
    /// What goes when it goes: where it has lines of its own, all of them.
    pub whole: Range<usize>,
    /// Parts of it that stand for values.
    pub values: Vec<Range<usize>>,
}

/// Stands for a value among the characters of a sentence.
const VALUE: char = '\u{FFFC}';

/// Words before a dot that end no sentence.
const ABBREVIATIONS: [&str; 16] =
    ["e.g", "i.e", "etc", "vs", "cf", "approx", "mr", "mrs", "ms", "dr", "prof", "st", "no", "nr", "inc", "ltd"];

/// The sentences of a prompt in their order; none of a body that is no template and should be.
pub fn sentences(prompt: &Prompt) -> Vec<Sentence> {
    let mut runs = Runs::of(&prompt.body);
    match prompt.template {
        Template::None => runs.found.push(std::iter::once(0..prompt.body.len()).collect()),
        Template::Jinja => match Body::of(prompt, "").parse() {
            Ok(Stmt::Template(template)) => runs.block(&template.children),
            _ => return Vec::new(),
        },
    }
    let mut sentences: Vec<Sentence> =
        runs.found.iter().flat_map(|run| Text::of(&prompt.body, run).sentences()).collect();
    sentences.retain(|sentence| !opens(&prompt.body, &sentence.whole));
    sentences.sort_by_key(|sentence| sentence.place.start);
    sentences
}

/// Whether a brace before a sentence and what follows it would open something, once it is gone.
fn opens(body: &str, whole: &Range<usize>) -> bool {
    let before = body.get(..whole.start).is_some_and(|before| before.ends_with('{'));
    before && body.get(whole.end..).is_some_and(|after| after.starts_with(['{', '%', '#']))
}

/// One character of plain text, or one value.
struct Mark {
    c: char,
    place: Range<usize>,
}

/// A run as characters.
struct Text {
    marks: Vec<Mark>,
    /// Whether a line begins where it begins.
    begins_line: bool,
}

impl Text {
    fn of(source: &str, run: &[Range<usize>]) -> Self {
        let mut marks: Vec<Mark> = Vec::new();
        for piece in run {
            if let Some(last) = marks.last() {
                marks.push(Mark { c: VALUE, place: last.place.end..piece.start });
            }
            let text = source.get(piece.clone()).unwrap_or_default();
            marks.extend(text.char_indices().map(|(at, c)| {
                let start = piece.start + at;
                Mark { c, place: start..start + c.len_utf8() }
            }));
        }
        let start = run.first().map_or(0, |piece| piece.start);
        Self {
            marks,
            begins_line: source.get(..start).is_some_and(|before| before.is_empty() || before.ends_with('\n')),
        }
    }

    fn sentences(&self) -> Vec<Sentence> {
        let mut sentences = Vec::new();
        let (mut start, mut fenced) = (0, false);
        while start < self.marks.len() {
            let end = (start..self.marks.len()).find_map(|at| self.end(start, at)).unwrap_or(self.marks.len());
            let from = self.skip(start, end, char::is_whitespace);
            if self.starts_with(from, "```") {
                fenced = !fenced;
            } else if !fenced {
                sentences.extend(self.sentence(from, end));
            }
            start = end.max(start + 1);
        }
        sentences
    }

    fn c(&self, at: usize) -> Option<char> {
        self.marks.get(at).map(|mark| mark.c)
    }

    fn skip(&self, from: usize, end: usize, is: impl Fn(char) -> bool) -> usize {
        (from..end).find(|at| !self.c(*at).is_some_and(&is)).unwrap_or(end)
    }

    fn starts_with(&self, from: usize, text: &str) -> bool {
        text.chars().zip(from..).all(|(c, at)| self.c(at) == Some(c))
    }

    /// The end of a sentence, where the character there ends one.
    fn end(&self, start: usize, at: usize) -> Option<usize> {
        match self.c(at)? {
            '。' | '！' | '？' => Some(self.closed(at + 1)),
            c @ ('.' | '!' | '?' | '…') => {
                let end = self.closed(at + 1);
                let goes_on = self.c(end).is_some_and(|c| !c.is_whitespace());
                let next = self.c(self.skip(end, self.marks.len(), |c| matches!(c, ' ' | '\t' | '\n' | '\r')));
                let belongs = c == '.' && self.is_abbreviation(start, at);
                (!goes_on && !belongs && !next.is_some_and(char::is_lowercase)).then_some(end)
            }
            '\n' => self.ends_line(start, at).then_some(at + 1),
            _ => None,
        }
    }

    /// Past quotes and brackets that are closed there.
    fn closed(&self, at: usize) -> usize {
        self.skip(at, self.marks.len(), |c| matches!(c, '"' | '\'' | '”' | '’' | ')' | ']' | '*' | '_' | '`'))
    }

    /// Whether a dot belongs to the word before it: an abbreviation, an initial, the number of a line.
    fn is_abbreviation(&self, start: usize, at: usize) -> bool {
        // Nothing in the list is longer, and a row of dots is not walked again for each of them.
        let letters =
            (start..at).rev().take(12).map_while(|at| self.c(at).filter(|c| c.is_alphanumeric() || *c == '.'));
        let word: Vec<char> = letters.collect();
        let word: String = word.into_iter().rev().collect::<String>().to_lowercase();
        let alone = self.skip(start, at, char::is_whitespace) + word.chars().count() == at;
        let number = !word.is_empty() && word.chars().all(|c| c.is_ascii_digit());
        ABBREVIATIONS.contains(&word.as_str()) || (word.chars().count() == 1 && !number) || (number && alone)
    }

    /// Whether a sentence ends with its line.
    fn ends_line(&self, start: usize, at: usize) -> bool {
        let blank = |c| matches!(c, ' ' | '\t' | '\r');
        let next = self.skip(at + 1, self.marks.len(), blank);
        let first = self.skip(start, at, char::is_whitespace);
        match self.c(next) {
            None | Some('\n') => true,
            Some(c) => !c.is_lowercase() || matches!(self.c(first), Some('#' | '`')),
        }
    }

    /// What stands between two marks, if it is a sentence.
    fn sentence(&self, from: usize, end: usize) -> Option<Sentence> {
        let first = self.past_list_marks(from, end);
        let last = (first..end).rev().find(|at| self.c(*at).is_some_and(|c| !c.is_whitespace()))?;
        let word = |at: usize| self.c(at).is_some_and(char::is_alphabetic);
        let is_tag = self.c(first) == Some('<') && self.c(last) == Some('>');
        if is_tag || !(first..last).any(|at| word(at) && word(at + 1)) {
            return None;
        }
        let place = self.marks.get(first)?.place.start..self.marks.get(last)?.place.end;
        let values = (first..=last).filter_map(|at| self.marks.get(at).filter(|mark| mark.c == VALUE));
        Some(Sentence {
            whole: self.whole(from, last + 1, &place),
            values: values.map(|mark| mark.place.clone()).collect(),
            place,
        })
    }

    /// Past what marks a line as part of a list, a heading or a quotation.
    fn past_list_marks(&self, from: usize, end: usize) -> usize {
        let mut at = from;
        loop {
            let digits = self.skip(at, end, |c| c.is_ascii_digit());
            let mark = match self.c(at) {
                Some('-' | '*' | '+' | '>' | '•') => at + 1,
                Some('#') => self.skip(at, end, |c| c == '#'),
                Some('0'..='9') if matches!(self.c(digits), Some('.' | ')')) => digits + 1,
                _ => return at,
            };
            // A mark without anything after it is no mark, and each step is one forward.
            if mark >= end || !self.c(mark).is_some_and(|c| matches!(c, ' ' | '\t')) {
                return at;
            }
            at = self.skip(mark, end, |c| matches!(c, ' ' | '\t'));
        }
    }

    /// What goes with a sentence: spaces after it, and its list mark and line end where nothing else stands on its lines.
    fn whole(&self, from: usize, end: usize, place: &Range<usize>) -> Range<usize> {
        let blank = |at: usize| matches!(self.c(at), Some(' ' | '\t' | '\r'));
        let before = (0..from).rev().find(|at| !blank(*at));
        let begins = before.map_or(self.begins_line, |at| self.c(at) == Some('\n'));
        let after = (end..self.marks.len()).find(|at| !blank(*at)).unwrap_or(self.marks.len());
        let place_of = |at: usize| self.marks.get(at).map(|mark| mark.place.clone());
        if begins && self.c(after) == Some('\n') {
            let start = place_of(before.map_or(0, |at| at + 1)).map_or(place.start, |mark| mark.start);
            return start..place_of(after).map_or(place.end, |mark| mark.end);
        }
        let end = after.checked_sub(1).and_then(place_of).map_or(place.end, |mark| mark.end);
        place.start..end.max(place.end)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn prompt(body: &str, template: Template) -> Prompt {
        Prompt {
            model: None,
            tools: Vec::new(),
            policies: Vec::new(),
            inputs: BTreeMap::new(),
            output_schema: None,
            template,
            body: body.to_owned(),
            body_line: 1,
        }
    }

    fn found(body: &str) -> Vec<String> {
        let prompt = prompt(body, Template::Jinja);
        sentences(&prompt).into_iter().map(|sentence| body[sentence.place].to_owned()).collect()
    }

    /// The body without each of its sentences in turn.
    fn without(body: &str) -> Vec<String> {
        let prompt = prompt(body, Template::Jinja);
        let without = |sentence: Sentence| [&body[..sentence.whole.start], &body[sentence.whole.end..]].concat();
        sentences(&prompt).into_iter().map(without).collect()
    }

    #[test]
    fn sentences_end_where_people_end_them() {
        for (body, expected) in [
            ("Be kind. Be brief!  Why? Yes", vec!["Be kind.", "Be brief!", "Why?", "Yes"]),
            (
                "Answer in the language of\nthe customer. Never guess.",
                vec!["Answer in the language of\nthe customer.", "Never guess."],
            ),
            ("Be kind\nBe brief\n\nand so on", vec!["Be kind", "Be brief", "and so on"]),
            (
                "Use tools, e.g. lookup, as Dr. No does. Version 1.2 is old.",
                vec!["Use tools, e.g. lookup, as Dr. No does.", "Version 1.2 is old."],
            ),
            (
                "# Rules\n- Be kind.\n- Be brief (\"one line.\") Then stop.\n2. Ask.",
                vec!["Rules", "Be kind.", "Be brief (\"one line.\")", "Then stop.", "Ask."],
            ),
            ("<rules>\nBe kind.\n</rules>\n---\n", vec!["Be kind."]),
            ("Reply so:\n```json\n{\"a\": \"Go on. Now.\"}\n```\nEnd.", vec!["Reply so:", "End."]),
            ("親切に。短く。", vec!["親切に。", "短く。"]),
            ("", vec![]),
        ] {
            assert_eq!(found(body), expected, "{body:?}");
        }
    }

    #[test]
    fn values_go_with_their_sentence_and_constructs_are_never_cut() {
        let body = "{{ role(\"system\") }}\nYou serve {{ name }} in {{ city }}. Be kind.\n{% if late %}Say sorry. Be quick.{% else %}Thank them.{% endif %}\n\
                    {{ policy(\"refunds\") }} Obey it.\n{% raw %}Write {{ x }}. Done.{% endraw %}\n";
        assert_eq!(
            found(body),
            [
                "You serve {{ name }} in {{ city }}.",
                "Be kind.",
                "Say sorry.",
                "Be quick.",
                "Thank them.",
                "Obey it.",
                "Write {{ x }}.",
                "Done."
            ]
        );
        let raw = sentences(&prompt("Keep {{ this }}. And this.", Template::None));
        assert_eq!((raw.len(), raw[0].values.len()), (2, 0), "a raw prompt has no values");
        assert_eq!(sentences(&prompt(body, Template::Jinja))[0].values.len(), 2);
    }

    #[test]
    fn a_sentence_with_lines_of_its_own_takes_them_along() {
        assert_eq!(
            without("To wit.\n- Be kind.\nBe brief.\n"),
            ["- Be kind.\nBe brief.\n", "To wit.\nBe brief.\n", "To wit.\n- Be kind.\n"]
        );
        assert_eq!(without("Be kind. Be brief. Stop."), ["Be brief. Stop.", "Be kind. Stop.", "Be kind. Be brief. "]);
        assert_eq!(without("Hello {{ city }}\nBye {{ city }}"), ["Bye {{ city }}", "Hello {{ city }}\n{{ city }}"]);
    }

    #[test]
    fn a_long_body_of_nothing_but_ends_takes_no_longer_than_its_length() {
        for piece in [".", "a.", "\n", ". ", "- ", "1.", "# ", "\"", "{{x}}.", "`"] {
            let body = piece.repeat(30_000);
            assert!(found(&body).len() <= body.len(), "{piece:?}");
        }
    }

    proptest! {
        #[test]
        fn without_any_sentence_a_template_is_still_a_template(
            pieces in proptest::collection::vec(prop_oneof![
                Just("Be kind. ".to_owned()), Just("{{ x }}".to_owned()), Just("{% if x %}".to_owned()), Just("{% endif %}".to_owned()),
                Just("\n".to_owned()), Just("{# Not this. #}".to_owned()), Just("{% raw %}".to_owned()), Just("{% endraw %}".to_owned()),
                Just("{%- for y in x -%}".to_owned()), Just("{%- endfor %}".to_owned()), Just("{{- \"a. {% B\" -}} ".to_owned()),
                Just("{{ role('user') }}".to_owned()), "[ -~äß。\n]{0,12}",
            ], 0..24),
        ) {
            let body = pieces.concat();
            let whole = prompt(&body, Template::Jinja);
            for sentence in sentences(&whole) {
                prop_assert!(sentence.whole.start <= sentence.place.start && sentence.place.end <= sentence.whole.end);
                prop_assert!(body[sentence.place.clone()].chars().any(char::is_alphabetic));
                let less = [&body[..sentence.whole.start], &body[sentence.whole.end..]].concat();
                let parses = Body::of(&prompt(&less, Template::Jinja), "").parse().is_ok();
                prop_assert!(parses, "{:?} without {:?}", body, &body[sentence.whole.clone()]);
            }
        }
    }
}
