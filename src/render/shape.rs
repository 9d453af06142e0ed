//! How deep a template is nested, before anything is built from it.
//!
//! The engine builds a tree whose depth grows with every operator of an expression and every open block, and
//! walks it by recursion: a template of twenty thousand `+` would end the whole program. No
//! template written by a person comes near these bounds.

use minijinja::machinery::{Token, tokenize};

use super::{scan::Fault, text::syntax};

/// Operators in one tag, calls and subscripts included.
const OPERATORS: usize = 200;

/// Blocks that are open at once, an `elif` counting as one more.
const BLOCKS: usize = 64;

/// What is nested too deep, if anything is; text the engine cannot read at all is left for it to name.
pub(super) fn fault(text: &str) -> Option<Fault> {
    measure(tokenize(text, false, syntax()))
}

/// The same for a lone expression.
pub(super) fn expression_fault(text: &str) -> Option<Fault> {
    measure(tokenize(text, true, syntax()))
}

fn measure<'a>(
    tokens: impl Iterator<Item = Result<(Token<'a>, minijinja::machinery::Span), minijinja::Error>>,
) -> Option<Fault> {
    let mut operators = 0_usize;
    let mut after_value = false;
    let mut tag = Tag::default();
    let mut open: Vec<usize> = Vec::new();
    for (token, span) in tokens.map_while(Result::ok) {
        match token {
            Token::VariableStart | Token::BlockStart => {
                operators = 0;
                tag = Tag::default();
            }
            Token::BlockEnd => tag.close(&mut open),
            other => {
                operators += usize::from(is_operator(&other, after_value));
                after_value = is_value(&other);
                tag.read(&other);
            }
        }
        let (limit, what) = match (operators > OPERATORS, open.iter().sum::<usize>() > BLOCKS) {
            (true, _) => (OPERATORS, "operators in one tag"),
            (_, true) => (BLOCKS, "blocks inside each other"),
            _ => continue,
        };
        return Some(Fault {
            offset: span.start_offset as usize,
            code: "too-deep",
            message: format!("more than {limit} {what}"),
            next: Some("split it: set parts of it to names first".to_owned()),
        });
    }
    None
}

/// The word a tag begins with, and whether it assigns.
#[derive(Debug, Default)]
struct Tag {
    word: Option<String>,
    assigns: bool,
}

impl Tag {
    fn read(&mut self, token: &Token<'_>) {
        match token {
            Token::Ident(word) if self.word.is_none() => self.word = Some((*word).to_owned()),
            Token::Assign => self.assigns = true,
            _ => {}
        }
    }

    /// Counts what the tag opens or closes.
    fn close(&self, open: &mut Vec<usize>) {
        match self.word.as_deref().unwrap_or_default() {
            "elif" => open.last_mut().map_or((), |weight| *weight += 1),
            "set" if self.assigns => {}
            "if" | "for" | "macro" | "call" | "filter" | "with" | "set" | "block" | "autoescape" => open.push(1),
            word if word.starts_with("end") => drop(open.pop()),
            _ => {}
        }
    }
}

/// Whether a token makes the tree deeper. Brackets that begin a literal or a group do not count: the
/// engine bounds those itself.
fn is_operator(token: &Token<'_>, after_value: bool) -> bool {
    match token {
        Token::Ident(word) => matches!(*word, "and" | "or" | "not" | "if" | "is" | "in"),
        Token::ParenOpen | Token::BracketOpen => after_value,
        _ => matches!(
            token,
            Token::Plus
                | Token::Minus
                | Token::Mul
                | Token::Div
                | Token::FloorDiv
                | Token::Pow
                | Token::Mod
                | Token::Eq
                | Token::Ne
                | Token::Gt
                | Token::Gte
                | Token::Lt
                | Token::Lte
                | Token::Tilde
                | Token::Pipe
                | Token::Dot
        ),
    }
}

/// Whether a value may end with this token, so that a bracket after it calls or subscripts.
fn is_value(token: &Token<'_>) -> bool {
    matches!(
        token,
        Token::Ident(_)
            | Token::Str(_)
            | Token::String(_)
            | Token::ParenClose
            | Token::BracketClose
            | Token::BraceClose
    )
}
