//! Keys of providers, read from the environment and shown to nobody else.

use std::{collections::BTreeMap, ffi::OsString, fmt};

use super::dialect::Dialect;

/// How much of a key is enough to know it by: what begins like it is taken for it.
const TELLING: usize = 8;

/// A key. It does not show itself.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Key(String);

/// The keys that an environment holds, by the names of their variables. They do not show themselves.
#[derive(Clone, Default)]
pub struct Keys(BTreeMap<String, Key>);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[key]")
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Keys {
    /// Takes the keys of all providers we know out of an environment, and nothing else.
    ///
    /// White space around a key is not part of it; what is then empty, or holds a character that no header may hold, is no key.
    pub fn of(environment: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let known = |name: &str| Dialect::all().any(|dialect| dialect.variables.contains(&name));
        let key = |(name, value): (OsString, OsString)| {
            let (name, value) = (name.into_string().ok()?, value.into_string().ok()?);
            let key = value.trim();
            let usable = !key.is_empty() && key.chars().all(|c| c.is_ascii_graphic());
            (known(&name) && usable).then(|| (name, Key(key.to_owned())))
        };
        Self(environment.into_iter().filter_map(key).collect())
    }

    /// The first of these variables that holds a key, with the key.
    pub(super) fn first(&self, variables: &[&'static str]) -> Option<(&'static str, &Key)> {
        variables.iter().find_map(|variable| Some((*variable, self.0.get(*variable)?)))
    }
}

impl Key {
    /// The value of the header that carries it.
    pub(super) fn after(&self, prefix: &str) -> String {
        format!("{prefix}{}", self.0)
    }

    /// The bytes of an answer with a mark in place of the key, where it holds it: some servers give back what they were
    /// sent, and a reply is kept for long.
    pub(super) fn taken_out_of_answer(&self, body: &[u8]) -> Option<Vec<u8>> {
        let text = std::str::from_utf8(body).ok()?;
        text.contains(&self.0).then(|| text.replace(&self.0, "[key]").into_bytes())
    }

    /// The text with a mark in place of the key, and of any word that begins like it.
    pub(super) fn taken_out_of(&self, text: &str) -> String {
        let whole = text.replace(&self.0, "[key]");
        let Some(beginning) = self.0.get(..TELLING).filter(|_| self.0.len() >= 2 * TELLING) else { return whole };
        let (mut out, mut rest) = (String::with_capacity(whole.len()), whole.as_str());
        while let Some((before, after)) = rest.split_once(beginning) {
            out.push_str(before);
            out.push_str("[key]");
            rest = after.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '*' | '.'));
        }
        out + rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(pairs: &[(&str, &str)]) -> Keys {
        Keys::of(pairs.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))))
    }

    #[test]
    fn only_keys_of_providers_are_taken_and_none_is_shown() {
        let keys = keys(&[
            ("OPENAI_API_KEY", " abcdefgh-secret \n"),
            ("ANTHROPIC_API_KEY", ""),
            ("GOOGLE_API_KEY", "two words"),
            ("AWS_SECRET", "other-secret"),
        ]);
        assert_eq!(format!("{keys:?}"), r#"{"OPENAI_API_KEY"}"#);
        let (variable, key) = keys.first(&["GEMINI_API_KEY", "OPENAI_API_KEY"]).unwrap();
        assert_eq!((variable, key.after("Bearer ").as_str()), ("OPENAI_API_KEY", "Bearer abcdefgh-secret"));
        assert_eq!(format!("{key:?}"), "[key]");
    }

    #[test]
    fn what_a_provider_says_is_cleaned_of_the_key_and_of_what_begins_like_it() {
        let key = Key("sk-proj-1234567890".to_owned());
        let said = "no such key: sk-proj-1234567890, nor sk-proj-12**90. Sorry";
        assert_eq!(key.taken_out_of(said), "no such key: [key], nor [key] Sorry");
        assert_eq!(Key("short".to_owned()).taken_out_of("a short one, shorter"), "a [key] one, [key]er");
        let wide = Key("sk-ü".to_owned());
        assert_eq!(wide.taken_out_of("nothing"), "nothing");
    }
}
