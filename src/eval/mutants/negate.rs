//! The opposite of an English sentence, by a rule that anybody can follow.
//!
//! The first of these that fits, and nothing where none does:
//!
//! 1. a negation goes: `never` becomes `always`, `do not` goes before its verb, `must not` becomes `must`, `cannot` `can`,
//!    `isn't` `is`;
//! 2. `always` becomes `never`;
//! 3. after the first modal or form of *to be* comes `not`: `you must answer` becomes `you must not answer`;
//! 4. before the first imperative comes `do not`: `Answer in one line` becomes `Do not answer in one line`.

use std::ops::Range;

/// Words after which `not` makes the opposite.
const MODALS: [&str; 14] =
    ["must", "should", "shall", "may", "might", "can", "could", "will", "would", "is", "are", "was", "were", "am"];

/// Contractions with what is left of each without its `not`; of the first two nothing.
const CONTRACTIONS: [(&str, &str); 18] = [
    ("don't", ""),
    ("dont", ""),
    ("doesn't", "does"),
    ("didn't", "did"),
    ("can't", "can"),
    ("cannot", "can"),
    ("couldn't", "could"),
    ("won't", "will"),
    ("wouldn't", "would"),
    ("shouldn't", "should"),
    ("mustn't", "must"),
    ("isn't", "is"),
    ("aren't", "are"),
    ("wasn't", "was"),
    ("weren't", "were"),
    ("hasn't", "has"),
    ("haven't", "have"),
    ("needn't", "need"),
];

/// Verbs with which prompts tell a model what to do.
const IMPERATIVES: &str = "\
    accept acknowledge act add address adhere adopt advise allow analyse analyze answer apologise apologize apply \
    approve ask assign assume avoid base be begin call check choose cite classify compare confirm consider convert \
    correct count create decide decline define describe direct do end ensure escalate evaluate exclude explain \
    extract fill find finish focus follow forward generate get give greet hand handle identify ignore include inform \
    issue keep let limit list look maintain make mention name note obey offer output pick point prefer produce \
    promise provide put quote read recommend refer refund refuse reject remember reply report respect respond return \
    reveal review say search select send show sign speak start state stick stop suggest summarise summarize take \
    tell thank think translate treat triage try turn use verify wait warn welcome work wrap write";

/// A word of a sentence, in small letters and with straight apostrophes.
struct Word {
    text: String,
    place: Range<usize>,
    /// Whether a clause may begin with it.
    begins: bool,
}

/// A sentence that says the opposite; `values` are the bytes of it that stand for values and stay as they are, in order.
pub(super) fn negated(sentence: &str, values: &[Range<usize>]) -> Option<String> {
    let words = words(sentence, values);
    let (place, by) = without_not(&words)
        .or_else(|| replaced(&words, "always", "never"))
        .or_else(|| after_modal(&words))
        .or_else(|| before_imperative(&words))?;
    let keeps_values = values.iter().all(|value| value.end <= place.start || place.end <= value.start);
    keeps_values.then(|| put(sentence, place, &by))
}

/// What goes, and the words that come in its place.
type Change = (Range<usize>, String);

fn words(sentence: &str, values: &[Range<usize>]) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut begins = true;
    let mut open = false;
    for (at, c) in sentence.char_indices() {
        let value = values.partition_point(|value| value.end <= at);
        let is_value = values.get(value).is_some_and(|value| value.contains(&at));
        let is_letter = !is_value && (c.is_alphanumeric() || (open && matches!(c, '\'' | '’')));
        let small = if c == '’' { "'".to_owned() } else { c.to_lowercase().collect::<String>() };
        match words.last_mut().filter(|_| open) {
            Some(word) if is_letter => {
                word.text.push_str(&small);
                word.place.end = at + c.len_utf8();
            }
            _ if is_letter => {
                words.push(Word { text: small, place: at..at + c.len_utf8(), begins: std::mem::take(&mut begins) });
            }
            _ => {
                let leads = open
                    && words
                        .last()
                        .is_some_and(|word| matches!(word.text.as_str(), "please" | "then" | "and" | "just" | "only"));
                begins = !is_value && (begins || leads || matches!(c, ',' | ';' | ':' | '—' | '–'));
            }
        }
        open = is_letter;
    }
    words
}

