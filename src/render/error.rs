//! Why a rendering failed.

use crate::{name::Name, problem::Problem};

use super::BadVariable;

/// Why no request could be made. Positions are those of the file: line and column from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// The prompt or one of its fragments has static problems; all of them, warnings left out.
    #[error("{} problem(s) in the template; first: {}", .0.len(), .0.first().map_or("", |p| p.message.as_str()))]
    Invalid(Vec<Problem>),
    /// Variables are missing, unknown or of another type; all of them.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Variables(Vec<BadVariable>),
    /// Something undefined was used.
    #[error("`{expression}` is undefined")]
    Undefined {
        /// The expression as it stands in the file.
        expression: String,
        /// Where, with the nearest name as next step.
        problem: Box<Problem>,
    },
    /// A template operation failed.
    #[error("{}", .0.message)]
    Failed(Box<Problem>),
    /// The template ran for too many steps.
    #[error("the template of `{path}` takes more than {steps} steps")]
    OutOfSteps {
        /// The prompt's file.
        path: String,
        /// The limit.
        steps: u64,
    },
    /// The result is too large.
    #[error("`{path}` renders to more than {limit} bytes")]
    TooLarge {
        /// The prompt's file.
        path: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// Text stands before the first `role(…)` or after `messages(…)`, where it belongs to no message.
    #[error("text outside any message in `{path}`: `{text}`")]
    TextOutsideMessage {
        /// The prompt's file.
        path: String,
        /// The beginning of the text.
        text: String,
    },
    /// The output of `role(…)` or `messages(…)` was cut or changed by the template.
    #[error("the template of `{path}` changes what `role` or `messages` put out")]
    BrokenMark {
        /// The prompt's file.
        path: String,
    },
    /// Two tools of the bundle look the same to the model.
    #[error("the tools `{first}` and `{second}` both call themselves `{name}`")]
    DuplicateTool {
        /// What the model would call both.
        name: String,
        /// The one named first.
        first: Name,
        /// The other.
        second: Name,
    },
}
