//! `policies/NAME.{md,cedar,rego}`: prose that prompts include, or rules that code enforces.

use super::{Reading, text};
use crate::problem::Problem;

/// How a policy is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyLanguage {
    /// Markdown or plain text; prompts may include it.
    Prose,
    /// Cedar; versioned as bytes, never included as prose.
    Cedar,
    /// Rego; versioned as bytes, never included as prose.
    Rego,
}

/// A policy as its author wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// How it is written.
    pub language: PolicyLanguage,
    /// The text.
    pub text: String,
}

impl Policy {
    /// Reads a policy; the ending of its path says how it is written: `.cedar`, `.rego`, prose otherwise.
    ///
    /// # Errors
    ///
    /// `not-utf8`. An empty file is a warning (`empty-file`).
    pub fn parse(path: &str, bytes: &[u8]) -> Reading<Self> {
        let text = text::decode(path, bytes)?;
        let mut warnings = Vec::new();
        if text.trim().is_empty() {
            warnings.push(Problem::whole(path, "empty-file", "the policy is empty").as_warning());
        }
        Ok((Self { language: PolicyLanguage::of(path), text: text.to_owned() }, warnings))
    }
}

impl PolicyLanguage {
    /// How a file is written, by its ending.
    pub fn of(path: &str) -> Self {
        match path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).as_deref() {
            Some("cedar") => Self::Cedar,
            Some("rego") => Self::Rego,
            _ => Self::Prose,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_says_how_a_policy_is_written() {
        for (path, language) in [
            ("policies/refunds.md", PolicyLanguage::Prose),
            ("policies/refunds.txt", PolicyLanguage::Prose),
            ("policies/access.cedar", PolicyLanguage::Cedar),
            ("policies/access.rego", PolicyLanguage::Rego),
        ] {
            let (policy, warnings) = Policy::parse(path, "\u{feff}be kind\r\n".as_bytes()).unwrap();
            assert_eq!((policy.language, policy.text.as_str()), (language, "\u{feff}be kind\r\n"));
            assert!(warnings.is_empty());
        }
    }

    #[test]
    fn an_empty_policy_is_a_warning_and_bytes_that_are_no_text_are_named() {
        assert_eq!(Policy::parse("a.md", b"\n").unwrap().1[0].code, "empty-file");
        let problem = &Policy::parse("a.md", b"one\ntwo \xff three").unwrap_err()[0];
        assert_eq!((problem.line, problem.column, problem.code.as_str()), (2, 5, "not-utf8"));
        assert!(problem.message.contains("byte offset 8"), "{}", problem.message);
        let utf16 = &Policy::parse("a.md", b"\xff\xfea\0").unwrap_err()[0];
        assert!(utf16.next.as_deref().unwrap().contains("UTF-16"));
    }
}
