//! Programs of the project at work: a reply is put to one, and what it answers is kept like a vote.
//!
//! A program is told the reply, the case's name and its variables, and nothing of what else is expected. What it answers
//! is attested: nobody runs it again, for its verdict may hang on more than its bytes.

use serde_json::{Map, Value, json};

use super::{Opinion, ProviderError, Reply};
use crate::{
    artifact::{Case, Program},
    object::{Digest, encode},
};

/// What a program is asked about.
#[derive(Debug, Clone, PartialEq)]
pub struct Examined {
    /// Tells the answer from others.
    pub id: Digest,
    /// Everything it is told, besides the id.
    pub told: Map<String, Value>,
}

/// Asks a program of the project.
///
/// Promises: one call gives the answer to this question and no other; a call ends within a bounded time; calls may come
/// from several threads at once; the program gets what it is told and nothing else.
pub trait Examiner: Send + Sync {
    /// What the program says of the reply.
    ///
    /// # Errors
    ///
    /// [`ProviderError`] when it says nothing; the next call may succeed.
    fn examine(&self, question: &Examined) -> Result<Opinion, ProviderError>;
}

/// A program of a suite, ready to be asked.
pub struct Examining<'a> {
    /// The program as the suite names it.
    pub program: &'a Program,
    /// Who runs it.
    pub examiner: &'a dyn Examiner,
}

impl Examining<'_> {
    /// What the program says of a reply, in the form in which it is kept but for what must not be stored.
    pub(super) fn ask(&self, case: &Case, reply: &Reply) -> Result<Reply, String> {
        let told = json!({
            "case": case.id, "vars": case.vars, "content": reply.content, "tool_calls": reply.tool_calls,
        });
        let Value::Object(told) = told else { return Err("there is nothing to tell a program".to_owned()) };
        let question = Examined { id: Digest::of(&encode(&told)), told };
        let opinion = self.examiner.examine(&question).map_err(|error| error.to_string())?;
        Ok(Reply::text(json!({ "pass": opinion.pass, "reason": opinion.reason }).to_string()))
    }
}