/// The first negation taken out.
fn without_not(words: &[Word]) -> Option<Change> {
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1);
        let before = at.checked_sub(1).and_then(|at| words.get(at));
        let until_next = |from: usize| next.map(|next| (from..next.place.start, String::new()));
        match word.text.as_str() {
            "never" => return Some((word.place.clone(), "always".to_owned())),
            // `do not promise`: the verb alone is the opposite.
            "not" if before.is_some_and(|before| before.text == "do") => return until_next(before?.place.start),
            "not" if before.is_some_and(|before| MODALS.contains(&before.text.as_str()) || before.text == "does") => {
                return Some((before?.place.end..word.place.end, String::new()));
            }
            text => match CONTRACTIONS.iter().find(|(short, _)| *short == text) {
                Some((_, "")) => return until_next(word.place.start),
                Some((_, left)) => return Some((word.place.clone(), (*left).to_owned())),
                None => {}
            },
        }
    }
    None
}

fn replaced(words: &[Word], word: &str, by: &str) -> Option<Change> {
    words.iter().find(|found| found.text == word).map(|found| (found.place.clone(), by.to_owned()))
}

fn after_modal(words: &[Word]) -> Option<Change> {
    let modal = words.iter().find(|word| MODALS.contains(&word.text.as_str()))?;
    Some((modal.place.end..modal.place.end, " not".to_owned()))
}

fn before_imperative(words: &[Word]) -> Option<Change> {
    let is = |word: &&Word| {
        let text = word.text.as_str();
        word.begins && IMPERATIVES.split(' ').any(|verb| verb == text)
    };
    let verb = words.iter().find(is)?;
    Some((verb.place.clone(), format!("do not {}", verb.text)))
}

/// The sentence with other words in this place, written large where the old ones, or what comes first now, was.
fn put(sentence: &str, place: Range<usize>, words: &str) -> String {
    let (before, after) =
        (sentence.get(..place.start).unwrap_or_default(), sentence.get(place.end..).unwrap_or_default());
    let large = sentence.get(place).and_then(|old| old.chars().next()).is_some_and(char::is_uppercase);
    let rest = [words, after].concat();
    let mut chars = rest.chars();
    match chars.next().filter(|_| large) {
        Some(first) => [before, &first.to_uppercase().collect::<String>(), chars.as_str()].concat(),
        None => [before, &rest].concat(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_rule_says_the_opposite_of_what_prompts_say() {
        for (sentence, opposite) in [
            ("Never promise a refund.", "Always promise a refund."),
            ("You must never shout.", "You must always shout."),
            ("Do not promise a refund.", "Promise a refund."),
            ("If it is late, do not promise anything.", "If it is late, promise anything."),
            ("Don’t guess.", "Guess."),
            ("You cannot pay.", "You can pay."),
            ("You must not pay.", "You must pay."),
            ("That isn't allowed.", "That is allowed."),
            ("It does not matter.", "It does matter."),
            ("Always thank them.", "Never thank them."),
            ("You must answer in one line.", "You must not answer in one line."),
            ("You are a clerk.", "You are not a clerk."),
            ("Answer in one line.", "Do not answer in one line."),
            ("Please reply kindly.", "Please do not reply kindly."),
            ("For late parcels, offer a voucher.", "For late parcels, do not offer a voucher."),
        ] {
            assert_eq!(negated(sentence, &[]).as_deref(), Some(opposite));
        }
        for sentence in ["Rules", "Our customers love kettles.", "", "…"] {
            assert_eq!(negated(sentence, &[]), None, "{sentence}");
        }
    }

    #[test]
    fn what_stands_for_a_value_stays_as_it_is() {
        let sentence = "Serve {{ must }} as you must.";
        let value = 6..16;
        assert_eq!(&sentence[value.clone()], "{{ must }}");
        assert_eq!(negated(sentence, &[value]).as_deref(), Some("Serve {{ must }} as you must not."));
    }

    proptest! {
        #[test]
        fn whatever_is_negated_is_another_sentence_and_keeps_its_values(text in "[A-Za-z' ,’ä.]{0,40}", at in 0..40_usize) {
            let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
            let sentence = format!("{}{{{{ never }}}}{}", &text[..at], &text[at..]);
            let value = at..at + "{{ never }}".len();
            if let Some(opposite) = negated(&sentence, &[value]) {
                prop_assert_ne!(&opposite, &sentence);
                prop_assert!(opposite.contains("{{ never }}"), "{:?}", opposite);
            }
        }
    }
}
